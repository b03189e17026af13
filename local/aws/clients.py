"""boto3 clients of the emulator, one for each service and region, made when first needed and shared by all threads."""

import threading
from typing import Any, cast

from boto3.session import Session
from botocore.client import BaseClient
from botocore.config import Config

from local.emulator import Emulator

_CONFIG = Config(
    # The engine works on many resources at once, and clients are shared.
    max_pool_connections=64,
    connect_timeout=5,
    read_timeout=120,
    retries={"mode": "standard", "total_max_attempts": 4},
    # Hosts are not prefixed and buckets are paths: the endpoint is an IP address.
    inject_host_prefix=False,
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    proxies={},
)


class ClientPool:
    """Call it with a service and a region."""

    def __init__(self, emulator: Emulator) -> None:
        self._endpoint = emulator.endpoint
        self._clients: dict[tuple[str, str], BaseClient] = {}
        # A session is not thread-safe, and it holds the service models that it has read.
        self._lock = threading.Lock()
        self._session = Session(aws_access_key_id="test", aws_secret_access_key="test")  # noqa: S106

    def __call__(self, service: str, region: str) -> BaseClient:
        """The client."""
        key = service, region
        if key not in self._clients:
            with self._lock:
                if key not in self._clients:
                    make = cast(Any, self._session).client
                    self._clients[key] = make(service, region, endpoint_url=self._endpoint, config=_CONFIG)
        return self._clients[key]
