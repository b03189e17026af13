"""EventBridge: rules, and whom they tell."""

from local.aws.catalogue.entry import Naming, Operation, Read, ResourceType, Tagging

_RULE = {"Name": "$name", "EventBusName": "$eventBusName"}
_TARGETS = {"Rule": "$rule", "EventBusName": "$eventBusName"}

RULE = ResourceType(
    token="aws:cloudwatch/eventRule:EventRule",
    service="events",
    create=Operation(name="put_rule"),
    id="$name",
    read=(Read(name="describe_rule", params=_RULE),),
    # What a call leaves out is gone.
    update=(Operation(name="put_rule", never=frozenset({"tags"}), whole=True),),
    delete=Operation(name="delete_rule", params=_RULE),
    defaults={"eventBusName": "default", "state": "ENABLED"},
    outputs={"arn": "Arn"},
    documents=frozenset({"eventPattern"}),
    ignored=frozenset({"forceDestroy", "isEnabled"}),
    replace_on=frozenset({"name", "eventBusName"}),
    naming=Naming(limit=64),
    tagging=Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"ResourceARN": "$arn"},
        read=Read(name="list_tags_for_resource", params={"ResourceARN": "$arn"}, at="Tags"),
    ),
)

_OF_RULE = frozenset({"rule", "eventBusName"})
_PUT_TARGET = Operation(name="put_targets", params=_TARGETS, under="Targets", on=_OF_RULE, whole=True)

TARGET = ResourceType(
    token="aws:cloudwatch/eventTarget:EventTarget",
    service="events",
    create=_PUT_TARGET,
    id="$rule-$targetId",
    read=(
        Read(
            name="list_targets_by_rule",
            params=_TARGETS,
            at="Targets[?Id=='$targetId'] | [0]",
            also={"Rule": "$rule", "EventBusName": "$eventBusName"},
        ),
    ),
    update=(_PUT_TARGET,),
    delete=Operation(name="remove_targets", params={**_TARGETS, "Ids": ["$targetId"]}),
    names={
        "targetId": "Id",
        "sqsTarget": "SqsParameters",
        "ecsTarget": "EcsParameters",
        "batchTarget": "BatchParameters",
        "httpTarget": "HttpParameters",
        "kinesisTarget": "KinesisParameters",
        "redshiftTarget": "RedshiftDataParameters",
        "runCommandTargets": "RunCommandParameters",
        "sagemakerPipelineTarget": "SageMakerPipelineParameters",
        "appsyncTarget": "AppSyncParameters",
    },
    defaults={"eventBusName": "default"},
    ignored=frozenset({"forceDestroy"}),
    required=frozenset({"arn", "rule"}),
    replace_on=frozenset({"rule", "targetId", "eventBusName"}),
    naming=Naming(property="targetId", limit=64),
)
