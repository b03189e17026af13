"""Does a job: its work is its result."""

import json
import os
from typing import Any

import boto3

TABLE = os.environ["RESULTS_TABLE"]


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Write each message's result, and tell of those that failed, so that they alone are tried again."""
    dynamodb: Any = boto3
    table = dynamodb.resource("dynamodb").Table(TABLE)
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            job = json.loads(record["body"])
            table.put_item(Item={"job_id": record["messageId"], "owner": job["owner"], "result": job["work"]})
        except (KeyError, ValueError):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
