"""Application Auto Scaling, on record: what scales, its policies and its schedules."""

from local.aws.catalogue.entry import Naming, Operation, ResourceType

_NO_SERVICE = "the emulator has no Application Auto Scaling"

APPLICATION_TARGET = ResourceType(
    token="aws:appautoscaling/target:Target",
    service="application-autoscaling",
    create=Operation(name="register_scalable_target"),
    id="$resourceId",
    update=(Operation(name="register_scalable_target"),),
    names={"roleArn": "RoleARN"},
    outputs={"arn": "arn:aws:application-autoscaling:$region:$account:scalable-target/$resourceId"},
    required=frozenset({"minCapacity", "maxCapacity"}),
    replace_on=frozenset({"resourceId", "scalableDimension", "serviceNamespace"}),
    recorded=_NO_SERVICE,
)

APPLICATION_POLICY = ResourceType(
    token="aws:appautoscaling/policy:Policy",
    service="application-autoscaling",
    create=Operation(name="put_scaling_policy"),
    id="$name",
    update=(Operation(name="put_scaling_policy"),),
    names={
        "name": "PolicyName",
        "stepScalingPolicyConfiguration": "StepScalingPolicyConfiguration",
        "targetTrackingScalingPolicyConfiguration": "TargetTrackingScalingPolicyConfiguration",
    },
    defaults={"policyType": "StepScaling"},
    outputs={"arn": "arn:aws:autoscaling:$region:$account:scalingPolicy:resource/$serviceNamespace/$resourceId:$name"},
    replace_on=frozenset({"name", "resourceId", "scalableDimension", "serviceNamespace"}),
    naming=Naming(limit=256),
    recorded=_NO_SERVICE,
)

APPLICATION_SCHEDULE = ResourceType(
    token="aws:appautoscaling/scheduledAction:ScheduledAction",
    service="application-autoscaling",
    create=Operation(name="put_scheduled_action"),
    id="$name-$serviceNamespace-$resourceId",
    update=(Operation(name="put_scheduled_action"),),
    names={"name": "ScheduledActionName"},
    outputs={
        "arn": "arn:aws:autoscaling:$region:$account:scheduledAction:resource/$serviceNamespace/$resourceId:$name"
    },
    required=frozenset({"schedule", "scalableTargetAction"}),
    replace_on=frozenset({"name", "resourceId", "scalableDimension", "serviceNamespace"}),
    naming=Naming(limit=256),
    recorded=_NO_SERVICE,
)
