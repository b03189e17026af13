"""The comment on what the real engine says today is the one on what it said when it was recorded."""

import os
import re
from dataclasses import replace

import pytest

from pull_requests.comment import About, comment
from pull_requests.preview import Preview
from pull_requests.reading import parse
from tests.local.aws.test_on_the_engine import Stack, stack
from tests.pull_requests.recording import RECORDED, TOKENS, previews, trimmed

__all__ = ["stack"]

# The first test on the engine may have to build it.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]


def stable(preview: Preview) -> str:
    """The comment without what tells runs apart.

    The ends of generated names; the order of lines, as the engine works at several things at once; and findings of the
    policy pack, which gets new rules.
    """
    text = comment([replace(preview, violations=(), undecided=())], About(title=preview.environment))
    return "\n".join(sorted(re.sub(r"-[0-9a-f]{7}\b", "-0000000", text).splitlines()))


def found(preview: Preview) -> set[tuple[str, str, str]]:
    return {(one.level, one.rule, one.resource) for one in preview.violations}


def test_each_way_that_a_preview_ends_makes_the_recorded_comment(stack: Stack) -> None:
    for name, said in previews(stack):
        assert not any(token in said for token in TOKENS)
        if os.environ.get("TENFOLD_RECORD"):
            RECORDED.mkdir(exist_ok=True)
            (RECORDED / f"{name}.json").write_text(trimmed(said))
        live, recorded = parse(said, name, name), parse((RECORDED / f"{name}.json").read_text(), name, name)
        assert stable(live) == stable(recorded), name
        assert live.judged == recorded.judged
        assert (("mandatory", "dec-queue-has-dlq", "mails") in found(live)) == (name == "refused")
        assert (("advisory", "dur-deletion-protection", "results-table") in found(live)) == (
            ("advisory", "dur-deletion-protection", "results-table") in found(recorded)
        )
