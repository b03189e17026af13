"""EventBridge Scheduler: schedules that call something."""

from local.aws.catalogue.entry import Naming, Operation, Read, ResourceType

_WHICH = {"Name": "$name", "GroupName": "$groupName"}

SCHEDULE = ResourceType(
    token="aws:scheduler/schedule:Schedule",
    service="scheduler",
    create=Operation(name="create_schedule"),
    id="$groupName/$name",
    read=(Read(name="get_schedule", params=_WHICH),),
    # What a call leaves out goes back to Scheduler's default.
    update=(Operation(name="update_schedule", params=_WHICH, whole=True),),
    delete=Operation(name="delete_schedule", params=_WHICH),
    defaults={
        "groupName": "default",
        "scheduleExpressionTimezone": "UTC",
        "state": "ENABLED",
        "actionAfterCompletion": "NONE",
    },
    outputs={"arn": "Arn"},
    required=frozenset({"scheduleExpression", "flexibleTimeWindow", "target"}),
    replace_on=frozenset({"name", "groupName"}),
    naming=Naming(limit=64),
)
