"""Counts the jobs that were done, by day."""

import json
import os
from datetime import UTC, datetime
from typing import Any

import boto3

TABLE = os.environ["TOTALS_TABLE"]


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Count each message of a batch, and tell of those that failed, so that they alone are tried again."""
    failed = [{"itemIdentifier": record["messageId"]} for record in event["Records"] if not _counted(record)]
    return {"batchItemFailures": failed}


def _counted(record: dict[str, Any]) -> bool:
    dynamodb: Any = boto3
    if "job_id" not in json.loads(record["body"]):
        return False
    dynamodb.resource("dynamodb").Table(TABLE).update_item(
        Key={"day": datetime.now(UTC).date().isoformat()},
        UpdateExpression="ADD jobs :one",
        ExpressionAttributeValues={":one": 1},
    )
    return True
