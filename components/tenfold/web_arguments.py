"""What a `WebTier` is given: what serves, how requests come to it, and how much of it there is."""

from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs
from tenfold.container import ContainerArgs
from tenfold.domain import DomainArgs
from tenfold.instance_fleet import InstancesArgs
from tenfold.placement import NetworkPlacement
from tenfold.web_acl import WebAclArgs


class WebTierClientsArgs(TypedDict):
    """Who may reach the load balancer."""

    cidrs: NotRequired[list[str]]
    """IPv4 ranges, `["203.0.113.0/24"]`; none by default."""
    security_group_ids: NotRequired[dict[str, pulumi.Input[str]]]
    """Security groups by a name that stays: `{"shop": shop.security_group_id}`; none by default."""


class WebTierLoadBalancerArgs(TypedDict):
    """What the load balancer writes down, and what it refuses."""

    access_logs: NotRequired[bool]
    """Whether each request is logged to a bucket; true by default. AWS bills the storage alone."""
    access_log_bucket: NotRequired[pulumi.Input[str]]
    """The name of a bucket that exists and lets load balancers write below `alb/`; by default the tier makes one."""
    access_log_retention_days: NotRequired[pulumi.Input[int]]
    """How many days the tier's own bucket keeps the logs, 1 to 3650; 90 by default."""
    web_acl: NotRequired[WebAclArgs]
    """A firewall of AWS WAF with managed rules and a rate limit: `{}` for its defaults; none by default."""
    web_acl_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a regional web ACL that exists, in place of one of the tier's own; none by default."""


class WebTierBalancer(TypedDict):
    """A load balancer that tiers can share, as plain values: the `balancer` of a `WebTier`."""

    listener_arn: pulumi.Input[str]
    """The ARN of the listener that gets the rules: HTTPS where there is a certificate."""
    load_balancer_arn: pulumi.Input[str]
    """The load balancer's ARN."""
    arn_suffix: pulumi.Input[str]
    """The end of the load balancer's ARN, for metrics: `app/web-alb-0a1b2c3/50dc6c495c0c9188`."""
    security_group_id: pulumi.Input[str]
    """The load balancer's security group."""
    dns_name: pulumi.Input[str]
    """The load balancer's DNS name."""
    zone_id: pulumi.Input[str]
    """The id of the load balancer's hosted zone, for alias records."""
    url: pulumi.Input[str]
    """Where the load balancer answers: `https://` or `http://`, and a name."""


class WebTierRouteArgs(TypedDict):
    """The rule on another tier's balancer by which requests come to this tier; all that it names must match."""

    balancer: pulumi.Input[WebTierBalancer]
    """The balancer: `shop.balancer` of another `WebTier`, in this stack or another."""
    priority: int
    """Where the rule stands among the balancer's rules, 1 to 50000: the lowest that matches wins."""
    paths: NotRequired[list[str]]
    """Paths, one of which must match, with `*` and `?`: `["/api/*"]`; any by default."""
    hosts: NotRequired[list[str]]
    """Hosts, one of which must match, with `*` and `?`: `["api.example.com"]`; the domain's names by default."""
    headers: NotRequired[dict[str, list[str]]]
    """Headers and their values, one of which must match: `{"X-Tenant": ["beta"]}`; any by default."""


class WebTierScheduleArgs(TypedDict):
    """Sizes from a time on, until another schedule or an update of the tier sets others."""

    cron: str
    """When, as `minute hour day-of-month month day-of-week` of Unix: `30 7 * * 1-5` on working days at half past 7."""
    min_size: NotRequired[int]
    """How many instances or tasks there are at the least from then on; as before by default."""
    max_size: NotRequired[int]
    """How many instances or tasks there are at the most from then on; as before by default."""
    time_zone: NotRequired[str]
    """The time zone by its IANA name, `Europe/Berlin`; `UTC` by default."""


class WebTierScalingArgs(TypedDict):
    """What the fleet is kept at; the target that asks for more instances or tasks wins."""

    cpu_percent: NotRequired[pulumi.Input[float]]
    """The average CPU utilization, 1 to 100; 60 by default, with which two of three zones carry the load of all."""
    requests_per_minute: NotRequired[pulumi.Input[float]]
    """The requests that each instance or task gets a minute; 3000 by default."""
    memory_percent: NotRequired[pulumi.Input[float]]
    """The average memory in use, 1 to 100, for containers alone: EC2 does not know it; none by default."""
    schedules: NotRequired[dict[str, WebTierScheduleArgs]]
    """Sizes by the clock, by a name that stays: `{"morning": {"cron": "0 7 * * *", "min_size": 20}}`."""
    survives_zone_loss: NotRequired[bool]
    """Whether `min_size` are left when a zone is lost: of three zones there are half as many more; false by default."""


class WebTierArgs(TypedDict):
    """Arguments of `WebTier`."""

    placement: pulumi.Input[NetworkPlacement]
    """The network it is placed in: a network's `placement`."""
    min_size: NotRequired[int]
    """How many instances or tasks there are at the least; 3 by default."""
    max_size: NotRequired[int]
    """How many instances or tasks there are at the most; 4 times `min_size` by default."""
    port: NotRequired[int]
    """The port that the instances or the container listen on; 8080 by default."""
    health_check_path: NotRequired[pulumi.Input[str]]
    """The path that answers 200 where an instance or a task can serve; `/healthz` by default."""
    instances: NotRequired[InstancesArgs]
    """What the instances are and how they start."""
    container: NotRequired[ContainerArgs]
    """A container on AWS Fargate that serves in place of instances. Going from one to the other interrupts service."""
    domain: NotRequired[DomainArgs]
    """The domain under which it is reached: its certificate is made and proved, and its names lead to the balancer.
    With a `route` the shared balancer must speak HTTPS already."""
    certificate_arn: NotRequired[pulumi.Input[str]]
    """The ACM certificate's ARN. With it the balancer speaks HTTPS and redirects HTTP, without it HTTP alone."""
    internal: NotRequired[bool]
    """Whether the balancer is reached from within the network alone; false by default. Changing it replaces it."""
    clients: NotRequired[WebTierClientsArgs]
    """Who may reach the balancer; by default everybody, or the VPC's range where it is internal."""
    deletion_protection: NotRequired[pulumi.Input[bool]]
    """Whether AWS refuses to delete the balancer, and its bucket of logs unless empty; true by default."""
    idle_timeout_seconds: NotRequired[pulumi.Input[int]]
    """How long a connection may be idle, 1 to 4000 seconds; 60 by default. The instances must keep theirs longer."""
    load_balancer: NotRequired[WebTierLoadBalancerArgs]
    """What the load balancer writes down, and what it refuses."""
    route: NotRequired[WebTierRouteArgs]
    """A rule on another tier's balancer, which this tier then shares, in place of a balancer of its own."""
    scaling: NotRequired[WebTierScalingArgs]
    """What the fleet is kept at."""
    policies: NotRequired[dict[str, pulumi.Input[str]]]
    """IAM policies of the instances' or tasks' role, as JSON by a name that stays: `{"jobs": jobs.sender_policy_json}`.
    """
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not made; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them, and of the instances and their volumes, or of the tasks."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"latency-alarm": {"threshold": 0.5}}`."""
