"""Sends mails. One that fails is tried again alone, and after a few tries is a dead letter."""

import json
import logging
from typing import Any

logger = logging.getLogger()


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Sends the mails of a batch; the answer names those that failed."""
    failed: list[dict[str, str]] = []
    for message in event["Records"]:
        try:
            send(json.loads(message["body"]))
        except Exception:
            logger.exception("mail %s failed", message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def send(mail: dict[str, Any]) -> None:
    """In place of a mail server."""
    logger.info("a mail to %s: %s", mail["to"], mail["subject"])
