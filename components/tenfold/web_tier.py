"""The stateless tier that answers users: a load balancer in every zone, and a fleet behind it that heals and scales.

*Scaling on AWS (Part 4): > One Million Users* starts from here: instances in several availability zones behind Elastic
Load Balancing, grown and shrunk by Auto Scaling, with all state kept elsewhere. Any instance may go at any time: the
group replaces those that fail the balancer's health checks, and a new image or new user data is rolled out by replacing
instances, never below the number that serves.

See https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-load-balancer.html.
"""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from ipaddress import IPv4Network
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import Children, bounded, checked, is_known
from tenfold.children import inherited
from tenfold.errors import Fault
from tenfold.placement import NetworkPlacement, placed
from tenfold.role_policies import role_policies, role_policy_faults, service_trust
from tenfold.web_alarms import web_alarms
from tenfold.web_balancer import Balancer, balanced
from tenfold.web_fleet import LATEST_IMAGES, fleet, launch_template, scale_by_load
from tenfold.web_security_groups import SecurityGroups, web_security_groups


class WebTierInstancesArgs(TypedDict):
    """What the instances are and how they start."""

    type: NotRequired[pulumi.Input[str]]
    """The instance type; `m7g.large` by default."""
    image_id: NotRequired[pulumi.Input[str]]
    """The image, by id or as `resolve:ssm:<parameter>`; by default the latest Amazon Linux 2023 whenever one starts."""
    user_data: NotRequired[pulumi.Input[str]]
    """The script that an instance runs when it starts, as plain text of up to 16 KB; none by default."""
    root_volume_gb: NotRequired[pulumi.Input[int]]
    """The size of the root volume in GB, 8 to 16384; 16 by default."""


class WebTierClientsArgs(TypedDict):
    """Who may reach the load balancer."""

    cidrs: NotRequired[list[str]]
    """IPv4 ranges, `["203.0.113.0/24"]`; none by default."""
    security_group_ids: NotRequired[dict[str, pulumi.Input[str]]]
    """Security groups by a name that stays: `{"shop": shop.security_group_id}`; none by default."""


class WebTierScalingArgs(TypedDict):
    """What the fleet is kept at; the target that asks for more instances wins."""

    cpu_percent: NotRequired[pulumi.Input[float]]
    """The average CPU utilization of the instances, 1 to 100; 60 by default."""
    requests_per_minute: NotRequired[pulumi.Input[float]]
    """The requests that each instance gets a minute; 3000 by default."""


class WebTierArgs(TypedDict):
    """Arguments of `WebTier`."""

    placement: pulumi.Input[NetworkPlacement]
    """The network it is placed in: a network's `placement`."""
    min_size: NotRequired[int]
    """How many instances there are at the least; 3 by default."""
    max_size: NotRequired[int]
    """How many instances there are at the most; 4 times `min_size` by default."""
    port: NotRequired[int]
    """The port that the instances listen on; 8080 by default."""
    health_check_path: NotRequired[pulumi.Input[str]]
    """The path that answers 200 where an instance can serve; `/healthz` by default."""
    certificate_arn: NotRequired[pulumi.Input[str]]
    """The ACM certificate's ARN. With it the balancer speaks HTTPS and redirects HTTP, without it HTTP alone."""
    internal: NotRequired[bool]
    """Whether the balancer is reached from within the network alone; false by default. Changing it replaces it."""
    clients: NotRequired[WebTierClientsArgs]
    """Who may reach the balancer; by default everybody, or the VPC's range where it is internal."""
    deletion_protection: NotRequired[pulumi.Input[bool]]
    """Whether AWS refuses to delete the balancer; true by default."""
    idle_timeout_seconds: NotRequired[pulumi.Input[int]]
    """How long a connection may be idle, 1 to 4000 seconds; 60 by default. The instances must keep theirs longer."""
    instances: NotRequired[WebTierInstancesArgs]
    """What the instances are and how they start."""
    scaling: NotRequired[WebTierScalingArgs]
    """What the fleet is kept at."""
    policies: NotRequired[dict[str, pulumi.Input[str]]]
    """IAM policies of the instances' role, as JSON by a name that stays: `{"jobs": jobs.sender_policy_json}`."""
    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the topic that alarms notify; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them, and of the instances and their volumes."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"latency-alarm": {"threshold": 0.5}}`."""


_CHILDREN: Children = {
    "alb-sg": aws.ec2.SecurityGroup,
    "instance-sg": aws.ec2.SecurityGroup,
    "alb-http-from": aws.vpc.SecurityGroupIngressRule,
    "alb-https-from": aws.vpc.SecurityGroupIngressRule,
    "alb-to-instances": aws.vpc.SecurityGroupEgressRule,
    "instances-from-alb": aws.vpc.SecurityGroupIngressRule,
    "instances-to-vpc": aws.vpc.SecurityGroupEgressRule,
    "instances-to-internet": aws.vpc.SecurityGroupEgressRule,
    "alb": aws.lb.LoadBalancer,
    "tg": aws.lb.TargetGroup,
    "http": aws.lb.Listener,
    "https": aws.lb.Listener,
    "role": aws.iam.Role,
    "policy": aws.iam.RolePolicy,
    "profile": aws.iam.InstanceProfile,
    "launch-template": aws.ec2.LaunchTemplate,
    "asg": aws.autoscaling.Group,
    "cpu-scaling": aws.autoscaling.Policy,
    "requests-scaling": aws.autoscaling.Policy,
    "target-error-alarm": aws.cloudwatch.MetricAlarm,
    "alb-error-alarm": aws.cloudwatch.MetricAlarm,
    "unhealthy-alarm": aws.cloudwatch.MetricAlarm,
    "latency-alarm": aws.cloudwatch.MetricAlarm,
}
# A balancer's name has 32 characters, of which "-alb-" and Pulumi's seven random ones take 12.
_NAME = re.compile(r"(?!internal-)[A-Za-z0-9][A-Za-z0-9-]{0,19}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_INSTANCE_TYPE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")
_CERTIFICATE = re.compile(r"arn:aws[a-z-]*:(acm:[a-z0-9-]+|iam:):\d{12}:(certificate|server-certificate)/.+")
_ANYWHERE = "0.0.0.0/0"
_RANGES = {
    "min_size": (1, 10_000, "instances"),
    "max_size": (1, 10_000, "instances"),
    "port": (1, 65_535, "(a TCP port)"),
    "idle_timeout_seconds": (1, 4000, "seconds"),
}


class WebTier(pulumi.ComponentResource):
    """A load balancer in every zone, and an Auto Scaling group of instances in private subnets behind it.

    By default it has 3 to 12 instances, reachable from the balancer alone and on one port, without SSH and with IMDSv2,
    which scale by CPU and by requests, heal by the balancer's health checks and are replaced a few at a time when the
    image or user data changes. It has alarms on errors, unhealthy instances and latency.
    """

    url: pulumi.Output[str]
    """Where it answers: `https://` with a certificate, else `http://`, and the balancer's own name."""
    dns_name: pulumi.Output[str]
    """The balancer's DNS name, for an alias record."""
    zone_id: pulumi.Output[str]
    """The id of the balancer's hosted zone, for an alias record."""
    load_balancer_arn: pulumi.Output[str]
    """The load balancer's ARN."""
    listener_arn: pulumi.Output[str]
    """The ARN of the listener that forwards to the instances: HTTPS with a certificate, else HTTP."""
    target_group_arn: pulumi.Output[str]
    """The ARN of the target group."""
    balancer_security_group_id: pulumi.Output[str]
    """The load balancer's security group."""
    security_group_id: pulumi.Output[str]
    """The instances' security group, which databases and caches open their port to."""
    role_name: pulumi.Output[str]
    """The name of the instances' role."""
    role_arn: pulumi.Output[str]
    """The ARN of the instances' role."""
    launch_template_id: pulumi.Output[str]
    """The id of the launch template."""
    autoscaling_group_name: pulumi.Output[str]
    """The name of the Auto Scaling group."""

    def __init__(self, name: str, args: WebTierArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("WebTier", name, WebTierArgs, args, _CHILDREN, lambda _: _name_faults(name), *_RULES)
        super().__init__("tenfold:index:WebTier", name, {**args}, inherited(name, args, _CHILDREN, opts))

        groups = _security_groups(self, args)
        balancer = _balancer(self, args, groups)
        self._role, permissions = _role(self, args)
        template = _template(self, args, groups, self._role)
        # Instances that start before their rules and permissions are there cannot fetch what they need; those whose
        # target group has no listener yet are never healthy.
        ready = [*groups.ways_out, groups.way_in, balancer.listener, *permissions]
        group = _group(self, args, balancer, template, ready)
        _scaling(self, args, balancer, group)
        web_alarms(self, balancer, [args["alarm_topic_arn"]] if "alarm_topic_arn" in args else [])

        scheme = "https" if "certificate_arn" in args else "http"
        self.url = pulumi.Output.concat(scheme, "://", balancer.load_balancer.dns_name)
        self.dns_name = balancer.load_balancer.dns_name
        self.zone_id = balancer.load_balancer.zone_id
        self.load_balancer_arn = balancer.load_balancer.arn
        self.listener_arn = balancer.listener.arn
        self.target_group_arn = balancer.target_group.arn
        self.balancer_security_group_id = groups.balancer.id
        self.security_group_id = groups.instances.id
        self.role_name = self._role.name
        self.role_arn = self._role.arn
        self.launch_template_id = template.id
        self.autoscaling_group_name = group.name
        self.register_outputs({output: getattr(self, output) for output in WebTier.__annotations__})

    @property
    def role(self) -> aws.iam.Role:
        """The instances' role, for grants in the same program: `jobs.grant_send(web.role)`."""
        return self._role


def _name_faults(name: str) -> Iterable[Fault]:
    if not _NAME.fullmatch(name):
        allowed = "1 to 20 letters, digits and hyphens, not starting with internal-: AWS names of balancers are short"
        yield Fault("name", f"{name!r} is given", allowed)


def _range_faults(key: str, args: WebTierArgs) -> Iterable[Fault]:
    yield from bounded(key, args.get(key), *_RANGES[key])


def _size_faults(args: WebTierArgs) -> Iterable[Fault]:
    low = args.get("min_size", 3)
    high = args.get("max_size", low)
    if 1 <= high < low <= 10_000:
        yield Fault("max_size", f"{high} is given, with {low} as min_size", f"{low} or more instances")


def _path_faults(args: WebTierArgs) -> Iterable[Fault]:
    path = args.get("health_check_path")
    if isinstance(path, str) and is_known(path) and not re.fullmatch(r"/\S{0,1023}", path):
        yield Fault("health_check_path", f"{path!r} is given", "a path that starts with /, up to 1024 characters")


def _certificate_faults(args: WebTierArgs) -> Iterable[Fault]:
    certificate = args.get("certificate_arn")
    if isinstance(certificate, str) and is_known(certificate) and not _CERTIFICATE.fullmatch(certificate):
        allowed = "a certificate's ARN: arn:aws:acm:us-east-1:123456789012:certificate/..."
        yield Fault("certificate_arn", f"{certificate!r} is given", allowed)


def _client_faults(args: WebTierArgs) -> Iterable[Fault]:
    clients = args.get("clients")
    if clients is None:
        return
    cidrs, groups = clients.get("cidrs", []), clients.get("security_group_ids", {})
    if not cidrs and not groups:
        yield Fault("clients", "nobody is given", "cidrs, security_group_ids or both; leave it out for the default")
    for index, cidr in enumerate(cidrs):
        if not _is_range(cidr):
            allowed = "an IPv4 range without host bits: 203.0.113.0/24"
            yield Fault(f"clients.cidrs[{index}]", f"{cidr!r} is given", allowed)
        elif cidr in cidrs[:index]:
            yield Fault(f"clients.cidrs[{index}]", f"{cidr!r} is given twice", "each range once")
    for key in groups:
        if not _KEY.fullmatch(key) or key[0].isdigit():
            allowed = "a letter, and up to 39 letters, digits, underscores and hyphens"
            yield Fault(f"clients.security_group_ids.{key}", "it has this name", allowed)


def _is_range(cidr: str) -> bool:
    try:
        return "/" in cidr and bool(IPv4Network(cidr))
    except ValueError:
        return False


def _instance_faults(args: WebTierArgs) -> Iterable[Fault]:
    instances = args.get("instances", WebTierInstancesArgs())
    yield from bounded("instances.root_volume_gb", instances.get("root_volume_gb"), 8, 16_384, "GB")
    kind, image, script = instances.get("type"), instances.get("image_id"), instances.get("user_data")
    if isinstance(kind, str) and is_known(kind) and not _INSTANCE_TYPE.fullmatch(kind):
        yield Fault("instances.type", f"{kind!r} is given", "an instance type: m7g.large")
    if isinstance(image, str) and is_known(image) and not image.startswith(("ami-", "resolve:ssm:")):
        yield Fault("instances.image_id", f"{image!r} is given", f"ami-... or a parameter: {LATEST_IMAGES['arm64']}")
    if isinstance(script, str) and len(script.encode()) > 16_384:
        given = f"{len(script.encode())} bytes are given"
        yield Fault("instances.user_data", given, "up to 16384 bytes; have the script fetch what is longer")


def _scaling_faults(args: WebTierArgs) -> Iterable[Fault]:
    scaling = args.get("scaling", WebTierScalingArgs())
    yield from bounded("scaling.cpu_percent", scaling.get("cpu_percent"), 1, 100, "percent")
    yield from bounded("scaling.requests_per_minute", scaling.get("requests_per_minute"), 1, 100_000, "requests")


def _policy_faults(args: WebTierArgs) -> Iterable[Fault]:
    yield from role_policy_faults("policies", args.get("policies", {}))


_RULES = (
    *(partial(_range_faults, key) for key in _RANGES),
    _size_faults,
    _path_faults,
    _certificate_faults,
    _client_faults,
    _instance_faults,
    _scaling_faults,
    _policy_faults,
)


def _security_groups(tier: WebTier, args: WebTierArgs) -> SecurityGroups:
    placement = args["placement"]
    default: dict[str, pulumi.Input[str]] = {"anywhere": _ANYWHERE}
    if args.get("internal", False):
        default = {"vpc": placed(placement, "cidr_block")}
    clients = args.get("clients", WebTierClientsArgs())
    return web_security_groups(
        tier,
        vpc_id=placed(placement, "vpc_id"),
        vpc_cidr=placed(placement, "cidr_block"),
        port=args.get("port", 8080),
        listeners={"http": 80, **({"https": 443} if "certificate_arn" in args else {})},
        client_cidrs={_rule_key(cidr): cidr for cidr in clients.get("cidrs", [])} if clients else default,
        client_groups=clients.get("security_group_ids", {}),
    )


def _rule_key(cidr: str) -> str:
    # Written out or by default, everybody has the same rule: naming the default changes nothing.
    return "anywhere" if cidr == _ANYWHERE else cidr.replace("/", "-")


def _balancer(tier: WebTier, args: WebTierArgs, groups: SecurityGroups) -> Balancer:
    internal = args.get("internal", False)
    return balanced(
        tier,
        vpc_id=placed(args["placement"], "vpc_id"),
        subnet_ids=placed(args["placement"], "app_subnet_ids" if internal else "public_subnet_ids"),
        security_group=groups.balancer,
        internal=internal,
        port=args.get("port", 8080),
        health_check_path=args.get("health_check_path", "/healthz"),
        certificate_arn=args.get("certificate_arn"),
        deletion_protection=args.get("deletion_protection", True),
        idle_timeout_seconds=args.get("idle_timeout_seconds", 60),
    )


def _role(tier: WebTier, args: WebTierArgs) -> tuple[aws.iam.Role, list[aws.iam.RolePolicy]]:
    name = tier.pulumi_resource_name
    role = aws.iam.Role(
        f"{name}-role",
        description=f"The instances of the web tier {name}",
        assume_role_policy=service_trust("ec2"),
        opts=pulumi.ResourceOptions(parent=tier),
    )
    return role, role_policies(tier, "policy", role, args.get("policies", {}))


def _template(tier: WebTier, args: WebTierArgs, groups: SecurityGroups, role: aws.iam.Role) -> aws.ec2.LaunchTemplate:
    instances = args.get("instances", WebTierInstancesArgs())
    return launch_template(
        tier,
        instance_type=instances.get("type", "m7g.large"),
        image_id=instances.get("image_id"),
        user_data=instances.get("user_data"),
        root_volume_gb=instances.get("root_volume_gb", 16),
        security_group=groups.instances,
        role=role,
        tags=args.get("tags", {}),
    )


def _group(
    tier: WebTier,
    args: WebTierArgs,
    balancer: Balancer,
    template: aws.ec2.LaunchTemplate,
    ready: Sequence[pulumi.Resource],
) -> aws.autoscaling.Group:
    min_size = args.get("min_size", 3)
    return fleet(
        tier,
        template,
        subnet_ids=placed(args["placement"], "app_subnet_ids"),
        target_group=balancer.target_group,
        min_size=min_size,
        max_size=args.get("max_size", 4 * min_size),
        image_id=args.get("instances", WebTierInstancesArgs()).get("image_id"),
        tags=args.get("tags", {}),
        ready=ready,
    )


def _scaling(tier: WebTier, args: WebTierArgs, balancer: Balancer, group: aws.autoscaling.Group) -> None:
    scaling = args.get("scaling", WebTierScalingArgs())
    scale_by_load(
        tier,
        group,
        balancer,
        cpu_percent=scaling.get("cpu_percent", 60.0),
        requests_per_minute=scaling.get("requests_per_minute", 3000.0),
    )
