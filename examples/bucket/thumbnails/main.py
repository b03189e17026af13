"""Makes a thumbnail of each picture."""

import logging
from typing import Any
from urllib.parse import unquote_plus

logger = logging.getLogger()


def handle(event: dict[str, Any], _: object) -> None:
    """Work on what S3 tells of new objects."""
    for record in event["Records"]:
        logger.info("a thumbnail of %s", unquote_plus(record["s3"]["object"]["key"]))
