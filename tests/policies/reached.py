"""Which tests of the policies reach which lines of them."""

import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from tests.policies.mutants import Mutant, Place, names, rules

if TYPE_CHECKING:
    from _typeshed import TraceFunction

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "policies" / "tenfold_policies"
TESTS: Final = ROOT / "tests" / "policies"
# They judge whole platforms, random programs or start the engine: seconds for each mutant.
_SLOW = {"any_program", "analyzer", "mutation", "on_the_engine", "remediation_on_the_engine", "the_platform"}

Lines = dict[str, list[int]]
"""The lines that a test reaches, by module."""


WHOLE_PACK: Final = (TESTS / "test_rules.py", ROOT / "tests" / "docs" / "test_policy_pages.py")
"""What tells of every rule what it says of itself."""


def files(modules: Iterable[str]) -> list[Path]:
    """The test files that judge mutants of some modules: their own, or all, where one has none of its own."""
    every = [file for file in sorted(TESTS.glob("test_*.py")) if file.stem.removeprefix("test_") not in _SLOW]
    own = {TESTS / f"test_{module}" for module in modules}
    return sorted({*(own if own <= set(every) else every), TESTS / "test_remediation.py", *WHOLE_PACK})


def digest(paths: Iterable[Path]) -> str:
    """What changes when one of some files does."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


class Traced:
    """A context that keeps the lines of the policies that run in it."""

    def __init__(self) -> None:
        self._lines: dict[str, set[int]] = defaultdict(set)

    def __enter__(self) -> "Traced":
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _trace(self, frame: FrameType, _: str, __: object) -> "TraceFunction | None":
        path = frame.f_code.co_filename
        if not path.startswith(str(PACKAGE)):
            return None
        self._lines[path].add(frame.f_lineno)
        return self._trace

    def lines(self) -> Lines:
        """What ran."""
        return {Path(path).name: sorted(lines) for path, lines in self._lines.items()}


class Reach:
    """The tests by the lines that they reach."""

    def __init__(self, reached: Mapping[str, Lines], sources: Mapping[str, str]) -> None:
        self._tests: dict[tuple[str, int], list[str]] = defaultdict(list)
        for test, modules in reached.items():
            for module, lines in modules.items():
                for line in lines:
                    self._tests[module, line].append(test)
        self._all = list(reached)
        self._rules = {function: rule for source in sources.values() for function, rule in rules(source)}
        self._reads: dict[str, list[tuple[str, Place]]] = defaultdict(list)
        for module, source in sources.items():
            for name, place in names(source):
                self._reads[name].append((module, place))

    def stages(self, module: str, mutant: Mutant, most: int) -> list[list[str]]:
        """The tests that judge a mutant: first those of its module, then some of the others that reach it."""
        place = mutant.place
        if place.imported:
            chosen = self._by_name(place.scope.partition(".")[0], set())
            chosen |= {test for test in self._all if test.startswith("tests/policies/test_rules.py")}
        else:
            chosen = self._at(module, place)
        if place.argument == "on":
            # A page says of which types a rule is, but only a program shows that it judges them.
            chosen = {test for test in chosen if "policy_pages" not in test}
        own = f"tests/policies/test_{module}::"
        first = [test for test in self._all if test in chosen and test.startswith(own)]
        rest = [test for test in self._all if test in chosen and not test.startswith(own)]
        return [stage for stage in (first, rest[:: len(rest) // most + 1]) if stage]

    def _at(self, module: str, place: Place) -> set[str]:
        return {test for line in range(place.first, place.last + 1) for test in self._tests[module, line]}

    def _by_name(self, name: str, seen: set[str]) -> set[str]:
        """The tests that reach what runs at import: those of the rule, and of whatever reads the name."""
        if name in seen:
            return set()
        seen.add(name)
        rule = self._rules.get(name)
        chosen = {test for test in self._all if f"[{rule}:" in test or f"[{rule}]" in test} if rule else set[str]()
        for module, place in self._reads[name]:
            chosen |= self._by_name(place.scope.partition(".")[0], seen) if place.imported else self._at(module, place)
        return chosen
