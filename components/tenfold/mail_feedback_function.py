"""What is done about mail that did not arrive: addresses that must get none any more are written into a table.

This is the code of a Lambda function. It is packed alone and knows nothing of the package around it. It takes SES's
events from a queue, several messages at once, and tells Lambda which of them failed. A message may come twice and in
any order: what stands in the table afterwards is the same.

An item has the key `address`, in lower case. One with a `reason` gets no mail:

    bounce         the mailbox does not exist; for ever
    complaint      its owner called a mail spam; for ever, and more than a bounce
    soft_bounces   it could not be reached too often in a row of days; until `expires_at`

Beside it stand `at`, `detail` and `message_id`. An item without a `reason` counts soft bounces until `expires_at`.

Configured by SUPPRESSION_TABLE, SOFT_BOUNCE_LIMIT and SOFT_BOUNCE_DAYS in the environment. Addresses are not logged.
See https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html.
"""

import json
import logging
import os
import time
from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr
from functools import cache
from typing import Any, cast

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

# SES sends it when it is told of a topic; it is the only one that is no JSON.
_GREETING = "Successfully validated SNS topic"
# What is wrong with these is the mail, not the mailbox.
_OF_THE_MAIL = ("AttachmentRejected", "ContentRejected", "MessageTooLarge")
_SECONDS_A_DAY = 86_400


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Takes a batch of SES's events. The answer names the messages that failed; Lambda deletes the others.

    Args:
        event: The messages, as Lambda reads them from the queue.
        _context: Lambda's; not used.
    """
    failed: list[dict[str, str]] = []
    for message in event["Records"]:
        try:
            take(_table(), message["body"])
        except Exception:
            # Whatever it was, it must not take the other messages of the batch with it.
            logger.exception("message %s failed", message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def take(table: Any, body: str) -> None:
    """Does what one event asks for.

    Raises:
        ValueError: The message is no JSON.
        KeyError: It is none of SES's events.
    """
    if body.startswith(_GREETING):
        return
    event = json.loads(body)
    kind, message_id = event["eventType"], event["mail"]["messageId"]
    if kind == "Bounce":
        _bounced(table, event["bounce"], message_id)
    elif kind == "Complaint":
        _complained(table, event["complaint"], message_id)
    else:
        logger.warning("mail %s: %s, %s", message_id, kind, _why(event))


def _bounced(table: Any, bounce: dict[str, Any], message_id: str) -> None:
    kind, detail = bounce["bounceType"], bounce["bounceSubType"]
    logger.info("mail %s: %s bounce, %s", message_id, kind, detail)
    if detail in _OF_THE_MAIL:
        return
    for address in _addresses(bounce["bouncedRecipients"]):
        item = {"address": address, "at": bounce["timestamp"], "detail": detail, "message_id": message_id}
        if kind == "Permanent":
            _suppress(table, {**item, "reason": "bounce"})
        else:
            _count(table, item)


def _complained(table: Any, complaint: dict[str, Any], message_id: str) -> None:
    detail = complaint.get("complaintFeedbackType") or complaint.get("complaintSubType") or "unknown"
    logger.info("mail %s: complaint, %s", message_id, detail)
    # Somebody took the mail out of the folder for spam.
    if detail == "not-spam":
        return
    for address in _addresses(complaint["complainedRecipients"]):
        item = {"address": address, "at": complaint["timestamp"], "detail": detail, "message_id": message_id}
        _suppress(table, {**item, "reason": "complaint"})


def _suppress(table: Any, item: dict[str, Any]) -> None:
    """Writes down that an address gets no mail for ever. The strongest reason stays, and the first time of it."""
    weaker = ["soft_bounces"] if item["reason"] == "bounce" else ["soft_bounces", "bounce"]
    earlier = Attr("reason").eq(item["reason"]) & Attr("at").gt(item["at"])
    condition = Attr("reason").not_exists() | Attr("reason").is_in(weaker) | earlier
    _unless(table.put_item, condition, Item=item)


def _count(table: Any, item: dict[str, Any]) -> None:
    """Counts a soft bounce, each mail's once; the address gets no mail for some days after too many of them."""
    lifetime = int(os.environ["SOFT_BOUNCE_DAYS"]) * _SECONDS_A_DAY
    expires_at, now = int(datetime.fromisoformat(item["at"]).timestamp()) + lifetime, int(time.time())
    if expires_at <= now:
        return
    key, mails = {"address": item["address"]}, {item["message_id"]}
    counts = Attr("reason").not_exists() & (Attr("expires_at").not_exists() | Attr("expires_at").gt(now))
    counted = _unless(
        table.update_item,
        counts,
        Key=key,
        UpdateExpression="ADD soft_bounces :mails SET expires_at = if_not_exists(expires_at, :until)",
        ExpressionAttributeValues={":mails": mails, ":until": expires_at},
    )
    if not counted:
        # DynamoDB takes some days to remove what has expired; what has none never does.
        anew = {**key, "soft_bounces": mails, "expires_at": expires_at}
        _unless(table.put_item, Attr("expires_at").lte(now), Item=anew)
    limit = int(os.environ["SOFT_BOUNCE_LIMIT"])
    _unless(
        table.update_item,
        Attr("reason").not_exists() & Attr("soft_bounces").size().gte(limit),
        Key=key,
        UpdateExpression="SET reason = :reason, #at = :at, detail = :detail, message_id = :mail, expires_at = :until",
        ExpressionAttributeNames={"#at": "at"},
        ExpressionAttributeValues={
            ":reason": "soft_bounces",
            ":at": item["at"],
            ":detail": item["detail"],
            ":mail": item["message_id"],
            ":until": expires_at,
        },
    )


def _unless(write: Any, condition: Any, **parameters: Any) -> bool:
    """Writes if a condition holds, and says whether it did."""
    try:
        write(ConditionExpression=condition, **parameters)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _addresses(recipients: Iterable[dict[str, str]]) -> list[str]:
    """Each address without the name of its owner, in lower case, as the application asks for it."""
    return [parseaddr(recipient["emailAddress"])[1].lower() for recipient in recipients]


def _why(event: dict[str, Any]) -> str:
    """What SES says of a mail that it delays, or that it did not send."""
    delay, reject, failure = (event.get(part, {}) for part in ("deliveryDelay", "reject", "failure"))
    said = (delay.get("delayType"), reject.get("reason"), failure.get("templateName"), failure.get("errorMessage"))
    return ", ".join(filter(None, said))


@cache
def _table() -> Any:
    # Once per process: Lambda keeps it between batches, with its connections.
    return cast("Any", boto3.resource("dynamodb")).Table(os.environ["SUPPRESSION_TABLE"])
