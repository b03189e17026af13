"""One emulator for all tests that need an AWS; each makes what it needs under names of its own."""

from collections.abc import Generator

import pytest

from local import emulator as daemon


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Generator[daemon.Emulator]:
    """A running emulator, ended with the session."""
    folder = tmp_path_factory.mktemp("embedded-aws")
    yield daemon.ensure_running(folder)
    daemon.stop(folder)
