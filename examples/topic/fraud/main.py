"""Looks at each paid order that the topic tells of, and writes down what is odd about it."""

import json
import logging
from typing import Any

logger = logging.getLogger()


def handle(event: dict[str, Any], _context: object) -> None:
    """Look at the orders of a notification; one that fails is tried again, and then is a dead letter."""
    for record in event["Records"]:
        order = json.loads(record["Sns"]["Message"])
        if order["total"] > 10_000:
            logger.warning("order %s is a large one", order["id"])
