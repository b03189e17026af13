"""The example of the mailer on the real engine and the embedded AWS: what bounces is left out from then on.

What happens is asked of the embedded AWS through boto3, not of the program.
"""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.components.test_mail_feedback_function import bounce, complaint
from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test on the engine may have to build it.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "mailer" / "__main__.py"
DOMAIN = "shop.example.com"


def eventually(holds: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.5)


def records(stack: Stack) -> dict[tuple[str, str], list[str]]:
    """What stands in the domain's zone, by name and type."""
    route53 = stack.client("route53")
    (zone,) = [one for one in route53.list_hosted_zones()["HostedZones"] if one["Name"] == f"{DOMAIN}."]
    found = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    return {(one["Name"], one["Type"]): [each["Value"] for each in one["ResourceRecords"]] for one in found}


def holds(stack: Stack, queue_url: str) -> int:
    """How many messages a queue holds, those in hand among them."""
    found = stack.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    return sum(int(found[f"ApproximateNumberOfMessages{which}"]) for which in ("", "NotVisible", "Delayed"))


def test_mail_that_bounces_is_in_the_table_a_moment_later(stack: Stack) -> None:
    shutil.copy(EXAMPLE, stack.root / "__main__.py")
    stack.up()
    told: dict[str, str] = stack.outputs()["mail"]
    ses = stack.client("sesv2")

    identity = ses.get_email_identity(EmailIdentity=DOMAIN)
    written = records(stack)
    for token in identity["DkimAttributes"]["Tokens"]:
        assert written[f"{token}._domainkey.{DOMAIN}.", "CNAME"] == [f"{token}.dkim.amazonses.com"]
    assert written[f"bounce.{DOMAIN}.", "MX"] == ["10 feedback-smtp.us-east-1.amazonses.com"]

    name = told["MAIL_CONFIGURATION_SET"]
    found = ses.get_configuration_set(ConfigurationSetName=name)
    assert found["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"
    assert found["SuppressionOptions"]["SuppressedReasons"] == ["BOUNCE", "COMPLAINT"]
    destinations = ses.get_configuration_set_event_destinations(ConfigurationSetName=name)["EventDestinations"]
    (topic,) = [one["SnsDestination"]["TopicArn"] for one in destinations if "SnsDestination" in one]

    sent = ses.send_email(
        FromEmailAddress=told["MAIL_FROM"],
        ConfigurationSetName=name,
        Destination={"ToAddresses": ["jane@example.org"]},
        Content={"Template": {"TemplateName": told["MAIL_TEMPLATE_WELCOME"], "TemplateData": '{"name": "Jane"}'}},
    )
    assert sent["MessageId"]

    # The emulator delivers all mail: what SES would tell of it is told here in its place.
    sns = stack.client("sns")
    for message in (
        "Successfully validated SNS topic for Amazon SES event publishing.",
        json.dumps(bounce("Jane@example.org", "joe@example.org")),
        json.dumps(complaint("joe@example.org")),
    ):
        sns.publish(TopicArn=topic, Message=message)
    dynamodb = stack.client("dynamodb")

    def reasons() -> dict[str, Any]:
        found = dynamodb.scan(TableName=told["MAIL_SUPPRESSION_TABLE"])["Items"]
        return {one["address"]["S"]: one["reason"]["S"] for one in found}

    eventually(lambda: reasons() == {"jane@example.org": "bounce", "joe@example.org": "complaint"})
    queues = [url for url in stack.client("sqs").list_queues()["QueueUrls"] if "mail-feedback" in url]
    assert len(queues) == 2
    eventually(lambda: [holds(stack, url) for url in queues] == [0, 0])

    assert "unchanged" in (said := stack.up("--refresh"))
    assert not any(word in said for word in ("created", "updated", "replaced", "deleted")), said
