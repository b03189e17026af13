"""The search for untested faults: it makes the faults that it should, and tells those that a test notices."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.policies.judging import Case
from tests.policies.mutants import Mutant, Place, mutants
from tests.policies.mutation import Judge
from tests.policies.reached import PACKAGE
from tests.policies.test_cost import CASES


def faults(source: str) -> list[str]:
    return [each.name.partition(" | ")[2] for each in mutants("any.py", textwrap.dedent(source))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = 1 < b", ["1 < b -> 1 <= b", "1 < b -> 1 >= b", "1 -> 2", "1 -> 0"]),
        ("a = b is None", ["b is None -> b is not None"]),
        ("a = b and c", ["b and c -> b or c", "without b", "without c"]),
        ("a = not b", ["not b -> b"]),
        ("a = b + c", ["b + c -> b - c"]),
        ("a = True", ["True -> False"]),
        ('a = "type"', ["'type' -> 'type~'"]),
        ("a = (B, C)", ["without B", "without C"]),
        ("a = {B: c}", ["without B"]),
        ("a = any(b)", ["any() -> all()"]),
        ("a = b.lower()", ["without .lower()"]),
        ("a = b(c=d)", ["without c="]),
        ("a = [b for b in c if b]", ["without if b", "if not b"]),
        ("if a:\n    b.c = d", ["a -> True", "a -> False", "without b.c = d"]),
        ("def a():\n    return b", ["return b -> return None"]),
        ("def a():\n    yield b", ["without yield b"]),
        ("def a(b=1):\n    raise b", ["1 -> 2", "1 -> 0", "without raise b"]),
        ("for a in b:\n    continue", ["continue -> break", "without continue"]),
        ("a = Severity.LOW, MANDATORY", ["LOW -> MEDIUM", "MANDATORY -> ADVISORY"]),
    ],
)
def test_a_slip_of_the_hand_is_a_fault(source: str, expected: list[str]) -> None:
    found = faults(source)
    assert [each for each in found if each in expected] == expected, found


@pytest.mark.parametrize(
    "prose",
    [
        '"""What it is for."""',
        'a = "Set it to true."',
        'a = f"set {b} to true."',
        'a = f"set a to {b}."',
        'a = "https://docs.aws.amazon.com/"',
        "a: list[int]",
        '_PAGE = "REL10-BP01"\na = b(source=_PAGE)',
        "@dataclass(frozen=True)\nclass A:\n    b: int",
    ],
)
def test_words_for_people_and_types_have_no_faults(prose: str) -> None:
    assert faults(prose) == []


def test_a_fault_is_the_same_one_while_its_line_stays() -> None:
    name = "any.py a: return b == 1 | 1 -> 2"
    for before in ("", "import json\n\n\n"):
        assert name in {each.name for each in mutants("any.py", f"{before}def a(b):\n    return b == 1\n")}


def passes(case: Case) -> Callable[[], bool]:
    def test() -> bool:
        case.check()
        return True

    return test


def planted(old: str, new: str, *, imported: bool) -> tuple[str, Mutant, list[list[Callable[[], bool]]]]:
    """A module with something else in one place, and the tests of its rule."""
    source = Path(PACKAGE / "cost.py").read_text()
    assert source.count(old) == 1
    code = compile(source.replace(old, new), str(PACKAGE / "cost.py"), "exec")
    tests = [passes(case) for case in CASES if case.rule == "cst-gp3"]
    return "cost.py", Mutant(new, Place(imported=imported), code), [tests[:1], tests[1:]]


def test_a_planted_fault_is_noticed_and_a_change_that_changes_nothing_is_not() -> None:
    work = [
        planted('== "gp2"', '== "gp1"', imported=False),
        planted('== "gp2"', 'in {"gp2"}', imported=False),
        planted("on=(EBS_VOLUME, LAUNCH_TEMPLATE,", "on=(LAUNCH_TEMPLATE,", imported=True),
        planted("on=(EBS_VOLUME, LAUNCH_TEMPLATE,", "on=(LAUNCH_TEMPLATE, EBS_VOLUME,", imported=True),
    ]
    assert [survives for _, _, survives in Judge(1).judge(work)] == [False, True, False, True]


def test_a_mutant_that_no_test_reaches_survives() -> None:
    module, mutant, _ = planted('== "gp2"', '== "gp1"', imported=False)
    assert [survives for _, _, survives in Judge(1).judge([(module, mutant, [])])] == [True]
