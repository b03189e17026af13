"""The stateless tier that answers users: a load balancer in every zone, and a fleet behind it that heals and scales.

*Scaling on AWS (Part 4): > One Million Users* starts from here: instances in several availability zones behind Elastic
Load Balancing, grown and shrunk by Auto Scaling, with all state kept elsewhere. Any instance may go at any time: the
group replaces those that fail the balancer's health checks, and a new image or new user data is rolled out by replacing
instances, never below the number that serves. Containers on AWS Fargate take the place of instances by one argument.
The article's next step, a tier broken into services that scale alone, is one tier each, behind one balancer.

See https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-load-balancer.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, alarm_faults
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.container import ContainerArgs
from tenfold.domain import DOMAIN_CHILDREN
from tenfold.fargate_service import FARGATE_CHILDREN, fargate_service
from tenfold.instance_fleet import InstancesArgs, instance_fleet, launch_template
from tenfold.placement import placed
from tenfold.role_policies import role_policies, service_trust
from tenfold.task_alarms import task_alarms
from tenfold.web_acl import WEB_ACL_CHILDREN
from tenfold.web_alarms import web_alarms
from tenfold.web_arguments import WebTierArgs, WebTierBalancer
from tenfold.web_balancer import Door, own_door, shared_door
from tenfold.web_capacity import web_sizes
from tenfold.web_faults import RULES, name_faults
from tenfold.web_route import shared
from tenfold.web_scaling import scale_instances, scale_tasks
from tenfold.web_security_groups import FleetSecurityGroup, balancer_security_group, fleet_security_group

_CHILDREN: Children = {
    "alb-sg": aws.ec2.SecurityGroup,
    "instance-sg": aws.ec2.SecurityGroup,
    "alb-http-from": aws.vpc.SecurityGroupIngressRule,
    "alb-https-from": aws.vpc.SecurityGroupIngressRule,
    "alb-to-instances": aws.vpc.SecurityGroupEgressRule,
    "instances-from-alb": aws.vpc.SecurityGroupIngressRule,
    "instances-to-vpc": aws.vpc.SecurityGroupEgressRule,
    "instances-to-internet": aws.vpc.SecurityGroupEgressRule,
    "access-logs": aws.s3.Bucket,
    "access-logs-access": aws.s3.BucketPublicAccessBlock,
    "access-logs-policy": aws.s3.BucketPolicy,
    "access-logs-lifecycle": aws.s3.BucketLifecycleConfiguration,
    "alb": aws.lb.LoadBalancer,
    "tg": aws.lb.TargetGroup,
    "http": aws.lb.Listener,
    "https": aws.lb.Listener,
    "rule": aws.lb.ListenerRule,
    "listener-certificate": aws.lb.ListenerCertificate,
    # A balancer has IPv4 addresses alone.
    **{kind: child for kind, child in DOMAIN_CHILDREN.items() if kind != "aaaa-record"},
    **WEB_ACL_CHILDREN,
    "role": aws.iam.Role,
    "policy": aws.iam.RolePolicy,
    "profile": aws.iam.InstanceProfile,
    "launch-template": aws.ec2.LaunchTemplate,
    "asg": aws.autoscaling.Group,
    "cpu-scaling": aws.autoscaling.Policy,
    "requests-scaling": aws.autoscaling.Policy,
    "schedule": aws.autoscaling.Schedule,
    **FARGATE_CHILDREN,
    "tasks": aws.appautoscaling.Target,
    "task-cpu-scaling": aws.appautoscaling.Policy,
    "task-requests-scaling": aws.appautoscaling.Policy,
    "task-memory-scaling": aws.appautoscaling.Policy,
    "task-schedule": aws.appautoscaling.ScheduledAction,
    "target-error-alarm": aws.cloudwatch.MetricAlarm,
    "alb-error-alarm": aws.cloudwatch.MetricAlarm,
    "unhealthy-alarm": aws.cloudwatch.MetricAlarm,
    "latency-alarm": aws.cloudwatch.MetricAlarm,
    "task-count-alarm": aws.cloudwatch.MetricAlarm,
    "task-cpu-alarm": aws.cloudwatch.MetricAlarm,
}


class _Fleet(NamedTuple):
    """What serves: names of what there is, and nothing for what there is not."""

    launch_template_id: pulumi.Output[str]
    autoscaling_group_name: pulumi.Output[str]
    cluster_arn: pulumi.Output[str]
    service_name: pulumi.Output[str]
    log_group_name: pulumi.Output[str]


class WebTier(pulumi.ComponentResource):
    """A load balancer in every zone, and an Auto Scaling group of instances in private subnets behind it.

    By default it has 3 to 12 instances, reachable from the balancer alone and on one port, without SSH and with IMDSv2,
    which scale by CPU and by requests, heal by the balancer's health checks and are replaced a few at a time when the
    image or user data changes. It has alarms on errors, unhealthy instances and latency, and logs its requests.

    With `container` it has as many tasks on AWS Fargate instead, which are deployed with a circuit breaker: a version
    that does not come up is rolled back, and the update fails. With `domain` it speaks HTTPS under a name of your own.
    With `route` it shares the balancer of another tier, and is one of several services that scale alone.
    """

    url: pulumi.Output[str]
    """Where it answers: `https://` with a certificate, else `http://`, and its domain or the balancer's own name."""
    dns_name: pulumi.Output[str]
    """The balancer's DNS name, for an alias record."""
    zone_id: pulumi.Output[str]
    """The id of the balancer's hosted zone, for an alias record."""
    balancer: WebTierBalancer
    """The load balancer as plain values, for the `route` of other tiers."""
    load_balancer_arn: pulumi.Output[str]
    """The load balancer's ARN."""
    listener_arn: pulumi.Output[str]
    """The ARN of the listener that forwards to the instances or tasks: HTTPS with a certificate, else HTTP."""
    target_group_arn: pulumi.Output[str]
    """The ARN of the target group."""
    access_log_bucket: pulumi.Output[str]
    """The name of the bucket that the balancer's requests are logged to; empty without one, and with a `route`."""
    balancer_security_group_id: pulumi.Output[str]
    """The load balancer's security group."""
    security_group_id: pulumi.Output[str]
    """The security group of the instances or tasks, which databases and caches open their port to."""
    role_name: pulumi.Output[str]
    """The name of the instances' or tasks' role."""
    role_arn: pulumi.Output[str]
    """The ARN of the instances' or tasks' role."""
    launch_template_id: pulumi.Output[str]
    """The id of the launch template; empty with a `container`."""
    autoscaling_group_name: pulumi.Output[str]
    """The name of the Auto Scaling group; empty with a `container`."""
    cluster_arn: pulumi.Output[str]
    """The ARN of the ECS cluster; empty with `instances`."""
    service_name: pulumi.Output[str]
    """The name of the ECS service; empty with `instances`."""
    log_group_name: pulumi.Output[str]
    """The log group of the container; empty with `instances`."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind, `latency-alarm`."""

    def __init__(self, name: str, args: WebTierArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        rules = (lambda _: name_faults(name), *RULES, partial(alarm_faults, children=_CHILDREN))
        args = checked("WebTier", name, WebTierArgs, args, _CHILDREN, *rules)
        super().__init__("tenfold:index:WebTier", name, {**args}, inherited(name, args, _CHILDREN, opts))

        door, group = _door(self, args)
        self._role, permissions = _role(self, args)
        # Instances or tasks that start before their rules and permissions are there cannot fetch what they need; those
        # whose target group no listener forwards to are never healthy.
        ready = [*group.ways_out, group.way_in, door.forwards, *permissions]
        alarms = Alarms(self, args)
        if "container" in args:
            fleet = _tasks(self, args, args["container"], door, group, self._role, ready, alarms)
        else:
            fleet = _instances(self, args, door, group, self._role, ready)
        web_alarms(alarms, name, door, owns_balancer="route" not in args)

        self.url = door.url
        self.dns_name = pulumi.Output.from_input(door.balancer["dns_name"])
        self.zone_id = pulumi.Output.from_input(door.balancer["zone_id"])
        self.balancer = door.balancer
        self.load_balancer_arn = pulumi.Output.from_input(door.balancer["load_balancer_arn"])
        self.listener_arn = pulumi.Output.from_input(door.balancer["listener_arn"])
        self.target_group_arn = door.target_group.arn
        self.access_log_bucket = door.access_log_bucket
        self.balancer_security_group_id = pulumi.Output.from_input(door.balancer["security_group_id"])
        self.security_group_id = group.group.id
        self.role_name = self._role.name
        self.role_arn = self._role.arn
        self.launch_template_id = fleet.launch_template_id
        self.autoscaling_group_name = fleet.autoscaling_group_name
        self.cluster_arn = fleet.cluster_arn
        self.service_name = fleet.service_name
        self.log_group_name = fleet.log_group_name
        self.alarm_arns = alarms.arns()
        self.register_outputs({output: getattr(self, output) for output in WebTier.__annotations__})

    @property
    def role(self) -> aws.iam.Role:
        """The instances' or tasks' role, for grants in the same program: `jobs.grant_send(web.role)`."""
        return self._role


def _door(tier: WebTier, args: WebTierArgs) -> tuple[Door, FleetSecurityGroup]:
    """How requests come in, and the security group of what serves them."""
    if "route" in args:
        shared_group = shared(args["route"]["balancer"])["security_group_id"]
        return shared_door(tier, args, args["route"]), fleet_security_group(tier, args, shared_group)
    balancer_group = balancer_security_group(tier, args)
    return own_door(tier, args, balancer_group), fleet_security_group(tier, args, balancer_group.id)


def _role(tier: WebTier, args: WebTierArgs) -> tuple[aws.iam.Role, list[aws.iam.RolePolicy]]:
    name = tier.pulumi_resource_name
    role = aws.iam.Role(
        f"{name}-role",
        description=f"The instances of the web tier {name}",
        assume_role_policy=service_trust("ecs-tasks" if "container" in args else "ec2"),
        opts=pulumi.ResourceOptions(parent=tier),
    )
    return role, role_policies(tier, "policy", role, args.get("policies", {}))


def _instances(
    tier: WebTier,
    args: WebTierArgs,
    door: Door,
    group: FleetSecurityGroup,
    role: aws.iam.Role,
    ready: Sequence[pulumi.Resource],
) -> _Fleet:
    """Instances in an Auto Scaling group."""
    name, sizes = tier.pulumi_resource_name, web_sizes(args)
    instances = args.get("instances", InstancesArgs())
    template = launch_template(
        tier,
        name,
        instances,
        description=f"The instances of the web tier {name}",
        security_group_id=group.group.id,
        role=role,
        tags=args.get("tags", {}),
    )
    fleet = instance_fleet(
        tier,
        name,
        instances,
        template,
        subnet_ids=placed(args["placement"], "app_subnet_ids"),
        min_size=sizes.least,
        max_size=sizes.most,
        target_group=door.target_group,
        tags=args.get("tags", {}),
        ready=ready,
    )
    scale_instances(tier, args, fleet, door)
    nothing = pulumi.Output.from_input("")
    return _Fleet(template.id, fleet.name, nothing, nothing, nothing)


def _tasks(
    tier: WebTier,
    args: WebTierArgs,
    container: ContainerArgs,
    door: Door,
    group: FleetSecurityGroup,
    role: aws.iam.Role,
    ready: Sequence[pulumi.Resource],
    alarms: Alarms,
) -> _Fleet:
    """Tasks on AWS Fargate."""
    name, sizes = tier.pulumi_resource_name, web_sizes(args)
    fargate = fargate_service(
        tier,
        name,
        container,
        role=role,
        subnet_ids=placed(args["placement"], "app_subnet_ids"),
        security_group_id=group.group.id,
        min_size=sizes.least,
        port=args.get("port", 8080),
        target_group=door.target_group,
        tags=args.get("tags", {}),
        ready=ready,
    )
    scale_tasks(tier, args, fargate, door, sizes)
    task_alarms(alarms, name, fargate)
    nothing = pulumi.Output.from_input("")
    return _Fleet(nothing, nothing, fargate.cluster_arn, fargate.service.name, fargate.logs.name)
