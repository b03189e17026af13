"""Globally unique 64-bit ids that carry their bucket, so that an id alone says where its row lives.

From the highest bit: 41 of milliseconds since the epoch, 13 of the bucket, 10 of the rest, as in Instagram's scheme.
This map's buckets have fourteen bits: the lowest stands at the head of the last ten, which leaves nine for the
sequence, 512 ids a millisecond and bucket. The first bit stays 0, so that an id fits PostgreSQL's bigint: the
generator refuses from November 2059 on.

Two generators never give one id if their `worker` numbers differ. Where a process may start again before its ids' time
has passed, hand it the last id that was stored (`after`).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from tenfold_shards.errors import Fault, MapError
from tenfold_shards.hashing import BUCKETS

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
"""Millisecond 0."""

_EPOCH_MS = int(EPOCH.timestamp()) * 1000
_TIME_SHIFT, _BUCKET_SHIFT = 23, 9
_SEQUENCES = 2**_BUCKET_SHIFT
_END_MS = 2**40


@dataclass(frozen=True, slots=True)
class Id:
    """The parts of an id.

    Attributes:
        at: when it was made, by its generator's clock.
        bucket: the bucket that it carries, 0 to 16,383.
        sequence: its number within the millisecond and bucket, 0 to 511.
    """

    at: datetime
    bucket: int
    sequence: int


def decode_id(value: int) -> Id:
    """The parts of an id.

    Raises:
        MapError: if the number is no id.
    """
    if type(value) is not int or not 0 <= value < 2**63:
        raise _refused(f"{value!r} is no id; ids are whole numbers from 0 to 2**63 - 1")
    at = EPOCH + timedelta(milliseconds=value >> _TIME_SHIFT)
    return Id(at, value >> _BUCKET_SHIFT & BUCKETS - 1, value & _SEQUENCES - 1)


class IdGenerator:
    """Makes ids; safe to share between threads.

    The time in its ids never goes back, and the ids of one bucket rise strictly, whatever the clock does: while the
    clock is behind ids stay in the latest millisecond, and a bucket that has used its sequence up takes the next one
    before the clock gets there.
    """

    def __init__(
        self,
        worker: int = 0,
        workers: int = 1,
        after: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """A generator that takes every `workers`-th sequence number, beginning at `worker`.

        Args:
            worker: this process among those that make ids, from 0.
            workers: how many make ids at once, at most 512; they share a bucket's ids of a millisecond.
            after: an id; all ids that follow are of a later millisecond.
            clock: seconds since 1970.
        """
        if not 1 <= workers <= _SEQUENCES or not 0 <= worker < workers:
            raise _refused(f"worker {worker} of {workers} cannot be: 0 <= worker < workers <= {_SEQUENCES}")
        self._worker, self._workers, self._clock = worker, workers, clock
        self._lock = Lock()
        self._next: dict[int, int] = {}
        self._ms = -1
        if after is not None:
            decode_id(after)
            if after >> _TIME_SHIFT == _END_MS - 1:
                raise _refused(f"no id comes after {after}: it is of the last millisecond that ids have")
            self._advance((after >> _TIME_SHIFT) + 1)

    def next(self, bucket: int) -> int:
        """A new id that carries `bucket`.

        Raises:
            MapError: for a bucket that is none, or a clock before the epoch or after its end.
        """
        if type(bucket) is not int or not 0 <= bucket < BUCKETS:
            raise _refused(f"{bucket!r} is no bucket; they go from 0 to {BUCKETS - 1}")
        with self._lock:
            self._advance(int(self._clock() * 1000) - _EPOCH_MS)
            if self._next.get(bucket, 0) >= _SEQUENCES:
                self._advance(self._ms + 1)
            sequence = self._next.get(bucket, self._worker)
            self._next[bucket] = sequence + self._workers
            return self._ms << _TIME_SHIFT | bucket << _BUCKET_SHIFT | sequence

    def _advance(self, ms: int) -> None:
        if ms <= self._ms and self._ms >= 0:
            return
        if not 0 <= ms < _END_MS:
            raise _refused(f"the clock is {ms} ms after {EPOCH:%Y-%m-%d}; ids exist for 0 to {_END_MS - 1}")
        self._ms = ms
        self._next.clear()


def _refused(message: str) -> MapError:
    return MapError([Fault("id", message)])
