"""The tiers of servers: the web tier that users reach, and the services behind balancers between the tiers."""

from collections.abc import Mapping
from functools import partial

import pulumi
import pulumi_aws as aws

from stacks.contract import read_account
from stacks.parts import Environment, Tags, Uses, merged
from stacks.sections import EnvironmentConfig, FleetConfig
from stacks.web_server import user_data
from tenfold import InstancesArgs, Network, WebTier, WebTierArgs
from tenfold import MonitoringServiceKind as Kind


def foundation(config: EnvironmentConfig) -> Environment:
    """Multi-AZ: every tier in every zone, and a security group for each tier, before anything is made that lets it in.

    The groups have no rules; a tier's own rules are those of its component.
    """
    tags: Tags = {"project": "tenfold", "environment": config.name}
    network = Network(
        "network",
        {
            "zones": config.network.zones,
            "cidr_block": config.network.cidr_block,
            "nat": config.network.nat,
            "flow_log_retention_days": config.network.flow_log_retention_days,
            "tags": tags,
        },
    )
    tiers = ("web", *config.services)
    groups = {
        tier: aws.ec2.SecurityGroup(
            f"{tier}-tier",
            vpc_id=network.vpc_id,
            description=f"The members of the tier {tier}, for what lets them in",
            tags={**tags, **_service(config, tier), "Name": f"{tier}-tier"},
        ).id
        for tier in tiers
    }
    account = read_account(config.domain) if config.domain else None
    environment = Environment(config, tags, account, network, groups, {tier: Uses() for tier in tiers})
    environment.watch("network", network, Kind.OTHER)
    pulumi.export("placement", network.placement)
    return environment


def services(environment: Environment) -> Mapping[str, WebTier]:
    """SOA: services that scale alone, each behind a balancer that the web tier reaches and the internet does not."""
    config = environment.config
    made: dict[str, WebTier] = {}
    for name, fleet in config.services.items():
        args = _tier(environment, name, fleet)
        args["internal"] = True
        args["clients"] = {"security_group_ids": {"web": environment.groups["web"]}}
        made[name] = WebTier(name, args)
        _watch(environment, name, made[name])
    pulumi.export("service_urls", {name: service.url for name, service in made.items()})
    return made


def web(environment: Environment, services: Mapping[str, WebTier]) -> None:
    """The stateless tier: any instance may answer any request, and none is missed."""
    given, account = environment.config.web, environment.account
    for name, service in services.items():
        variable = f"{name.upper().replace('-', '_')}_URL"
        environment.give(["web"], name, service.url.apply(partial(_variable, variable)), None)
    args = _tier(environment, "web", given)
    if given.certificate_arn:
        args["certificate_arn"] = given.certificate_arn
    if account and given.host:
        args["domain"] = {"name": f"{given.host}.{environment.config.domain}", "zone_id": account.zone_id}
    tier = WebTier("web", args)
    _watch(environment, "web", tier)
    pulumi.export("web_url", tier.url)
    pulumi.export("web_group", tier.autoscaling_group_name)


def _tier(environment: Environment, name: str, fleet: FleetConfig) -> WebTierArgs:
    uses, itself = environment.uses[name], pulumi.Output.from_input({"SERVICE": name})
    instances: InstancesArgs = {
        "type": fleet.instance_type,
        "user_data": merged(itself, *uses.environments).apply(user_data),
        "security_group_ids": {"tier": environment.groups[name]},
    }
    return {
        "placement": environment.network.placement,
        "instances": instances,
        "policies": uses.policies,
        "min_size": fleet.min_size,
        "max_size": fleet.max_size,
        "deletion_protection": environment.config.protected,
        "tags": {**environment.tags, **_service(environment.config, name)},
    }


def _variable(name: str, value: str) -> dict[str, str]:
    return {name: value}


def _service(config: EnvironmentConfig, tier: str) -> Tags:
    """The tag that says which service a resource is of, where there are several."""
    return {"Service": tier} if config.services else {}


def _watch(environment: Environment, name: str, tier: WebTier) -> None:
    arns = {"load_balancer_arn": tier.load_balancer_arn, "target_group_arn": tier.target_group_arn}
    environment.watch(name, tier, Kind.WEB_TIER, **arns)
