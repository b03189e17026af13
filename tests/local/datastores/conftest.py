"""An emulator whose folder any account may enter, since servers may run under one of their own."""

import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, cast

import boto3
import pytest

from local import emulator as daemon

Clients = Callable[[str], Any]


@pytest.fixture(scope="package")
def home() -> Generator[Path]:
    """The folder of an emulator of these tests."""
    folder = Path(tempfile.mkdtemp(prefix="tenfold-datastores-"))
    yield folder
    daemon.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def running(home: Path) -> daemon.Emulator:
    """The emulator, started again where a test has ended it."""
    return daemon.ensure_running(home)


@pytest.fixture
def client(running: daemon.Emulator) -> Clients:
    """boto3's clients of the emulator."""

    def made(service: str) -> Any:
        return cast(Any, boto3).client(
            service,
            endpoint_url=running.endpoint,
            region_name=running.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return made
