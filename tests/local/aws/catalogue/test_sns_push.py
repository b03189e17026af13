"""Platform applications live in the emulator as their entry says."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize


def _application(world: World, made: Made) -> Any:
    answer = world.client("sns").get_platform_application_attributes(PlatformApplicationArn=made.id)
    return only(answer["Attributes"], "PlatformCredential", "EventDeliveryFailure", "SuccessFeedbackSampleRate")


def _seen(credential: str, topic: str, rate: str | None) -> dict[str, Any]:
    return {"PlatformCredential": credential, "EventDeliveryFailure": topic, "SuccessFeedbackSampleRate": rate}


CASES = [
    Case(
        token="aws:sns/platformApplication:PlatformApplication",
        inputs=lambda world: {
            "platform": "GCM",
            "platformCredential": "one",
            "eventDeliveryFailureTopicArn": world.topic,
        },
        look=_application,
        made=lambda world, _: _seen("one", world.topic, None),
        change=lambda _: {"platformCredential": "two", "successFeedbackSampleRate": "5"},
        changed=lambda world, _: _seen("two", world.topic, "5"),
        meddle=lambda world, made: world.client("sns").set_platform_application_attributes(
            PlatformApplicationArn=made.id, Attributes={"SuccessFeedbackSampleRate": "100"}
        ),
        drifts=("successFeedbackSampleRate",),
        outputs={"arn": lambda _, made: made.id},
    ),
]


@parametrize(CASES)
def test_a_resource_of_mobile_push_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
