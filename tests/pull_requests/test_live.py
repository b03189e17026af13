"""The comment on what the real engine says today is the one on what it said when it was recorded."""

import os
import re

import pytest

from pull_requests.comment import About, comment
from pull_requests.reading import parse
from tests.local.aws.test_on_the_engine import Stack, stack
from tests.pull_requests.recording import RECORDED, TOKENS, previews, trimmed

__all__ = ["stack"]

# The first test on the engine may have to build it.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]


def stable(text: str) -> str:
    """Without the ends of generated names, and lines of one part in an order of their own: the engine works at once."""
    return "\n".join(sorted(re.sub(r"-[0-9a-f]{7}\b", "-0000000", text).splitlines()))


def test_each_way_that_a_preview_ends_makes_the_recorded_comment(stack: Stack) -> None:
    for name, said in previews(stack):
        assert not any(token in said for token in TOKENS)
        if os.environ.get("TENFOLD_RECORD"):
            RECORDED.mkdir(exist_ok=True)
            (RECORDED / f"{name}.json").write_text(trimmed(said))
        about = About(title=name)
        live = comment([parse(said, None, name)], about)
        recorded = comment([parse((RECORDED / f"{name}.json").read_text(), None, name)], about)
        assert stable(live) == stable(recorded), name
