"""How the tests are spread over processes, and the one emulator for all of them that need an AWS.

Each test makes what it needs in it under names of its own.
"""

import gc
from collections.abc import Generator

import pytest

from local import emulator as daemon

# The classes of pulumi-aws are a million objects, which the collector would go through every few thousand new ones.
gc.set_threshold(50_000, 20, 50)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep a file's tests in one process, as they share servers, unless they name what else belongs together."""
    if item.get_closest_marker("xdist_group") is None:
        item.add_marker(pytest.mark.xdist_group(item.location[0]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is given more time than others, so that nobody waits at the end for what began last."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Generator[daemon.Emulator]:
    """A running emulator, ended with the session."""
    folder = tmp_path_factory.mktemp("embedded-aws")
    yield daemon.ensure_running(folder)
    daemon.stop(folder)
