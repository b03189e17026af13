"""`tenfold-shards`: look at a shard map, plan its next version, compare, publish.

A map is named by a file with its canonical text, or by a store of published versions (a folder, or
`dynamodb:TABLE[/NAME]`), of which `@n` picks one and the newest is meant otherwise. Exit codes: 0 done, 1 refused
(`check`: faulty; `diff --exit-code`: different), 2 wrong usage.
"""

import io
import json
import re
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from tenfold_shards import operations
from tenfold_shards.codec import decode, encode, runs
from tenfold_shards.difference import Plan, diff
from tenfold_shards.errors import Fault, MapError, ShardError
from tenfold_shards.hashing import BUCKETS, XXH3
from tenfold_shards.keys import parsed, shown, to_json
from tenfold_shards.map import ShardMap
from tenfold_shards.shares import shares
from tenfold_shards.store import MapStore, rollback
from tenfold_shards.store_folder import FolderStore

try:
    import typer
except ImportError:  # the application's installation has no command line
    sys.exit("tenfold-shards needs typer and rich: pip install 'tenfold-shards[cli]'")

# Help is plain text: what stands in brackets is a choice, not markup.
app = typer.Typer(
    help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)
plan_app = typer.Typer(
    help="Print the next version of a map, or with --explain what it moves.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(plan_app, name="plan")

_MAP = Annotated[str, typer.Argument(metavar="MAP", help="a file, a STORE, or STORE@VERSION")]
_STORE = Annotated[
    str, typer.Argument(metavar="STORE", help="a folder of published versions, or dynamodb:TABLE[/NAME]")
]
_JSON = Annotated[bool, typer.Option("--json", help="one JSON object instead of text")]
_EXPLAIN = Annotated[bool, typer.Option("--explain", help="what moves, instead of the map")]
_WIDTH = 40
_DYNAMODB = "dynamodb:"
_ASKED = {"botocore": "AWS", "psycopg": "its database"}


def main() -> None:
    """The entry point: whatever is refused becomes one readable message and exit code 1."""
    for stream in (sys.stdout, sys.stderr):  # an argument that is no UTF-8 is shown, not choked on
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except ShardError as error:
        sys.stderr.write(f"tenfold-shards: {error}\n")
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)


def _load(name: str) -> ShardMap:
    path = Path(name)
    with _reached(name):
        if name.startswith(_DYNAMODB) or path.is_dir() or (not path.exists() and _versioned(name)):
            place, version = _versioned(name) or (name, None)
            return _store(place).load(version)
        try:
            return decode(path.read_bytes().decode())
        except UnicodeDecodeError as error:
            raise MapError([Fault(name, f"is no UTF-8 at byte {error.start}")]) from None
        except MapError as error:
            raise MapError([Fault(f"{name} {fault.path}", fault.message) for fault in error.faults]) from None


@contextmanager
def _reached(name: str) -> Generator[None]:
    """Say of a file, folder or table what the system or AWS says of it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise MapError([Fault(name, f"cannot be read or written: {error.strerror or error}")]) from None
    except Exception as error:
        package = type(error).__module__.partition(".")[0]  # no import of one that is not needed
        if package not in _ASKED:
            raise
        raise MapError([Fault(name, f"{_ASKED[package]} was asked and {str(error).strip()}")]) from None


def _versioned(name: str) -> tuple[str, int] | None:
    place, at, version = name.rpartition("@")
    number = _whole(version)
    return (place, number) if at and number is not None else None


def _whole(text: str) -> int | None:
    """A whole number as people write it; thousands of digits are none."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def _store(place: str) -> MapStore:
    if not place.startswith(_DYNAMODB):
        if not place:
            raise MapError([Fault("STORE", "is empty; name a folder, or dynamodb:TABLE[/NAME]")])
        return FolderStore(place)
    try:
        from tenfold_shards.store_dynamodb import DynamoStore  # noqa: PLC0415 - boto3 is optional and slow to import
    except ImportError:
        raise MapError([Fault(place, "needs boto3: pip install 'tenfold-shards[dynamodb]'")]) from None
    table, _, name = place.removeprefix(_DYNAMODB).partition("/")
    if not table:
        raise MapError([Fault(place, "names no table; write dynamodb:TABLE[/NAME]")])
    return DynamoStore(table, name or "main")


@app.command()
def create(
    names: Annotated[list[str], typer.Argument(metavar="NAME[=WEIGHT]...")],
    hash_name: Annotated[str, typer.Option("--hash", help="the pinned hash")] = XXH3,
) -> None:
    """Print version 1 of a map for these shards."""
    typer.echo(encode(ShardMap.create(_weights(names, 1), hash_name)), nl=False)


def _weights(texts: Iterable[str], default: int | None = None) -> dict[str, int]:
    """What is written as NAME=WEIGHT, or as NAME alone where there is a default."""
    weights: dict[str, int] = {}
    faults: list[Fault] = []
    for text in texts:
        name, equals, written = text.partition("=")
        weight = _whole(written) if equals else default
        if weight is None:
            faults.append(Fault(text, "does not read NAME=WEIGHT with a whole number as weight"))
        elif name in weights:
            faults.append(Fault(text, f"names {name} a second time; each shard is named once"))
        else:
            weights[name] = weight
    if faults:
        raise MapError(faults)
    return weights


@app.command()
def show(shard_map: _MAP, as_json: _JSON = False) -> None:
    """Show a map: its shards, with a picture of how even they are."""
    loaded = _load(shard_map)
    held, wanted = loaded.counts(), shares(BUCKETS, loaded.weights(), loaded.counts())
    singles = {name: sum(single.shard == name for single in loaded.overrides) for name in held}
    spans = {name: sum(part.shard == name for part in loaded.ranges) for name in held}
    if as_json:
        rows = [
            {
                "name": shard.name,
                "weight": shard.weight,
                "buckets": held[shard.name],
                "share": wanted[shard.name],
                "overrides": singles[shard.name],
                "ranges": spans[shard.name],
            }
            for shard in loaded.shards
        ]
        _print_json({"version": loaded.version, "hash": loaded.hash, "shards": rows})
        return
    typer.echo(f"version {loaded.version}, {loaded.hash}, {len(held):,} shards")
    longest, most = max(map(len, held)), max(held.values())
    for shard in loaded.shards:
        count, off = held[shard.name], held[shard.name] - wanted[shard.name]
        bar = "█" * round(count / most * _WIDTH)
        notes = [f"weight {shard.weight}"] if shard.weight != 1 else []
        notes += [f"{off:+,} of its share"] if off else []
        notes += [f"{singles[shard.name]:,} keys"] if singles[shard.name] else []
        notes += [f"{spans[shard.name]:,} ranges"] if spans[shard.name] else []
        figures = f"{count:>6,}  {count / BUCKETS:6.2%}  {', '.join(notes)}"
        typer.echo(f"{shard.name:<{longest}}  {bar:<{_WIDTH}}  {figures}".rstrip())
    for part in loaded.ranges:
        typer.echo(f"{_span(part.lower, part.upper)} on {part.shard}")


def _span(lower: str, upper: str | None) -> str:
    return f"text from {lower!r} " + ("without end" if upper is None else f"up to {upper!r}")


@app.command()
def where(
    shard_map: _MAP,
    keys: Annotated[list[str], typer.Argument(metavar="KEY...", help="str:Smith int:42 bytes:00ff uuid:... or a list")],
    as_json: _JSON = False,
) -> None:
    """Say which shard owns each key, and why."""
    loaded = _load(shard_map)
    for text in keys:
        key = parsed(text)
        found = loaded.placement(key)
        if as_json:
            _print_json(
                {"key": to_json(key), "shard": found.shard, "bucket": found.bucket, "by": found.by}, indent=None
            )
        else:
            typer.echo(f"{shown(key)} is on {found.shard} by its {found.by} (bucket {found.bucket})")


@app.command()
def check(names: Annotated[list[str], typer.Argument(metavar="MAP...")], as_json: _JSON = False) -> None:
    """Check that files, or the versions of a store, are canonical maps, and name every fault."""
    faults: list[Fault] = []
    for name in names:
        try:
            loaded = _load(name)
        except MapError as error:
            faults.extend(error.faults)
        except ShardError as error:
            faults.append(Fault(name, str(error)))
        else:
            if not as_json:
                typer.echo(f"{name}: version {loaded.version}, {len(loaded.shards):,} shards, in order")
    if as_json:
        _print_json({"faults": [{"path": fault.path, "message": fault.message} for fault in faults]})
    for fault in [] if as_json else faults:
        typer.echo(str(fault), err=True)
    if faults:
        raise typer.Exit(1)


@app.command("diff")
def difference(
    before: _MAP,
    after: _MAP,
    as_json: _JSON = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="exit with 1 if they place any key differently")
    ] = False,
) -> None:
    """Say what moves from one map to another."""
    changes = diff(_load(before), _load(after))
    _explain(changes, as_json)
    if exit_code and (changes.moved or changes.keys or changes.ranges or changes.added or changes.removed):
        raise typer.Exit(1)


@app.command()
def publish(
    shard_map: Annotated[str, typer.Argument(metavar="MAP", help="a file")],
    store: _STORE,
) -> None:
    """Publish a map as the next version; refused if another has published it first."""
    loaded = _load(shard_map)
    with _reached(store):
        _store(store).publish(loaded)
    typer.echo(f"published version {loaded.version}")


@app.command()
def history(store: _STORE, as_json: _JSON = False) -> None:
    """List the published versions, the newest first."""
    with _reached(store):
        publications = _store(store).history()
    if as_json:
        _print_json(
            [
                {"version": one.version, "published_at": one.published_at and one.published_at.isoformat()}
                for one in publications
            ]
        )
        return
    for one in publications:
        when = f"{one.published_at:%Y-%m-%d %H:%M:%S} UTC" if one.published_at else "with its table"
        typer.echo(f"version {one.version}  {when}")


@app.command("rollback")
def roll_back(
    store: _STORE,
    version: Annotated[int, typer.Argument(help="the version whose placement is wanted again")],
) -> None:
    """Publish an old version as the next one. It moves no rows: where rows were moved since, move them back instead."""
    with _reached(store):
        restored = rollback(_store(store), version)
    typer.echo(f"published version {restored.version}, which is version {version} again")


@app.command()
def install(
    shard_map: _MAP,
    shards: Annotated[
        str,
        typer.Option("--shards", help="JSON: each shard's connection string, or host, port, database, user, secret"),
    ],
    user: Annotated[str | None, typer.Option(help="the application's user, where the JSON does not say")] = None,
) -> None:
    """Make the fence in each shard's database, the application's user, and let the shards take writes by the map."""
    from tenfold_shards import deployment  # noqa: PLC0415 - it needs psycopg, which planning does not

    loaded = _load(shard_map)
    places = deployment.places(shards)
    missing = [name for name in loaded.names if name not in places]
    if missing:
        raise MapError([Fault(f"shards.{name}", "is on the map and not given here") for name in missing])
    for name, place in places.items():
        with _reached(name), deployment.connected(place) as connection:
            new = deployment.install(loaded, name, connection, user or place.user)
        where_from = "" if name in loaded.names else ", which is not on the map yet"
        typer.echo(f"{name}{where_from}: its fence is there, and takes writes for {new:,} buckets more")


def _print_json(value: object, indent: int | None = 2) -> None:
    typer.echo(json.dumps(value, indent=indent, ensure_ascii=False))


def _explain(plan: Plan, as_json: bool) -> None:
    if as_json:
        _print_json(_as_json(plan))
        return
    typer.echo(f"version {plan.before.version} to {plan.after.version}: {plan.moved:,} of {BUCKETS:,} buckets move")
    for title, names in (("new", plan.added), ("gone", plan.removed)):
        if names:
            typer.echo(f"  {title}: {', '.join(names)}")
    for name, old, new in plan.weights:
        typer.echo(f"  {name}: weight {old} becomes {new}")
    for move in plan.buckets:
        text = runs(move.buckets)
        short = text if len(text) <= 60 else text[:56].rsplit(" ", 1)[0] + " ..."
        typer.echo(f"  {move.source} -> {move.target}: {len(move.buckets):,} buckets ({short})")
    for single in plan.keys:
        typer.echo(f"  {single.source} -> {single.target}: key {shown(single.key)}")
    for part in plan.ranges:
        typer.echo(f"  {part.source or 'buckets'} -> {part.target or 'buckets'}: {_span(part.lower, part.upper)}")


def _as_json(plan: Plan) -> dict[str, object]:
    return {
        "before": plan.before.version,
        "after": plan.after.version,
        "moved": plan.moved,
        "added": plan.added,
        "removed": plan.removed,
        "weights": [{"name": name, "before": old, "after": new} for name, old, new in plan.weights],
        "buckets": [{"source": m.source, "target": m.target, "buckets": runs(m.buckets)} for m in plan.buckets],
        "keys": [{"key": to_json(m.key), "source": m.source, "target": m.target} for m in plan.keys],
        "ranges": [{"lower": m.lower, "upper": m.upper, "source": m.source, "target": m.target} for m in plan.ranges],
    }


def _planned(plan: Plan, explain: bool, as_json: bool) -> None:
    if explain or as_json:
        _explain(plan, as_json)
    else:
        typer.echo(encode(plan.after), nl=False)


def _numbers(text: str) -> list[int]:
    buckets: list[int] = []
    faults: list[Fault] = []
    for run in text.split(","):
        first, dash, last = run.strip().partition("-")
        low, high = _whole(first), _whole(last if dash else first)
        if low is None or high is None or not low <= high < BUCKETS:
            faults.append(Fault(repr(run), f"is no run of buckets; write 0-99,512: rising, from 0 to {BUCKETS - 1}"))
        else:
            buckets.extend(range(low, high + 1))
    if faults:
        raise MapError(faults)
    return buckets


_TEXT_END = Annotated[str | None, typer.Argument(help="the first text that is not in; none for no end")]


@plan_app.command("add")
def _add(shard_map: _MAP, name: str, weight: int = 1, explain: _EXPLAIN = False, as_json: _JSON = False) -> None:
    """One shard more, every shard at its share."""
    _planned(operations.add(_load(shard_map), name, weight), explain, as_json)


@plan_app.command("remove")
def _remove(shard_map: _MAP, name: str, explain: _EXPLAIN = False, as_json: _JSON = False) -> None:
    """One shard less, its buckets to the others."""
    _planned(operations.remove(_load(shard_map), name), explain, as_json)


@plan_app.command("drain")
def _drain(shard_map: _MAP, name: str, explain: _EXPLAIN = False, as_json: _JSON = False) -> None:
    """Weight 0: its buckets to the others, the shard stays on the map."""
    _planned(operations.drain(_load(shard_map), name), explain, as_json)


@plan_app.command("rebalance")
def _rebalance(
    shard_map: _MAP,
    weights: Annotated[list[str] | None, typer.Argument(metavar="[NAME=WEIGHT]...")] = None,
    explain: _EXPLAIN = False,
    as_json: _JSON = False,
) -> None:
    """Every shard at its share, with new weights if given."""
    _planned(operations.rebalance(_load(shard_map), _weights(weights or [])), explain, as_json)


@plan_app.command("split")
def _split(shard_map: _MAP, source: str, name: str, explain: _EXPLAIN = False, as_json: _JSON = False) -> None:
    """The upper half of a shard's buckets to a new shard."""
    _planned(operations.split(_load(shard_map), source, name), explain, as_json)


@plan_app.command("merge")
def _merge(shard_map: _MAP, source: str, into: str, explain: _EXPLAIN = False, as_json: _JSON = False) -> None:
    """All of one shard to another; the first leaves the map."""
    _planned(operations.merge(_load(shard_map), source, into), explain, as_json)


@plan_app.command("move")
def _move(shard_map: _MAP, buckets: str, to: str, explain: _EXPLAIN = False, as_json: _JSON = False) -> None:
    """Buckets by number, such as 0-99,512, to one shard."""
    _planned(operations.move(_load(shard_map), _numbers(buckets), to), explain, as_json)


@plan_app.command("isolate")
def _isolate(shard_map: _MAP, key: str, on: str, explain: _EXPLAIN = False, as_json: _JSON = False) -> None:
    """One key to a shard of its own choice."""
    _planned(operations.isolate(_load(shard_map), parsed(key), on), explain, as_json)


@plan_app.command("release")
def _release(shard_map: _MAP, key: str, explain: _EXPLAIN = False, as_json: _JSON = False) -> None:
    """One key back to its range or bucket."""
    _planned(operations.release(_load(shard_map), parsed(key)), explain, as_json)


@plan_app.command("assign-range")
def _assign(
    shard_map: _MAP, to: str, lower: str, upper: _TEXT_END = None, explain: _EXPLAIN = False, as_json: _JSON = False
) -> None:
    """Text from LOWER up to UPPER to one shard."""
    _planned(operations.assign_range(_load(shard_map), lower, upper, to), explain, as_json)


@plan_app.command("clear-range")
def _clear(
    shard_map: _MAP, lower: str, upper: _TEXT_END = None, explain: _EXPLAIN = False, as_json: _JSON = False
) -> None:
    """Text from LOWER up to UPPER back to its buckets."""
    _planned(operations.clear_range(_load(shard_map), lower, upper), explain, as_json)
