"""Rules of stateless tiers, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses

REFRESH = {"strategy": "Rolling"}
ROOT = "the root device (/dev/xvda, /dev/sda1)"


def targets(**properties: Any) -> aws.lb.TargetGroup:
    http: dict[str, Any] = {"port": 8080, "protocol": "HTTP", "vpc_id": "vpc-0123"}
    return aws.lb.TargetGroup("web", **(http | properties))


def listener(**stickiness: Any) -> None:
    forward: dict[str, Any] = {"target_groups": [{"arn": targets().arn}]}
    if stickiness:
        forward["stickiness"] = stickiness
    edge = aws.lb.LoadBalancer("edge")
    actions: list[Any] = [{"type": "forward", "forward": forward}]
    aws.lb.Listener("https", load_balancer_arn=edge.arn, default_actions=actions)


def listener_rule(*, enabled: bool) -> None:
    aws.lb.ListenerRule(
        "api",
        listener_arn="arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/edge/1/2",
        conditions=[{"path_pattern": {"values": ["/api/*"]}}],
        actions=[
            {
                "type": "forward",
                "forward": {
                    "target_groups": [{"arn": targets().arn}],
                    "stickiness": {"enabled": enabled, "duration": 600},
                },
            }
        ],
    )


def group(**properties: Any) -> aws.autoscaling.Group:
    bounds: dict[str, Any] = {"max_size": 4, "min_size": 2}
    return aws.autoscaling.Group("web", **(bounds | properties))


def replaceable(**properties: Any) -> None:
    template = aws.ec2.LaunchTemplate("web", image_id="ami-0123")
    group(**({"launch_template": {"id": template.id, "version": "$Latest"}, "instance_refresh": REFRESH} | properties))


def mixed() -> None:
    template = aws.ec2.LaunchTemplate("web", image_id="ami-0123")
    specification = {"launch_template_id": template.id}
    group(
        instance_refresh=REFRESH,
        mixed_instances_policy={"launch_template": {"launch_template_specification": specification}},
    )


def template(*mappings: Any) -> None:
    aws.ec2.LaunchTemplate("web", image_id="ami-0123", block_device_mappings=list(mappings))


def disk(device: Any, **ebs: Any) -> dict[str, Any]:
    return {"device_name": device, "ebs": {"volume_size": 20} | ebs}


def attached_volume() -> None:
    volume = aws.ebs.Volume("data", availability_zone="us-east-1a", size=100)
    aws.ec2.VolumeAttachment("data", device_name="/dev/sdf", instance_id="i-0123", volume_id=volume.id)


def instance(source_dest_check: bool | None = None) -> aws.ec2.Instance:
    return aws.ec2.Instance("web", ami="ami-0123", instance_type="t3.micro", source_dest_check=source_dest_check)


def nat_address() -> None:
    address = aws.ec2.Eip("nat", domain="vpc")
    aws.ec2.NatGateway("nat", subnet_id="subnet-0123", allocation_id=address.id)


def associated(**target: Any) -> None:
    aws.ec2.EipAssociation("web", allocation_id=aws.ec2.Eip("web", domain="vpc").id, **target)


def behind_balancer(**properties: Any) -> None:
    group(target_group_arns=[targets().arn], **properties)


def attached_to_balancer(**properties: Any) -> None:
    aws.autoscaling.Attachment(
        "web", autoscaling_group_name=group(**properties).name, lb_target_group_arn=targets().arn
    )


def traffic_source() -> None:
    aws.autoscaling.TrafficSourceAttachment(
        "web", autoscaling_group_name=group().id, traffic_source={"identifier": targets().arn, "type": "elbv2"}
    )


def sticky_actions(*enabled: Any) -> None:
    edge = aws.lb.LoadBalancer("edge")
    actions: list[Any] = [
        {
            "type": "forward",
            "order": order,
            "forward": {"target_groups": [{"arn": "arn:web"}], "stickiness": {"enabled": each, "duration": 60}},
        }
        for order, each in enumerate(enabled, start=1)
    ]
    aws.lb.Listener("https", load_balancer_arn=edge.arn, default_actions=actions)


REPLACING = ["Launch", "Terminate", "ReplaceUnhealthy", "HealthCheck", "InstanceRefresh"]
NOT_BY_BALANCER = ("web", "healthCheckType", "nothing", '"ELB"')

CASES = [
    passes("sta-no-sticky-sessions", "a target group", targets),
    passes(
        "sta-no-sticky-sessions",
        "stickiness that is switched off",
        lambda: targets(stickiness={"type": "lb_cookie", "enabled": False}),
    ),
    passes("sta-no-sticky-sessions", "a listener", listener),
    passes("sta-no-sticky-sessions", "a listener's stickiness without more", lambda: listener(duration=60)),
    passes("sta-no-sticky-sessions", "a rule's stickiness switched off", lambda: listener_rule(enabled=False)),
    refuses(
        "sta-no-sticky-sessions",
        "a target group with a cookie",
        lambda: targets(stickiness={"type": "lb_cookie", "enabled": True}),
        ("web", "stickiness.enabled", "true", "false"),
    ),
    refuses(
        "sta-no-sticky-sessions",
        "a target group with a cookie, enabled by default",
        lambda: targets(stickiness={"type": "lb_cookie"}),
        ("web", "stickiness.enabled", "nothing, which is true", "false"),
    ),
    refuses(
        "sta-no-sticky-sessions",
        "a listener",
        lambda: listener(enabled=True, duration=60),
        ("https", "defaultActions[0].forward.stickiness.enabled", "true", "false"),
    ),
    refuses(
        "sta-no-sticky-sessions",
        "a rule",
        lambda: listener_rule(enabled=True),
        ("api", "actions[0].forward.stickiness.enabled", "true", "false"),
    ),
    passes("sta-asg-replaceable", "a launch template and a refresh", replaceable),
    passes("sta-asg-replaceable", "a mixed-instances policy", mixed),
    passes(
        "sta-asg-replaceable",
        "a suspended process that replaces nothing",
        lambda: replaceable(suspended_processes=["ScheduledActions"]),
    ),
    refuses(
        "sta-asg-replaceable",
        "a launch configuration",
        lambda: replaceable(launch_template=None, launch_configuration="web"),
        ("web", "launchTemplate", "nothing", "a launch template, here or in mixedInstancesPolicy"),
    ),
    refuses(
        "sta-asg-replaceable",
        "no refresh",
        lambda: replaceable(instance_refresh=None),
        ("web", "instanceRefresh", "nothing", "an instance refresh"),
    ),
    refuses(
        "sta-asg-replaceable",
        "protected and suspended",
        lambda: replaceable(protect_from_scale_in=True, suspended_processes=["AddToLoadBalancer", "Terminate"]),
        ("web", "protectFromScaleIn", "true", "false"),
        ("web", "suspendedProcesses[1]", '"Terminate"', "no suspended process of replacement"),
    ),
    passes("sta-no-data-volumes", "the image's own volume", template),
    passes("sta-no-data-volumes", "a larger root volume", lambda: template(disk("/dev/xvda"))),
    passes(
        "sta-no-data-volumes",
        "the image's further volume taken away",
        lambda: template({"device_name": "/dev/sdb", "no_device": "true"}),
    ),
    passes(
        "sta-no-data-volumes", "the root of another image", lambda: template(disk("/dev/sdz")), rootDevices=["/dev/sdz"]
    ),
    refuses(
        "sta-no-data-volumes",
        "a second volume",
        lambda: template(disk("/dev/xvda"), disk("/dev/sdf")),
        ("web", "blockDeviceMappings[1].deviceName", '"/dev/sdf"', ROOT),
    ),
    refuses(
        "sta-no-data-volumes",
        "a root volume that stays",
        lambda: template(disk("/dev/xvda", delete_on_termination="false")),
        ("web", "blockDeviceMappings[0].ebs.deleteOnTermination", '"false"', "true"),
    ),
    refuses(
        "sta-no-data-volumes",
        "an attached volume",
        attached_volume,
        ("data", "volumeId", "a volume attached to an instance", "no attached volume"),
    ),
    passes("sta-no-standalone-instances", "a group", replaceable),
    passes("sta-no-standalone-instances", "a NAT instance", lambda: instance(source_dest_check=False)),
    refuses(
        "sta-no-standalone-instances",
        "an instance",
        instance,
        ("web", "instanceType", "an instance of its own", "none"),
    ),
    passes("sta-no-eip-on-instances", "the address of a NAT gateway", nat_address),
    passes(
        "sta-no-eip-on-instances", "the address of an interface", lambda: associated(network_interface_id="eni-0123")
    ),
    refuses(
        "sta-no-eip-on-instances",
        "the address of an instance",
        lambda: aws.ec2.Eip("web", instance=instance().id),
        ("web", "instance", "an instance", "nothing"),
    ),
    refuses(
        "sta-no-eip-on-instances",
        "an address associated with an instance",
        lambda: associated(instance_id=instance().id),
        ("web", "instanceId", "an instance", "nothing"),
    ),
    passes("sta-asg-elb-health", "the balancer's checks", lambda: behind_balancer(health_check_type="ELB")),
    passes(
        "sta-asg-elb-health", "the balancer's checks, attached", lambda: attached_to_balancer(health_check_type="ELB")
    ),
    refuses("sta-asg-elb-health", "the default", behind_balancer, NOT_BY_BALANCER),
    refuses("sta-asg-elb-health", "the default, attached", attached_to_balancer, NOT_BY_BALANCER),
    refuses("sta-asg-elb-health", "the default, with a traffic source", traffic_source, NOT_BY_BALANCER),
    refuses(
        "sta-asg-elb-health",
        "EC2's checks",
        lambda: behind_balancer(health_check_type="EC2"),
        ("web", "healthCheckType", '"EC2"', '"ELB"'),
    ),
    passes("sta-asg-elb-health", "a group that serves nobody", group),
    passes("sta-target-group-health", "a path", lambda: targets(health_check={"path": "/healthz"})),
    passes("sta-target-group-health", "a function", lambda: targets(target_type="lambda", protocol=None)),
    passes("sta-target-group-health", "TCP", lambda: targets(protocol="TCP")),
    passes("sta-target-group-health", "HTTP by a TCP check", lambda: targets(health_check={"protocol": "TCP"})),
    refuses("sta-target-group-health", "the default path", targets, ("web", "healthCheck.path", "nothing", "a path")),
    refuses(
        "sta-target-group-health",
        "no check",
        lambda: targets(health_check={"enabled": False, "path": "/healthz"}),
        ("web", "healthCheck.enabled", "false", "true"),
    ),
    passes("sta-deregistration-delay", "30 seconds", lambda: targets(deregistration_delay=30)),
    passes("sta-deregistration-delay", "a function", lambda: targets(target_type="lambda", protocol=None)),
    passes(
        "sta-deregistration-delay",
        "longer where that is allowed",
        lambda: targets(deregistration_delay=600),
        maximumSeconds=600,
    ),
    refuses(
        "sta-deregistration-delay",
        "none",
        lambda: targets(deregistration_delay=0),
        ("web", "deregistrationDelay", "0 seconds", "5 to 120 seconds"),
    ),
    refuses(
        "sta-deregistration-delay",
        "the default",
        targets,
        ("web", "deregistrationDelay", "nothing, which is 300 seconds", "5 to 120 seconds"),
    ),
    refuses(
        "sta-no-sticky-sessions",
        "a listener whose first action the update tells",
        lambda: sticky_actions(later(True), True),
        ("https", "defaultActions[0].forward.stickiness.enabled", "true", "false"),
        ("https", "defaultActions[1].forward.stickiness.enabled", "true", "false"),
        preview=(("https", "defaultActions[1].forward.stickiness.enabled", "true", "false"),),
        left=("https",),
    ),
    passes(
        "sta-asg-replaceable",
        "a template that the update tells",
        lambda: replaceable(launch_template=later({"id": "lt-0123"})),
    ),
    refuses(
        "sta-asg-replaceable",
        "all processes of replacement suspended",
        lambda: replaceable(suspended_processes=REPLACING),
        *(
            ("web", f"suspendedProcesses[{place}]", f'"{process}"', "no suspended process of replacement")
            for place, process in enumerate(REPLACING)
        ),
    ),
    refuses(
        "sta-asg-replaceable",
        "what the update tells beside a process of replacement",
        lambda: replaceable(protect_from_scale_in=later(False), suspended_processes=["HealthCheck"]),
        ("web", "suspendedProcesses[0]", '"HealthCheck"', "no suspended process of replacement"),
        left=("web",),
    ),
    passes("sta-no-data-volumes", "the root device of other images", lambda: template(disk("/dev/sda1"))),
    passes(
        "sta-no-data-volumes",
        "a root volume that goes with its instance",
        lambda: template(disk("/dev/xvda", delete_on_termination="true")),
    ),
    refuses(
        "sta-no-data-volumes",
        "a device that the update tells, whose volume stays",
        lambda: template(disk(later("/dev/xvda"), delete_on_termination="false")),
        ("web", "blockDeviceMappings[0].ebs.deleteOnTermination", '"false"', "true"),
        left=("web",),
    ),
    refuses(
        "sta-no-standalone-instances",
        "an instance that forwards nothing",
        lambda: instance(source_dest_check=True),
        ("web", "instanceType", "an instance of its own", "none"),
    ),
    passes(
        "sta-asg-elb-health",
        "the balancer's checks, where the update tells of which",
        lambda: group(target_group_arns=later(["arn:web"]), health_check_type="ELB"),
    ),
    refuses(
        "sta-asg-elb-health",
        "the default, where the update tells of which balancer",
        lambda: group(target_group_arns=later(["arn:web"])),
        NOT_BY_BALANCER,
    ),
    refuses("sta-asg-elb-health", "a Classic balancer", lambda: group(load_balancers=["web"]), NOT_BY_BALANCER),
    refuses(
        "sta-asg-elb-health",
        "a traffic source of the group's own",
        lambda: group(traffic_sources=[{"identifier": "arn:web", "type": "elbv2"}]),
        NOT_BY_BALANCER,
    ),
    refuses(
        "sta-target-group-health",
        "the default path over HTTPS",
        lambda: targets(protocol="HTTPS"),
        ("web", "healthCheck.path", "nothing", "a path"),
    ),
    refuses(
        "sta-target-group-health",
        "the default path of an HTTP check of a TCP group",
        lambda: targets(protocol="TCP", health_check={"protocol": "HTTP"}),
        ("web", "healthCheck.path", "nothing", "a path"),
    ),
    refuses(
        "sta-target-group-health",
        "targets by address",
        lambda: targets(target_type="ip"),
        ("web", "healthCheck.path", "nothing", "a path"),
    ),
    refuses(
        "sta-target-group-health",
        "whether it checks, which the update tells, and the default path",
        lambda: targets(health_check={"enabled": later(True)}),
        ("web", "healthCheck.path", "nothing", "a path"),
        left=("web",),
    ),
    refuses(
        "sta-target-group-health",
        "the default path by the default protocol",
        lambda: targets(protocol=None),
        ("web", "healthCheck.path", "nothing", "a path"),
    ),
    passes("sta-deregistration-delay", "the least", lambda: targets(deregistration_delay=5)),
    passes("sta-deregistration-delay", "the longest", lambda: targets(deregistration_delay=120)),
    refuses(
        "sta-deregistration-delay",
        "too short by a second",
        lambda: targets(deregistration_delay=4),
        ("web", "deregistrationDelay", "4 seconds", "5 to 120 seconds"),
    ),
    refuses(
        "sta-deregistration-delay",
        "too long by a second",
        lambda: targets(deregistration_delay=121),
        ("web", "deregistrationDelay", "121 seconds", "5 to 120 seconds"),
    ),
    passes(
        "sta-deregistration-delay", "the default where it is allowed", targets, minimumSeconds=300, maximumSeconds=300
    ),
    refuses(
        "sta-deregistration-delay",
        "targets by address, at the default",
        lambda: targets(target_type="ip"),
        ("web", "deregistrationDelay", "nothing, which is 300 seconds", "5 to 120 seconds"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
