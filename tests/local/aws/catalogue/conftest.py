"""The emulator as the cases see it."""

import pytest

from local.emulator import Emulator

pytest.register_assert_rewrite("tests.local.aws.catalogue.life")

from tests.local.aws.catalogue.life import World  # noqa: E402 - after its assertions are made to explain themselves


@pytest.fixture(scope="session")
def world(emulator: Emulator) -> World:
    """The emulator, and what cases build upon."""
    return World(emulator)
