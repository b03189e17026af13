"""The three steps of a video. Each does its part of every job, then hands the job on to where its environment says."""

import json
import logging
import os
from collections.abc import Callable
from typing import Any, cast

import boto3

logger = logging.getLogger()

Job = dict[str, Any]


def probe(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Finds out what a video is."""
    return _each(event, lambda job: {**job, "format": str(job["name"]).rpartition(".")[2]})


def encode(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Makes it playable everywhere."""
    return _each(event, lambda job: {**job, "playable": f"{job['name']}.m3u8"})


def publish(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Shows it to everybody."""
    return _each(event, lambda job: {**job, "address": f"/videos/{job['playable']}"})


def _each(event: dict[str, Any], work: Callable[[Job], Job]) -> dict[str, Any]:
    failed: list[dict[str, str]] = []
    for message in event["Records"]:
        try:
            _hand_on(work(json.loads(message["body"])))
        except Exception:
            # It stays in this step's queue; the others of the batch go on.
            logger.exception("job %s failed", message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def _hand_on(job: Job) -> None:
    body = json.dumps(job)
    if "NEXT_QUEUE_URL" in os.environ:
        cast("Any", boto3).client("sqs").send_message(QueueUrl=os.environ["NEXT_QUEUE_URL"], MessageBody=body)
    else:
        cast("Any", boto3).client("sns").publish(TopicArn=os.environ["END_TOPIC_ARN"], Message=body)
