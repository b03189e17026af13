"""Instances in an Auto Scaling group: how one starts, how many there are, and how they are replaced.

See https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html and
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html.
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import bounded, is_known
from tenfold.errors import Fault

_PARAMETER = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
LATEST_IMAGES = {"arm64": f"{_PARAMETER}arm64", "x86_64": f"{_PARAMETER}x86_64"}
"""The latest Amazon Linux 2023 by processor: EC2 looks the parameter up whenever an instance starts."""


class InstancesArgs(TypedDict):
    """What the instances of a fleet are and how they start."""

    type: NotRequired[pulumi.Input[str]]
    """The instance type; `m7g.large` by default."""
    alternatives: NotRequired[list[str]]
    """Other types of the same processor, in order of preference, for when `type` cannot be had; none by default."""
    spot_percent: NotRequired[int]
    """The percentage on Spot, up to 90 % cheaper and gone with two minutes' notice; 0 by default."""
    on_demand_base: NotRequired[int]
    """How many instances are never on Spot, before `spot_percent` counts; 0 by default."""
    image_id: NotRequired[pulumi.Input[str]]
    """The image, by id or as `resolve:ssm:<parameter>`; by default the latest Amazon Linux 2023 whenever one starts."""
    user_data: NotRequired[pulumi.Input[str]]
    """The script that an instance runs when it starts, as plain text of up to 16 KB; none by default."""
    root_volume_gb: NotRequired[pulumi.Input[int]]
    """The size of the root volume in GB, 8 to 16384; 16 by default."""
    security_group_ids: NotRequired[dict[str, pulumi.Input[str]]]
    """Further security groups that the instances are in, by a name of your own, up to 15: those that databases and
    caches let in, `{"forum": forum_clients.id}`; none by default."""


_DEFAULT_TYPE = "m7g.large"
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
_TYPE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")


def instance_faults(path: str, instances: InstancesArgs) -> Iterable[Fault]:
    """What is wrong with the arguments of a fleet's instances."""
    yield from bounded(f"{path}.root_volume_gb", instances.get("root_volume_gb"), 8, 16_384, "GB")
    yield from bounded(f"{path}.spot_percent", instances.get("spot_percent"), 0, 100, "percent")
    yield from bounded(f"{path}.on_demand_base", instances.get("on_demand_base"), 0, 10_000, "instances")
    yield from group_faults(f"{path}.security_group_ids", instances.get("security_group_ids", {}))
    yield from _type_faults(path, instances)
    image, script = instances.get("image_id"), instances.get("user_data")
    if isinstance(image, str) and is_known(image) and not image.startswith(("ami-", "resolve:ssm:")):
        yield Fault(f"{path}.image_id", f"{image!r} is given", f"ami-... or a parameter: {LATEST_IMAGES['arm64']}")
    if isinstance(script, str) and len(script.encode()) > 16_384:
        given = f"{len(script.encode())} bytes are given"
        yield Fault(f"{path}.user_data", given, "up to 16384 bytes; have the script fetch what is longer")


def group_faults(path: str, group_ids: Mapping[str, pulumi.Input[str]]) -> Iterable[Fault]:
    """A fault where there are more further security groups than AWS lets a network interface have."""
    yield from bounded(path, len(group_ids), 0, 15, "security groups beside its own")


def _type_faults(path: str, instances: InstancesArgs) -> Iterable[Fault]:
    kind, others = instances.get("type", _DEFAULT_TYPE), instances.get("alternatives", [])
    if isinstance(kind, str) and not _TYPE.fullmatch(kind):
        yield Fault(f"{path}.type", f"{kind!r} is given", "an instance type: m7g.large")
    for index, other in enumerate(others):
        where = f"{path}.alternatives[{index}]"
        if not _TYPE.fullmatch(other):
            yield Fault(where, f"{other!r} is given", "an instance type: m7g.large")
        elif other == kind or other in others[:index]:
            yield Fault(where, f"{other!r} is given twice", "each type once")
        elif isinstance(kind, str) and _processor(other) != _processor(kind):
            given = f"{other!r} is given, with {kind!r} as type"
            yield Fault(where, given, f"a type of the processor {_processor(kind)}: all of them start the same image")


def launch_template(
    component: pulumi.ComponentResource,
    prefix: str,
    instances: InstancesArgs,
    *,
    description: str,
    security_group_id: pulumi.Input[str],
    role: aws.iam.Role,
    tags: Mapping[str, pulumi.Input[str]],
) -> aws.ec2.LaunchTemplate:
    """How an instance starts: without a public address or a key, with IMDSv2 and one encrypted volume."""
    profile = aws.iam.InstanceProfile(
        f"{prefix}-profile", role=role.name, opts=pulumi.ResourceOptions(parent=component)
    )
    kind, image, script = (instances.get(key) for key in ("type", "image_id", "user_data"))
    kind = _DEFAULT_TYPE if kind is None else kind
    return aws.ec2.LaunchTemplate(
        f"{prefix}-launch-template",
        description=description,
        image_id=_latest_image(kind) if image is None else image,
        instance_type=kind,
        iam_instance_profile={"arn": profile.arn},
        vpc_security_group_ids=[security_group_id, *instances.get("security_group_ids", {}).values()],
        user_data=None if script is None else pulumi.Output.from_input(script).apply(_encoded),
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
                    "volume_size": instances.get("root_volume_gb", 16),
                    "encrypted": "true",
                    "delete_on_termination": "true",
                },
            }
        ],
        # The group tags its instances; their volumes are tagged here or by nobody.
        tag_specifications=[{"resource_type": "volume", "tags": {**tags, "Name": prefix}}],
        update_default_version=True,
        opts=pulumi.ResourceOptions(parent=component),
    )


def instance_fleet(
    component: pulumi.ComponentResource,
    prefix: str,
    instances: InstancesArgs,
    template: aws.ec2.LaunchTemplate,
    *,
    subnet_ids: Any,
    min_size: pulumi.Input[int],
    max_size: pulumi.Input[int],
    target_group: aws.lb.TargetGroup | None = None,
    protect_themselves: bool = False,
    tags: Mapping[str, pulumi.Input[str]],
    ready: Sequence[pulumi.Resource],
) -> aws.autoscaling.Group:
    """The Auto Scaling group: heals, and takes up each new version of its template.

    How many instances it wants at a time is left to its scaling policies: an update never sets it back.

    Args:
        component: The component whose child it is.
        prefix: What the children's names start with: `jobs-worker`.
        instances: What the instances are.
        template: How they start.
        subnet_ids: The subnets.
        min_size: How many there are at the least.
        max_size: How many there are at the most.
        target_group: Where they register; its health checks then decide who is replaced, and EC2's own otherwise.
        protect_themselves: Whether one that has work in hand is protected from scale-in by its own program; a new
            version then waits for it, up to an hour.
        tags: Tags of the instances.
        ready: What must be there before an instance starts.
    """
    return aws.autoscaling.Group(
        f"{prefix}-asg",
        min_size=min_size,
        max_size=max_size,
        vpc_zone_identifiers=subnet_ids,
        target_group_arns=None if target_group is None else [target_group.arn],
        health_check_type="EC2" if target_group is None else "ELB",
        health_check_grace_period=300,
        default_instance_warmup=120,
        instance_refresh={
            "strategy": "Rolling",
            "preferences": {
                # A new instance serves before an old one goes.
                "min_healthy_percentage": 100,
                "max_healthy_percentage": 110,
                "auto_rollback": _can_roll_back(instances.get("image_id")),
                "scale_in_protected_instances": "Wait" if protect_themselves else None,
            },
        },
        enabled_metrics=[*_METRICS],
        metrics_granularity="1Minute",
        tags=[
            {"key": key, "value": value, "propagate_at_launch": True} for key, value in {**tags, "Name": prefix}.items()
        ],
        opts=pulumi.ResourceOptions(parent=component, depends_on=ready),
        **_started(instances, template),
    )


def _started(instances: InstancesArgs, template: aws.ec2.LaunchTemplate) -> dict[str, Any]:
    """What the group starts: one type at the regular price, or a mixture."""
    # A number in place of $Latest: the engine sees a new version, and starts the refresh.
    version = template.latest_version.apply(str)
    others, spot = instances.get("alternatives", []), instances.get("spot_percent", 0)
    if not others and not spot:
        return {"launch_template": {"id": template.id, "version": version}}
    types: list[pulumi.Input[str]] = [instances.get("type", _DEFAULT_TYPE), *others]
    return {
        "mixed_instances_policy": {
            "launch_template": {
                "launch_template_specification": {"launch_template_id": template.id, "version": version},
                "overrides": [{"instance_type": kind} for kind in types],
            },
            "instances_distribution": {
                "on_demand_allocation_strategy": "prioritized",
                "on_demand_base_capacity": instances.get("on_demand_base", 0),
                "on_demand_percentage_above_base_capacity": 100 - spot,
                # Where interruptions are rare first, and among those where it is cheap.
                "spot_allocation_strategy": "price-capacity-optimized",
            },
        },
        # A new instance is started when one is likely to be taken away, not when it is.
        "capacity_rebalance": spot > 0,
    }


def _latest_image(kind: pulumi.Input[str]) -> pulumi.Input[str]:
    if isinstance(kind, str):
        return _image_for(kind)
    return pulumi.Output.from_input(kind).apply(_image_for)


def _image_for(kind: str) -> str:
    return LATEST_IMAGES[_processor(kind)]


def _processor(kind: str) -> str:
    return "arm64" if _GRAVITON.fullmatch(kind) else "x86_64"


def _can_roll_back(image_id: pulumi.Input[str] | None) -> pulumi.Input[bool]:
    """Whether a failed refresh can go back: Auto Scaling refuses to where a parameter stands for the image."""
    if image_id is None:
        return False
    return pulumi.Output.from_input(image_id).apply(lambda image: not image.startswith("resolve:ssm:"))


def _encoded(script: str) -> str:
    return base64.b64encode(script.encode()).decode()
