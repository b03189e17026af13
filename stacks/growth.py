"""How the platform grows with its users: the article's stages, what each adds, and what it meets next.

*Scaling on AWS (Part 4): > One Million Users* counts from one million to ten; the parts before it lead there. A stage
gives an environment its defaults. What a stage has, every later one has too, larger: data never moves and nothing that
holds it goes because a number in the configuration grew. Sizes follow one estimate of the load, in `peak_requests`.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any, Final

FUNCTIONS: Final = ("forum", "users", "products")
"""The application's functions, by which its services and its databases are split."""

_MILLION: Final = 1_000_000
_DAILY_SHARE, _REQUESTS_A_DAY, _PEAK_FACTOR = 0.1, 20, 3
_REQUESTS_A_SECOND_AND_INSTANCE: Final = 3000 / 60
"""What the web tier's scaling keeps each instance at: 3000 requests a minute."""


@dataclass(frozen=True)
class Stage:
    """A stage of growth.

    Attributes:
        name: What it is called.
        from_users: The number of users from which it is the one.
        adds: What it adds to the stage before it.
        bottleneck: What stands in the way of the next one, and what the article does about it.
    """

    name: str
    from_users: int
    adds: str
    bottleneck: str


STAGES: Final = (
    Stage(
        "below a million",
        1,
        "tiers in several zones behind a load balancer, Auto Scaling, a database with a reader, a cache before it, "
        "content from CloudFront, sessions off the web tier, work in a queue",
        "the one tier that does everything: what one function needs, all must scale for, and a release or a rush of "
        "one takes the others down. The article splits it into services with balancers between the tiers, and has a "
        "job wait in a queue between its steps",
    ),
    Stage(
        "millions",
        _MILLION,
        "services of their own behind internal balancers, a queue between the steps of a job, more readers",
        "writes to the one database, which a single writer takes: readers and a cache do not help there. The article "
        "federates it by function, shards it by key, and moves what needs no joins to NoSQL",
    ),
    Stage(
        "five to ten million",
        5 * _MILLION,
        "a database for each function, and users on shards",
        "the one region: distance and its failure reach everybody. The article goes from several zones to several "
        "regions, splits services further, and tunes what measurements point at",
    ),
    Stage(
        "beyond ten million",
        10 * _MILLION,
        "more shards and larger fleets in each region; a second region is a stack of its own",
        "what is particular to this application: the article now has you analyse the whole of it and build what nobody "
        "sells. More shards are one number, `shards.count`",
    ),
)


def stage_of(users: int) -> Stage:
    """The stage of a number of users."""
    return [stage for stage in STAGES if stage.from_users <= max(users, 1)][-1]


def stage_after(stage: Stage) -> Stage | None:
    """The stage that follows another, or None."""
    later = STAGES[STAGES.index(stage) + 1 :]
    return later[0] if later else None


def peak_requests(users: int) -> float:
    """Requests a second at the peak of a day, as an estimate until there are measurements.

    A tenth of the users come on a day and make 20 requests each; the peak is three times the average.
    """
    return users * _DAILY_SHARE * _REQUESTS_A_DAY / 86_400 * _PEAK_FACTOR


def defaults(users: int) -> dict[str, Any]:
    """What an environment for so many users has where its configuration says nothing, in the keys of the latter."""
    stage = STAGES.index(stage_of(users))
    common: dict[str, Any] = {
        "web": _fleet(users, 1.0),
        "functions": {function: {"database": "main"} for function in FUNCTIONS},
        "databases": {"main": _database(users)},
        "cache": {"node_type": _node_type(users), "shards": max(1, ceil(users / (5 * _MILLION)))},
    }
    services = {"services": {function: _fleet(users, 0.5) for function in FUNCTIONS}, "pictures": {}} if stage else {}
    return {**common, **services, **(_federated(users) if stage > 1 else {})}


def _federated(users: int) -> dict[str, Any]:
    """Databases by function beside the one they share, open to each other: moving data is not for a default to do."""
    own = [function for function in FUNCTIONS if function != "users"]
    return {
        "functions": {
            "users": {"database": "main"},
            **{function: {"database": "main", "also_in": function} for function in own},
        },
        "databases": {name: _database(users) for name in ("main", *own)},
        "shards": {"count": max(4, min(ceil(users / (2.5 * _MILLION)), 16)), "min_acu": 2, "max_acu": _acu(users)},
    }


def _fleet(users: int, share: float) -> dict[str, Any]:
    """At the least what half of the peak needs in three zones, at the most twice what all of it does."""
    needed = peak_requests(users) * share / _REQUESTS_A_SECOND_AND_INSTANCE
    least = min(max(3, 3 * ceil(needed / 2 / 3)), 500)
    return {
        "instance_type": "m7g.large" if users >= _MILLION else "t4g.small",
        "min_size": least,
        "max_size": min(max(4 * least, ceil(2 * needed)), 1000),
    }


def _database(users: int) -> dict[str, Any]:
    return {"min_acu": 0.5 if users < _MILLION else 2, "max_acu": _acu(users), "readers": 1 if users < _MILLION else 2}


def _acu(users: int) -> int:
    """The most an instance may have: 16 ACU below a million users, and twice as much from each stage on."""
    return 16 * 2 ** STAGES.index(stage_of(users))


def _node_type(users: int) -> str:
    return "cache.t4g.small" if users < _MILLION else "cache.m7g.large"
