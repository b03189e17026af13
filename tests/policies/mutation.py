"""`python -m tests.policies.mutation` tells which faults of the policies no test notices.

It makes mutants of the modules of `tenfold_policies` (see `mutants.py`) and runs, for each, the tests that reach its
line. One that no test fails on survives: a case that is not tested, code that is not needed, or a fault that changes
nothing. `mutants.toml` lists those of the last kind, with the reason. Any other is an error, as is one that is listed
and does not survive.

The tests are collected once, and what their programs register is kept: a mutant is then a fork that takes over its
code and runs some tests, in a tenth of a second. Results are kept in a file: later runs judge the mutants of modules
that have changed, and those that survived.
"""

import argparse
import asyncio
import functools
import gc
import importlib
import json
import os
import resource
import signal
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final, cast

import pytest
from hypothesis import settings

from tests.policies.mutants import Mutant, mutants
from tests.policies.reached import PACKAGE, ROOT, TESTS, WHOLE_PACK, Lines, Reach, Traced, digest, files

LISTED: Final = TESTS / "mutants.toml"
_KILLED, _SURVIVED = 1, 0
# The tests of a shared module are those of nearly all rules: this many of them judge a mutant that its own let live.
_OTHER_TESTS = 150


class Installer:
    """Puts a mutant's code into the modules that are loaded, in whatever holds what they have defined."""

    def __init__(self) -> None:
        self._functions: dict[str, list[FunctionType]] = {}
        self._caches: list[Any] = []
        for each in gc.get_objects():
            if type(each).__name__ == "_lru_cache_wrapper" and each.__module__.startswith("tenfold_policies"):
                self._caches.append(each)
            if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(str(PACKAGE)):
                self._functions.setdefault(Path(each.__code__.co_filename).name, []).append(each)
        self._modules = [
            module for name, module in sys.modules.items() if name.startswith(("tenfold_policies", "tests.policies"))
        ]

    def install(self, file: str, mutant: Mutant) -> None:
        """Make a mutant of a module what runs."""
        for each in self._caches:
            each.cache_clear()
        codes = {(code.co_qualname, code.co_firstlineno): code for code in _codes(mutant.code)}
        for function in self._functions.get(file, ()):
            function.__code__ = codes[function.__code__.co_qualname, function.__code__.co_firstlineno]
        if mutant.place.imported:
            self._import(sys.modules[f"tenfold_policies.{Path(file).stem}"], mutant.code)

    def _import(self, module: ModuleType, code: CodeType) -> None:
        held, before = vars(module), dict(vars(module))
        exec(code, held)
        for name, old in before.items():
            new = held[name]
            if _becomes(old, new):
                held[name] = old
            else:
                for other in self._modules:
                    if vars(other).get(name) is old:
                        setattr(other, name, new)


def _becomes(old: object, new: object) -> bool:
    """Make an object what it is in a mutant, where that can be done in place."""
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
        return True
    if isinstance(old, type) and isinstance(new, type):
        for name, value in vars(new).items():
            if isinstance(value, FunctionType) and isinstance(mine := vars(old).get(name), FunctionType):
                mine.__code__ = value.__code__
                _becomes(mine, value)
        return True
    if type(old).__name__ == "Rule":
        vars(old).update(vars(new))
        return True
    return False


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


Test = Callable[[], bool]
"""Runs a test, and tells whether it passes."""

Work = tuple[str, Mutant, Sequence[Sequence[Test]]]
"""The module of a mutant, the mutant, and the tests in stages: a later one where it survives the one before."""


class Judge:
    """Judges mutants, each in a fork."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._installer = Installer()

    def judge(self, work: Iterable[Work]) -> Iterator[tuple[str, Mutant, bool]]:
        """The module of each mutant, the mutant, and whether it survives."""
        waiting = iter(work)
        running: dict[int, Work] = {}
        while True:
            while len(running) < self._processes and (following := next(waiting, None)) is not None:
                module, mutant, stages = following
                if stages:
                    running[self._start(module, mutant, stages[0])] = module, mutant, stages[1:]
                else:
                    yield module, mutant, True
            if not running:
                return
            pid, status = os.waitpid(next(iter(running)), 0)
            module, mutant, stages = running.pop(pid)
            if status == _SURVIVED and stages:
                running[self._start(module, mutant, stages[0])] = module, mutant, stages[1:]
            else:
                yield module, mutant, status == _SURVIVED

    def _start(self, module: str, mutant: Mutant, tests: Sequence[Test]) -> int:
        """Start the judgement of one mutant by some tests. Returns its process, which ends with 0 if it survives."""
        pid = os.fork()
        if pid:
            return pid
        try:
            # Of the processor, since a machine that has other work is slow: a mutant that never ends is killed.
            signal.setitimer(signal.ITIMER_PROF, 10 + len(tests) / 10)
            # The threads of the one that the tests have used so far are not in the fork.
            asyncio.set_event_loop(asyncio.new_event_loop())
            resource.setrlimit(resource.RLIMIT_AS, (16 * 2**30, 16 * 2**30))
            self._installer.install(module, mutant)
            os._exit(_SURVIVED if all(test() for test in tests) else _KILLED)
        except BaseException:  # noqa: BLE001  whatever a mutant does, it is noticed
            os._exit(_KILLED)


def passes(item: pytest.Item) -> bool:
    """Run a test. Returns whether it passes."""
    from _pytest.runner import runtestprotocol

    return not any(report.failed for report in runtestprotocol(item, nextitem=None, log=False))


class Mutation:
    """A plugin of pytest that collects the tests, and then judges mutants by them."""

    def __init__(self, options: argparse.Namespace, modules: list[str]) -> None:
        self.options = options
        self.modules = modules
        self.results: Path = options.keep / "results.json"
        self.outcomes: dict[str, Any] = _load(self.results)
        self.made: dict[str, list[Mutant]] = {}
        self.digests = {path.name: digest([path]) for path in PACKAGE.glob("*.py")}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Stop where a file cannot be read: its tests would be missed."""
        if report.failed:
            raise SystemExit(f"{report.nodeid} cannot be collected: {report.longreprtext}")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge mutants, instead of running the tests."""
        # Each example of a page is a program of the tests, in another language.
        items = [each for each in session.items if not each.get_closest_marker("deep") and "example" not in each.name]
        tests = {item.nodeid: partial(passes, item) for item in items}
        sources = {path.name: path.read_text() for path in sorted(PACKAGE.glob("*.py"))}
        reach = Reach(self._reached(items), sources)
        self.made = {module: list(mutants(module, sources[module])) for module in self.modules}
        planned = [
            (module, mutant, reach.stages(module, mutant, _OTHER_TESTS))
            for module, each in self.made.items()
            for mutant in each
            if self._is_open(module, mutant)
        ]
        needed = {test for *_, stages in planned for stage in stages for test in stage}
        _must_pass(item for item in items if item.nodeid in needed)
        work = [
            (module, mutant, [[tests[test] for test in stage] for stage in stages])
            for module, mutant, stages in planned
        ]
        judge = Judge(self.options.processes)
        # The collector would copy into each fork what it looks at, and a frozen object cannot be found any more.
        gc.collect()
        gc.freeze()
        gc.disable()
        for count, (module, mutant, survives) in enumerate(judge.judge(work)):
            self.outcomes[mutant.name] = {"of": self.digests[module], "survives": survives}
            if survives:
                _say(f"survives: {mutant.name}")
            if count % 100 == 0:
                self.results.write_text(json.dumps(self.outcomes))
        self.results.write_text(json.dumps(self.outcomes, indent=1))
        return True

    def _is_open(self, module: str, mutant: Mutant) -> bool:
        known = self.outcomes.get(mutant.name)
        unknown = known is None or known["survives"] or known["of"] != self.digests[module]
        return unknown and self.options.match in mutant.name

    def _reached(self, items: list[pytest.Item]) -> dict[str, Lines]:
        """Which lines each test reaches; what is known is kept while the test's file and what it reaches stay."""
        kept = self.options.keep / "reached.json"
        known, now = _load(kept), cast("dict[str, Any]", {})
        for item in items:
            key = f"{digest([TESTS / 'judging.py', TESTS / 'networks.py', item.path])} {item.nodeid}"
            before = known.get(key)
            if item.path in WHOLE_PACK:
                before = {}
            elif before is None or any(self.digests.get(module) != of for module, (of, _) in before.items()):
                before = {module: (self.digests[module], lines) for module, lines in _traced(item).items()}
            now[key] = before
        kept.write_text(json.dumps(known | now))
        return {
            key.partition(" ")[2]: {module: lines for module, (_, lines) in reached.items()}
            for key, reached in now.items()
        }


def _traced(item: pytest.Item) -> Lines:
    with Traced() as traced:
        _must_pass([item])
    return traced.lines()


def _must_pass(items: Iterable[pytest.Item]) -> None:
    failing = [item.nodeid for item in items if not passes(item)]
    if failing:
        raise SystemExit(f"Without any mutant, tests fail: {', '.join(failing)}. Mend them first.")


def _load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text()) if path.exists() else {}


def _say(text: str) -> None:
    print(text, file=sys.__stdout__, flush=True)


def listed() -> dict[str, str]:
    """The mutants that may survive, and why."""
    groups = tomllib.loads(LISTED.read_text())["survives"] if LISTED.exists() else []
    return {name: group["why"] for group in groups for name in group["mutants"]}


def report(made: dict[str, list[Mutant]], outcomes: dict[str, Any]) -> int:
    """Print a table, and what is wrong. Returns 1 where something is."""
    may = set(listed())
    _say(f"{'module':<28}{'mutants':>9}{'killed':>9}{'listed':>9}{'survive':>9}")
    wrong: list[str] = []
    for module, each in made.items():
        names = [mutant.name for mutant in each]
        judged = {name for name in names if name in outcomes}
        alive = {name for name in judged if outcomes[name]["survives"]}
        counts = len(judged), len(judged - alive), len(alive & may), len(alive - may)
        _say(f"{module:<28}{''.join(f'{count:>9}' for count in counts)}")
        wrong += [f"survives and is not listed: {name}" for name in names if name in alive - may]
        gone = {name for name in may - alive if name.startswith(f"{module} ") and (name in judged or name not in names)}
        wrong += [f"is listed and does not survive: {name}" for name in sorted(gone)]
    _say("\n".join(wrong))
    return 1 if wrong else 0


def main(arguments: list[str] | None = None) -> int:
    """Run it. Returns 0 where what survives is what is listed."""
    parser = argparse.ArgumentParser(description="Tell which faults of the policies no test notices.")
    parser.add_argument("modules", nargs="*", help="such as view.py; all without any")
    parser.add_argument("--processes", type=int, default=1, help="how many mutants at once (1)")
    parser.add_argument("--keep", type=Path, default=ROOT / ".tenfold" / "mutation", help="the folder for results")
    parser.add_argument("--match", default="", help="only mutants whose name has this text")
    options = parser.parse_args(arguments)
    options.keep.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT / "policies"), str(ROOT)]
    # What a program registers does not depend on the policies.
    judging = cast("Any", importlib.import_module("tests.policies.judging"))
    judging.run = functools.cache(judging.run)
    settings.register_profile("mutants", derandomize=True, database=None, deadline=None, max_examples=20)
    settings.load_profile("mutants")
    # Other plugins, and a look for leaks after each test, cost more than the tests.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    less = ["--noconftest", "-pno:cacheprovider", "-pno:unraisableexception", "-pno:threadexception", "-Wignore", "-q"]
    modules = options.modules or [path.name for path in sorted(PACKAGE.glob("*.py"))]
    mutation = Mutation(options, modules)
    tests = [str(file.relative_to(ROOT)) for file in files(modules)]
    code = pytest.main([*less, f"--rootdir={ROOT}", *tests], plugins=[mutation])
    return report(mutation.made, mutation.outcomes) if code in {0, 5} else 1


if __name__ == "__main__":
    sys.exit(main())
