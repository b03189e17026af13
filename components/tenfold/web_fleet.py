"""The instances of a web tier: how one starts, how many there are, and how they are replaced.

See https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.web_balancer import Balancer

_PARAMETER = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
LATEST_IMAGES = {"arm64": f"{_PARAMETER}arm64", "x86_64": f"{_PARAMETER}x86_64"}
"""The latest Amazon Linux 2023 by processor: EC2 looks the parameter up whenever an instance starts."""

_METRICS: tuple[Any, ...] = (
    "GroupDesiredCapacity",
    "GroupInServiceCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
)
# Graviton has a g after the generation: t4g, m7gd, c7gn, hpc7g, x2gd, im4gn, is4gen. The first one was a1.
_GRAVITON = re.compile(r"(a1|[a-z]+\d+g[a-z]*)\..+")


def launch_template(
    tier: pulumi.ComponentResource,
    *,
    instance_type: pulumi.Input[str],
    image_id: pulumi.Input[str] | None,
    user_data: pulumi.Input[str] | None,
    root_volume_gb: pulumi.Input[int],
    security_group: aws.ec2.SecurityGroup,
    role: aws.iam.Role,
    tags: Mapping[str, pulumi.Input[str]],
) -> aws.ec2.LaunchTemplate:
    """How an instance starts: without a public address or a key, with IMDSv2 and one encrypted volume."""
    name = tier.pulumi_resource_name
    profile = aws.iam.InstanceProfile(f"{name}-profile", role=role.name, opts=pulumi.ResourceOptions(parent=tier))
    return aws.ec2.LaunchTemplate(
        f"{name}-launch-template",
        description=f"The instances of the web tier {name}",
        image_id=_latest_image(instance_type) if image_id is None else image_id,
        instance_type=instance_type,
        iam_instance_profile={"arn": profile.arn},
        vpc_security_group_ids=[security_group.id],
        user_data=None if user_data is None else pulumi.Output.from_input(user_data).apply(_encoded),
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": 1,
            "instance_metadata_tags": "disabled",
        },
        monitoring={"enabled": True},
        block_device_mappings=[
            {
                "device_name": "/dev/xvda",
                "ebs": {
                    "volume_type": "gp3",
                    "volume_size": root_volume_gb,
                    "encrypted": "true",
                    "delete_on_termination": "true",
                },
            }
        ],
        # The group tags its instances; their volumes are tagged here or by nobody.
        tag_specifications=[{"resource_type": "volume", "tags": {**tags, "Name": name}}],
        update_default_version=True,
        opts=pulumi.ResourceOptions(parent=tier),
    )


def fleet(
    tier: pulumi.ComponentResource,
    template: aws.ec2.LaunchTemplate,
    *,
    subnet_ids: Any,
    target_group: aws.lb.TargetGroup,
    min_size: int,
    max_size: int,
    image_id: pulumi.Input[str] | None,
    tags: Mapping[str, pulumi.Input[str]],
    ready: Sequence[pulumi.Resource],
) -> aws.autoscaling.Group:
    """The Auto Scaling group: heals by the balancer's checks, and takes up each new version of its template.

    How many instances it wants at a time is left to its scaling policies: an update never sets it back.
    """
    name = tier.pulumi_resource_name
    return aws.autoscaling.Group(
        f"{name}-asg",
        min_size=min_size,
        max_size=max_size,
        vpc_zone_identifiers=subnet_ids,
        # A number in place of $Latest: the engine sees a new version, and starts the refresh.
        launch_template={"id": template.id, "version": template.latest_version.apply(str)},
        target_group_arns=[target_group.arn],
        health_check_type="ELB",
        health_check_grace_period=300,
        default_instance_warmup=120,
        instance_refresh={
            "strategy": "Rolling",
            "preferences": {
                # A new instance serves before an old one goes.
                "min_healthy_percentage": 100,
                "max_healthy_percentage": 110,
                "auto_rollback": _can_roll_back(image_id),
            },
        },
        enabled_metrics=[*_METRICS],
        metrics_granularity="1Minute",
        tags=[
            {"key": key, "value": value, "propagate_at_launch": True} for key, value in {**tags, "Name": name}.items()
        ],
        opts=pulumi.ResourceOptions(parent=tier, depends_on=ready),
    )


def scale_by_load(
    tier: pulumi.ComponentResource,
    group: aws.autoscaling.Group,
    balancer: Balancer,
    *,
    cpu_percent: pulumi.Input[float],
    requests_per_minute: pulumi.Input[float],
) -> None:
    """Keeps the fleet at a CPU utilization and a rate of requests; the target that asks for more wins."""
    name = tier.pulumi_resource_name
    aws.autoscaling.Policy(
        f"{name}-cpu-scaling",
        autoscaling_group_name=group.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration={
            "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
            "target_value": cpu_percent,
        },
        opts=pulumi.ResourceOptions(parent=tier),
    )
    label = pulumi.Output.concat(balancer.load_balancer.arn_suffix, "/", balancer.target_group.arn_suffix)
    aws.autoscaling.Policy(
        f"{name}-requests-scaling",
        autoscaling_group_name=group.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration={
            "predefined_metric_specification": {
                "predefined_metric_type": "ALBRequestCountPerTarget",
                "resource_label": label,
            },
            "target_value": requests_per_minute,
        },
        # Auto Scaling refuses a target group that no listener forwards to.
        opts=pulumi.ResourceOptions(parent=tier, depends_on=[balancer.listener]),
    )


def _latest_image(instance_type: pulumi.Input[str]) -> pulumi.Input[str]:
    if isinstance(instance_type, str):
        return _image_for(instance_type)
    return pulumi.Output.from_input(instance_type).apply(_image_for)


def _image_for(instance_type: str) -> str:
    return LATEST_IMAGES["arm64" if _GRAVITON.fullmatch(instance_type) else "x86_64"]


def _can_roll_back(image_id: pulumi.Input[str] | None) -> pulumi.Input[bool]:
    """Whether a failed refresh can go back: Auto Scaling refuses to where a parameter stands for the image."""
    if image_id is None:
        return False
    return pulumi.Output.from_input(image_id).apply(lambda image: not image.startswith("resolve:ssm:"))


def _encoded(script: str) -> str:
    return base64.b64encode(script.encode()).decode()
