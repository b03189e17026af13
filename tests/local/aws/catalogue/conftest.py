"""The emulator as the cases see it."""

import pytest

from local.emulator import Emulator
from tests.local.aws.catalogue.life import World


@pytest.fixture(scope="session")
def world(emulator: Emulator) -> World:
    """The emulator, and what cases build upon."""
    return World(emulator)
