"""The worker of the sample application: does the jobs that the web tier has queued, and stores their results.

A job is a JSON object with a `job_id`; its result is an item of that key. SQS may deliver a job more than once: the
first result stands, and a second delivery changes nothing. A job that fails comes back alone, not its whole batch, and
after a few tries is a dead letter.

For drills, a job that says `{"fail": true}` fails each time.

Configured by RESULTS_TABLE in the environment, and RESULTS_DAYS, how long results are kept, 7 by default. Where there
is EVENTS_TOPIC_ARN, that topic hears of each job that is done; a job that is delivered twice may be told of twice.
"""

import hashlib
import json
import logging
import os
import time
from functools import cache
from typing import Any, cast

import boto3
from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)
# As the function is configured: Lambda gives its root logger a level of WARNING.
logger.setLevel(logging.INFO)

_SECONDS_A_DAY = 86_400


class JobFailedError(Exception):
    """A job that cannot be done; it is tried again, and then is a dead letter."""


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Does a batch of jobs. The answer names the messages that failed; Lambda deletes the others.

    Args:
        event: The messages, as Lambda reads them from the queue.
        _context: Lambda's; not used.
    """
    failed: list[dict[str, str]] = []
    for message in event["Records"]:
        try:
            result = perform(message["body"])
            store(_table(), result)
            announce(result)
        except Exception:
            # Whatever it was, it must not take the other messages of the batch with it.
            logger.exception("message %s failed", message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def perform(body: str) -> dict[str, Any]:
    """The job's work, in place of something that takes long: a digest of what was sent.

    Raises:
        JobFailedError: The job asks for it, or is none.
    """
    try:
        job = json.loads(body)
    except ValueError:
        job = None
    if not isinstance(job, dict) or not isinstance(job.get("job_id"), str) or not job["job_id"]:
        raise JobFailedError("the message is no JSON object with a job_id")
    if job.get("fail") is True:
        raise JobFailedError(f"job {job['job_id']} asks to fail")
    given = {key: value for key, value in job.items() if key != "job_id"}
    text = json.dumps(given, sort_keys=True, ensure_ascii=False)
    return {"job_id": job["job_id"], "job": text, "digest": hashlib.sha256(text.encode()).hexdigest()}


def store(table: Any, result: dict[str, Any]) -> bool:
    """Keeps a result, unless there is one already. Whether it was kept."""
    now = int(time.time())
    kept_days = int(os.environ.get("RESULTS_DAYS", "7"))
    item = {**result, "status": "done", "finished_at": now, "expires_at": now + kept_days * _SECONDS_A_DAY}
    try:
        table.put_item(Item=item, ConditionExpression="attribute_not_exists(job_id)")
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
            raise
        logger.info("job %s was done before", result["job_id"])
        return False
    logger.info("job %s is done", result["job_id"])
    return True


def announce(result: dict[str, Any]) -> None:
    """Tells the topic that a job is done, and whom its sender wants to be told: the job's `notify`, an address."""
    topic = os.environ.get("EVENTS_TOPIC_ARN")
    if topic:
        done = {"kind": "job-done", "job_id": result["job_id"], "notify": json.loads(result["job"]).get("notify")}
        kind = {"kind": {"DataType": "String", "StringValue": done["kind"]}}
        _sns().publish(TopicArn=topic, Message=json.dumps(done), MessageAttributes=kind)


@cache
def _sns() -> Any:
    return cast("Any", boto3).client("sns")


@cache
def _table() -> Any:
    # Once per process: Lambda keeps it between batches, with its connections.
    return cast("Any", boto3.resource("dynamodb")).Table(os.environ["RESULTS_TABLE"])
