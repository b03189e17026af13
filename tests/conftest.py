"""How the tests are spread over processes, and the one emulator for all of them that need an AWS.

Each test makes what it needs in it under names of its own.
"""

import gc
import re
from collections.abc import Generator

import pytest
from hypothesis import settings
from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2
from xdist.scheduler import LoadScopeScheduling

from local import emulator as daemon

# The classes of pulumi-aws are a million objects, which the collector would go through every few thousand new ones.
gc.set_threshold(50_000, 20, 50)

# Where in its source a program makes a resource, no test asks; the SDK would go through all of pytest's frames for it,
# which takes as long as all else that it does.
resource._get_stack_trace = source_pb2.StackTrace

# How long an example takes says something of the machine, and what else it does.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")

_OF_EVERY_COMPONENT = ("tests/components/test_contract.py", "tests/components/test_alarm_coverage.py")


class _WhatBelongsTogether(LoadScopeScheduling):
    """Keeps a file's tests in one process, as they share servers, and a component's, as they share its recordings."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        component = re.search(r"[\[-]([A-Z]\w+)", test)
        return component[1] if component and file in _OF_EVERY_COMPONENT else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Spread tests so, wherever `-n` does not say otherwise by `--dist`."""
    if config.getoption("dist") != "load":
        return None
    # In the order below: files of many tests need not be those that take long.
    config.option.loadscopereorder = False
    return _WhatBelongsTogether(config, log)  # pyright: ignore[reportArgumentType]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is given more time than others, so that nobody waits at the end for what began last."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Generator[daemon.Emulator]:
    """A running emulator, ended with the session."""
    folder = tmp_path_factory.mktemp("embedded-aws")
    yield daemon.ensure_running(folder)
    daemon.stop(folder)
