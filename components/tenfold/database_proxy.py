"""A proxy before a database: many clients on few connections, and a failover that most of them do not see.

See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.html.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.database_access import connect_policy, secret_policy
from tenfold.database_arguments import DatabaseArgs, DatabaseProxyArgs
from tenfold.database_cluster import has_readers
from tenfold.database_engine import facts_of
from tenfold.database_network import join, let_in, security_group
from tenfold.database_server import DatabasePlace, DatabaseServer
from tenfold.placement import placed
from tenfold.role_policies import service_trust


class DatabaseProxy(NamedTuple):
    """A proxy, by what clients need to know of it.

    Attributes:
        endpoint: The host that writes.
        reader_endpoint: The host that reads.
        resource_id: The id that policies name it by, or None where clients sign in to it by password.
    """

    endpoint: pulumi.Output[str]
    reader_endpoint: pulumi.Output[str]
    resource_id: pulumi.Output[str] | None


def database_proxy(
    component: pulumi.ComponentResource,
    args: DatabaseArgs,
    wanted: DatabaseProxyArgs,
    place: DatabasePlace,
    server: DatabaseServer,
    users: Sequence[str],
) -> DatabaseProxy:
    """A proxy with a security group and a role of its own."""
    name, iam = component.pulumi_resource_name, wanted.get("iam", True)
    group = security_group(component, "proxy-sg", args["placement"], f"The proxy of {name}")
    let_in(component, "proxy-client", group, args.get("clients", {}), facts_of(args).port)
    join(component, group, place.group, facts_of(args).port)
    secrets: Sequence[pulumi.Input[str]] = [] if iam else _secrets(wanted, server)
    role, policy = _role(component, args, wanted, server, users)
    proxy = aws.rds.Proxy(
        f"{name}-proxy",
        engine_family="POSTGRESQL" if facts_of(args).postgres else "MYSQL",
        role_arn=role.arn,
        require_tls=True,
        idle_client_timeout=wanted.get("idle_client_timeout_seconds", 1800),
        vpc_subnet_ids=placed(args["placement"], "data_subnet_ids"),
        vpc_security_group_ids=[group.id],
        default_auth_scheme="IAM_AUTH" if iam else "NONE",
        auths=[{"auth_scheme": "SECRETS", "iam_auth": "DISABLED", "secret_arn": secret} for secret in secrets],
        opts=_of_the_first_subnets(component, [policy]),
    )
    targets = _targets(component, args, wanted, proxy, server)
    return DatabaseProxy(
        endpoint=proxy.endpoint,
        reader_endpoint=_reader_endpoint(component, args, proxy, group, server, targets),
        resource_id=proxy.arn.apply(lambda arn: arn.rpartition(":")[2]) if iam else None,
    )


def _of_the_first_subnets(
    component: pulumi.ComponentResource, after: Sequence[pulumi.Resource]
) -> pulumi.ResourceOptions:
    # Other subnets would replace a proxy, whose address clients know; it works for those of further zones as it is.
    return pulumi.ResourceOptions(parent=component, depends_on=after, ignore_changes=["vpcSubnetIds"])


def _secrets(wanted: DatabaseProxyArgs, server: DatabaseServer) -> Sequence[pulumi.Input[str]]:
    given = wanted.get("secret_arns", {})
    return [server.secret_arn, *(given[key] for key in sorted(given))]


def _role(
    component: pulumi.ComponentResource,
    args: DatabaseArgs,
    wanted: DatabaseProxyArgs,
    server: DatabaseServer,
    users: Sequence[str],
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """What the proxy signs in to the database with: IAM for the users, or their secrets."""
    name, opts = component.pulumi_resource_name, pulumi.ResourceOptions(parent=component)
    role = aws.iam.Role(
        f"{name}-proxy-role",
        assume_role_policy=service_trust("rds"),
        opts=opts,
    )
    if wanted.get("iam", True):
        known = pulumi.Output.all(server.arn, server.resource_id)
        policy = known.apply(lambda found: connect_policy(found[0], [found[1]], users))
    else:
        policy = _secret_policy(args, wanted, server)
    return role, aws.iam.RolePolicy(f"{name}-proxy-policy", role=role.name, policy=policy, opts=opts)


def _secret_policy(args: DatabaseArgs, wanted: DatabaseProxyArgs, server: DatabaseServer) -> pulumi.Output[str]:
    given, master = wanted.get("secret_kms_key_arns", {}), args.get("access", {}).get("secret_kms_key_arn")
    keys = [*([] if master is None else [master]), *(given[key] for key in sorted(given))]
    known: pulumi.Output[Any] = pulumi.Output.all(_secrets(wanted, server), keys)
    return known.apply(lambda found: secret_policy(found[0], found[1]))


def _targets(
    component: pulumi.ComponentResource,
    args: DatabaseArgs,
    wanted: DatabaseProxyArgs,
    proxy: aws.rds.Proxy,
    server: DatabaseServer,
) -> aws.rds.ProxyTarget:
    name = component.pulumi_resource_name
    group = aws.rds.ProxyDefaultTargetGroup(
        f"{name}-proxy-targets",
        db_proxy_name=proxy.name,
        connection_pool_config={
            "max_connections_percent": wanted.get("max_connections_percent", 90),
            "connection_borrow_timeout": wanted.get("borrow_timeout_seconds", 120),
        },
        opts=pulumi.ResourceOptions(parent=component),
    )
    kind = "db_cluster_identifier" if facts_of(args).aurora else "db_instance_identifier"
    target: Any = {kind: server.identifier}
    return aws.rds.ProxyTarget(
        f"{name}-proxy-target",
        db_proxy_name=proxy.name,
        target_group_name=group.name,
        **target,
        opts=pulumi.ResourceOptions(parent=component, depends_on=server.instances),
    )


def _reader_endpoint(
    component: pulumi.ComponentResource,
    args: DatabaseArgs,
    proxy: aws.rds.Proxy,
    group: aws.ec2.SecurityGroup,
    server: DatabaseServer,
    targets: aws.rds.ProxyTarget,
) -> pulumi.Output[str]:
    """The proxy's own endpoint for readers, which RDS has for Aurora alone, and which nobody answers without any."""
    if not facts_of(args).aurora:
        return server.reader_endpoint
    if not has_readers(args):
        return proxy.endpoint
    endpoint = aws.rds.ProxyEndpoint(
        f"{component.pulumi_resource_name}-proxy-readers",
        db_proxy_name=proxy.name,
        db_proxy_endpoint_name=pulumi.Output.concat(proxy.name, "-readers"),
        target_role="READ_ONLY",
        vpc_subnet_ids=placed(args["placement"], "data_subnet_ids"),
        vpc_security_group_ids=[group.id],
        opts=_of_the_first_subnets(component, [targets]),
    )
    return endpoint.endpoint
