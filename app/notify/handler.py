"""Tells users by mail that their job is done.

It gets events of the platform's topic through a queue of its own: while mail fails, they wait there, and the worker
that published them knows nothing of it. Of an event it needs `job_id` and, where somebody wants a mail, `notify`, an
address. Addresses that bounced or complained before get none.

Configured in the environment by what the `Mailer` says: MAIL_FROM, MAIL_CONFIGURATION_SET and MAIL_SUPPRESSION_TABLE.
Without them nobody is told.
"""

import json
import logging
import os
import time
from functools import cache
from typing import Any, cast

import boto3

logger = logging.getLogger(__name__)
# As the function is configured: Lambda gives its root logger a level of WARNING.
logger.setLevel(logging.INFO)


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Does a batch of events. The answer names the messages that failed; Lambda deletes the others.

    Args:
        event: The messages, as Lambda reads them from the queue.
        _context: Lambda's; not used.
    """
    failed: list[dict[str, str]] = []
    for message in event["Records"]:
        try:
            tell(json.loads(message["body"]))
        except Exception:
            # Whatever it was, it must not take the other messages of the batch with it.
            logger.exception("message %s failed", message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def tell(done: dict[str, Any]) -> bool:
    """Sends the mail that somebody wants about a job. Whether one was sent."""
    job_id, address = str(done["job_id"]), str(done.get("notify") or "").strip().lower()
    if not address or "MAIL_FROM" not in os.environ:
        return False
    if is_suppressed(address):
        logger.info("job %s: the address is suppressed", job_id)
        return False
    cast("Any", _client("sesv2")).send_email(
        FromEmailAddress=os.environ["MAIL_FROM"],
        Destination={"ToAddresses": [address]},
        ConfigurationSetName=os.environ["MAIL_CONFIGURATION_SET"],
        Content={
            "Simple": {
                "Subject": {"Data": "Your job is done"},
                "Body": {"Text": {"Data": f"The result of job {job_id} is there."}},
            }
        },
    )
    logger.info("job %s: a mail is sent", job_id)
    return True


def is_suppressed(address: str) -> bool:
    """Whether an address gets no mail: it bounced or complained, and that is not over."""
    table = os.environ["MAIL_SUPPRESSION_TABLE"]
    item = cast("Any", _client("dynamodb")).get_item(TableName=table, Key={"address": {"S": address}}).get("Item", {})
    return "reason" in item and float(item.get("expires_at", {"N": "inf"})["N"]) > time.time()


@cache
def _client(service: str) -> object:
    # Once per process: Lambda keeps it between batches, with its connections.
    return cast("Any", boto3).client(service)
