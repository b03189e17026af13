"""The fence: what keeps a writer with an old shard map from writing to a shard that no longer owns the key.

Each shard has a table ``tenfold.fence(bucket, epoch, owned)``. A write carries the bucket of its key and the version of
the map it was routed with, and is taken only if the shard owns the bucket and has done so since that version or an
earlier one. The check is inside the write's own transaction and holds the bucket's row until it ends, so that there is
no moment between the check and the write, and a freeze waits for the writes it must wait for.

In an application ``Router.connection`` does all of it. Without the router, in the transaction's first statement::

    SELECT tenfold.admit(:bucket, :version)      -- raises TF001 and ends the transaction if the map is stale

or in one statement, which changes no row if the map is stale::

    WITH admitted AS (
        SELECT FROM tenfold.fence WHERE bucket = :bucket AND owned AND epoch <= :version FOR KEY SHARE
    )
    INSERT INTO account (id, balance) SELECT :id, :balance FROM admitted

    WITH admitted AS (...)
    UPDATE account SET balance = balance + :amount WHERE id = :id AND EXISTS (SELECT FROM admitted)

A statement that changed no row cannot tell a row that is not there from a stale map: then ask ``tenfold.admit``.

Why it holds whatever the isolation level. ``FOR KEY SHARE`` is PostgreSQL's weakest row lock: writers do not wait for
each other. A freeze first says ``owned = false``, which waits for nobody, so that no stream of new writers can hold it
up; then it moves ``epoch``, which is part of a unique index and so changes the row's key: this waits for the writers
that were let in, and a writer whose snapshot is older than the freeze must look at the row again (READ COMMITTED, and
it is refused) or fails to serialize (REPEATABLE READ, SERIALIZABLE).
"""

from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from tenfold_shards.errors import ShardError, StaleMap
from tenfold_shards.hashing import BUCKETS
from tenfold_shards.map import ShardMap

SCHEMA = resources.files("tenfold_shards").joinpath("fence.sql").read_text(encoding="utf-8")
"""The SQL that makes the fence in a shard's database. It may run again and again."""

CHECK = b"SELECT epoch FROM tenfold.fence WHERE bucket = %s AND owned AND epoch <= %s FOR KEY SHARE"
"""The check as a plain statement, for a bucket and a version: no row for a stale map, and then the caller must stop."""

STALE_MAP_SQLSTATE = "TF001"
"""What ``tenfold.admit`` raises for a stale map."""


class FenceError(ShardError):
    """A change of a fence was refused; nothing changed."""


class FreezeTimeout(FenceError):  # noqa: N818 - as its siblings, named by what happened
    """A transaction under way held a bucket for longer than a freeze may wait; the shard takes writes again."""

    def __init__(self, buckets: int, seconds: float) -> None:
        self.buckets = buckets
        self.seconds = seconds
        super().__init__(
            f"a transaction that writes to one of the {buckets} buckets was still open after {seconds:g} s: the shard "
            "takes writes again; end long transactions (see pg_stat_activity) or freeze with a longer timeout"
        )

    def __reduce__(self) -> tuple[type["FreezeTimeout"], tuple[int, float]]:
        return (FreezeTimeout, (self.buckets, self.seconds))


@dataclass(frozen=True, slots=True)
class FenceRow:
    """What a shard says of one bucket.

    Attributes:
        epoch: The version of the map since which this holds. A write routed with an older one is refused.
        owned: Whether writes are taken.
        token: The fencing token of the lease under which the row changed last.
    """

    epoch: int
    owned: bool
    token: int


def install(connection: psycopg.Connection[Any]) -> None:
    """Make the fence in a shard's database, where it is not yet."""
    with connection.transaction():
        # Two that install at once would both find no schema; this lock ends with the transaction.
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('tenfold.fence'))")
        connection.execute(SCHEMA.encode())


def admit(connection: psycopg.Connection[Any], bucket: int, version: int) -> None:
    """Check the map's version inside the open transaction, and keep the bucket from being frozen until it ends.

    Raises:
        StaleMap: The shard does not own the bucket, or only since a later version. The transaction is over.
    """
    if connection.autocommit and connection.info.transaction_status == TransactionStatus.IDLE:
        raise FenceError(
            "the fence was asked outside a transaction, where its answer says nothing about the next statement; "
            "open one first: `with connection.transaction():`"
        )
    with stale_map_raised(version):
        connection.execute("SELECT tenfold.admit(%s, %s)", (bucket, version))


def stale(connection: psycopg.Connection[Any], bucket: int, version: int) -> StaleMap:
    """The error for a check that found no row, with what the shard says is current."""
    found = connection.execute("SELECT epoch FROM tenfold.fence WHERE bucket = %s", (bucket,)).fetchone()
    return StaleMap(version, found[0] if found else 0)


@contextmanager
def stale_map_raised(version: int) -> Generator[None]:
    """Turn the database's refusal of a stale map into ``StaleMap``, with what the shard says is current."""
    try:
        yield
    except psycopg.DatabaseError as error:
        if error.sqlstate != STALE_MAP_SQLSTATE:
            raise
        raise StaleMap(version, int(error.diag.message_detail or 0)) from error


def held(shard_map: ShardMap, shard: str) -> set[int]:
    """The buckets of which a shard holds a key, whichever layer of the map gives it: what its fence has to own.

    A key of a range may be in any bucket: a shard with a range owns all, and moving a range freezes all for a moment.
    """
    if any(part.shard == shard for part in shard_map.ranges):
        return set(range(BUCKETS))
    buckets = {bucket for bucket, owner in enumerate(shard_map.owners) if owner == shard}
    return buckets | {shard_map.bucket_for(one.key) for one in shard_map.overrides if one.shard == shard}


def rows(connection: psycopg.Connection[Any], buckets: Sequence[int] | None = None) -> dict[int, FenceRow]:
    """What the shard says, by bucket. A bucket without a row takes no writes."""
    found = connection.execute(
        "SELECT bucket, epoch, owned, token FROM tenfold.fence"
        " WHERE %(all)s OR bucket = ANY(%(buckets)s) ORDER BY bucket",
        {"all": buckets is None, "buckets": list(buckets or [])},
    )
    return {bucket: FenceRow(epoch, owned, token) for bucket, epoch, owned, token in found}


def own(connection: psycopg.Connection[Any], buckets: Collection[int], epoch: int, token: int = 0) -> None:
    """Take writes for the buckets that were routed with the map's version ``epoch`` or a later one.

    For a new shard, for the target of a move once the map is published, and for a source whose move was given up.

    Raises:
        FenceError: A bucket has a later epoch, or was changed under a later lease: nothing changed.
    """
    with connection.transaction():
        changed = connection.execute(
            "INSERT INTO tenfold.fence AS fence (bucket, epoch, owned, token)"
            " SELECT bucket, %(epoch)s, true, %(token)s FROM unnest(%(buckets)s::bigint[]) AS bucket ORDER BY bucket"
            " ON CONFLICT (bucket) DO UPDATE SET epoch = excluded.epoch, owned = true, token = excluded.token"
            " WHERE fence.epoch <= excluded.epoch AND fence.token <= excluded.token RETURNING bucket",
            {"buckets": sorted(buckets), "epoch": epoch, "token": token},
        ).fetchall()
        _all_changed(connection, "own", buckets, [bucket for (bucket,) in changed], epoch, token)


def freeze(
    connection: psycopg.Connection[Any],
    buckets: Collection[int],
    epoch: int,
    token: int = 0,
    timeout_seconds: float = 5.0,
) -> None:
    """Take no more writes for the buckets, and wait for those under way: when this returns the buckets are at rest.

    Args:
        connection: A connection to the shard that has no transaction open.
        buckets: What to freeze, all or nothing.
        epoch: The version of the map that is going to be published; later than the buckets' own.
        token: The fencing token of the mover's lease.
        timeout_seconds: How long to wait for the writes under way.

    Raises:
        FreezeTimeout: A transaction held a bucket for longer. Writes are taken again.
        FenceError: A bucket is not here, has this epoch or a later one, or was changed under a later lease.
    """
    if connection.info.transaction_status != TransactionStatus.IDLE:
        raise FenceError("a freeze takes two transactions of its own; commit or roll back the one that is open first")
    wanted = {"buckets": sorted(buckets), "epoch": epoch, "token": token}
    with connection.transaction():
        closed = connection.execute(
            "UPDATE tenfold.fence SET owned = false, token = %(token)s WHERE bucket = ANY(%(buckets)s)"
            " AND token <= %(token)s AND (epoch < %(epoch)s OR epoch = %(epoch)s AND NOT owned) RETURNING bucket",
            wanted,
        ).fetchall()
        _all_changed(connection, "freeze", buckets, [bucket for (bucket,) in closed], epoch, token)
    try:
        with connection.transaction():
            connection.execute("SELECT set_config('statement_timeout', %s, true)", (f"{timeout_seconds * 1000:.0f}ms",))
            connection.execute(
                "UPDATE tenfold.fence SET epoch = %(epoch)s WHERE bucket = ANY(%(buckets)s)"
                " AND token = %(token)s AND epoch < %(epoch)s",
                wanted,
            )
            # Between the two steps another mover with a later lease may have come: then these are not at rest.
            rested = connection.execute(
                "SELECT bucket FROM tenfold.fence WHERE bucket = ANY(%(buckets)s)"
                " AND token = %(token)s AND epoch = %(epoch)s AND NOT owned",
                wanted,
            ).fetchall()
            _all_changed(connection, "freeze", buckets, [bucket for (bucket,) in rested], epoch, token)
    except psycopg.errors.QueryCanceled as error:
        with connection.transaction():
            connection.execute(
                "UPDATE tenfold.fence SET owned = true WHERE bucket = ANY(%(buckets)s)"
                " AND token = %(token)s AND epoch < %(epoch)s",
                wanted,
            )
        raise FreezeTimeout(len(buckets), timeout_seconds) from error


def _all_changed(
    connection: psycopg.Connection[Any], verb: str, buckets: Collection[int], changed: list[int], epoch: int, token: int
) -> None:
    missing = sorted(set(buckets) - set(changed))
    if not missing:
        return
    there = rows(connection, missing[:3])
    shown = "; ".join(f"bucket {bucket}: {there.get(bucket, 'has no row here')}" for bucket in missing[:3])
    raise FenceError(
        f"cannot {verb} {len(missing)} of {len(buckets)} buckets at epoch {epoch} with token {token} ({shown}): "
        "an epoch and a token only ever grow, so another mover was here since, or the map that you move with is old"
    )
