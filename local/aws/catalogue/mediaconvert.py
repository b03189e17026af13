"""MediaConvert, on record: its queues."""

from local.aws.catalogue.entry import Naming, Operation, ResourceType

QUEUE = ResourceType(
    token="aws:mediaconvert/queue:Queue",
    service="mediaconvert",
    create=Operation(name="create_queue"),
    id="$name",
    update=(Operation(name="update_queue"),),
    defaults={"pricingPlan": "ON_DEMAND", "status": "ACTIVE"},
    outputs={"arn": "arn:aws:mediaconvert:$region:$account:queues/$name"},
    replace_on=frozenset({"name", "pricingPlan"}),
    naming=Naming(limit=256),
    recorded="the emulator has no MediaConvert",
)
