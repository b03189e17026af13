"""MediaConvert is on record: its queues' inputs are checked, and nothing is transcoded."""

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import World


def test_a_queue_is_checked_and_kept_on_record(world: World) -> None:
    kind = CATALOGUE["aws:mediaconvert/queue:Queue"]
    assert kind.recorded == "the emulator has no MediaConvert"
    given = {"concurrentJobs": 20, "description": "Jobs", "tags": {"team": "video"}}
    inputs, faults = resources.check(world.account, kind, "queue", b"", {}, given)
    assert faults == []
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    assert identity == inputs["name"]
    assert state["arn"] == f"arn:aws:mediaconvert:eu-west-1:{world.account.account}:queues/{identity}"
    assert resources.read(world.account, kind, identity, state, inputs) == (state, inputs)
    assert resources.compare(world.account, kind, inputs, {**inputs, "concurrentJobs": 40}).replaces == ()
    reserved = {**inputs, "pricingPlan": "RESERVED"}
    assert resources.compare(world.account, kind, inputs, reserved).replaces == ("pricingPlan",)


def test_what_mediaconvert_would_refuse_of_a_queue_is_refused(world: World) -> None:
    kind = CATALOGUE["aws:mediaconvert/queue:Queue"]
    wrong = {
        "pricingPlan": "CHEAP",
        "status": "BUSY",
        "reservationPlanSettings": {"commitment": "TWO_YEARS", "renewalType": "EXPIRE", "reservedSlots": 1},
        "concurrency": 3,
    }
    faults = resources.check(world.account, kind, "queue", b"", {}, wrong)[1]
    assert {fault.path for fault in faults} == {
        "pricingPlan",
        "status",
        "reservationPlanSettings.commitment",
        "concurrency",
    }
