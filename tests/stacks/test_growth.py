"""Growth by the number of users: the article's stages, and that none takes away what an earlier one has."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks import growth
from stacks.config import parse
from stacks.sections import EnvironmentConfig

USERS = st.integers(1, 200_000_000)


def config_for(users: int) -> EnvironmentConfig:
    return parse("prod", {"users": json.dumps(users)})


@pytest.mark.parametrize(
    ("users", "stage"),
    [
        (1, "below a million"),
        (999_999, "below a million"),
        (1_000_000, "millions"),
        (4_999_999, "millions"),
        (5_000_000, "five to ten million"),
        (9_999_999, "five to ten million"),
        (10_000_000, "beyond ten million"),
    ],
)
def test_the_article_s_bounds_are_the_stages(users: int, stage: str) -> None:
    assert growth.stage_of(users).name == stage


def test_each_stage_is_followed_by_the_next_and_the_last_by_none() -> None:
    following = [growth.stage_after(stage) for stage in growth.STAGES]
    assert following == [*growth.STAGES[1:], None]


def test_the_load_is_that_of_the_estimate() -> None:
    # A tenth of a million, 20 requests each, over 86400 seconds, three times at the peak: 69.4 a second.
    assert growth.peak_requests(1_000_000) == pytest.approx(69.44, abs=0.01)


@pytest.mark.parametrize(
    ("users", "services", "databases", "shards"),
    [
        (900_000, set(), {"main"}, None),
        (1_000_000, {"forum", "users", "products"}, {"main"}, None),
        (5_000_000, {"forum", "users", "products"}, {"main", "forum", "products"}, 4),
        (20_000_000, {"forum", "users", "products"}, {"main", "forum", "products"}, 8),
    ],
)
def test_a_stage_has_what_the_article_says(
    users: int, services: set[str], databases: set[str], shards: int | None
) -> None:
    config = config_for(users)
    assert (set(config.services), set(config.databases)) == (services, databases)
    assert (config.shards.count if config.shards else None) == shards


@given(USERS, USERS)
def test_more_users_never_mean_less(one: int, other: int) -> None:
    fewer, more = config_for(min(one, other)), config_for(max(one, other))
    assert more.web.min_size >= fewer.web.min_size
    assert more.web.max_size >= fewer.web.max_size
    assert fewer.services.keys() <= more.services.keys()
    assert fewer.databases.keys() <= more.databases.keys()
    for name, database in fewer.databases.items():
        assert more.databases[name].max_acu >= database.max_acu
        assert more.databases[name].readers >= database.readers
    assert (more.shards.count if more.shards else 0) >= (fewer.shards.count if fewer.shards else 0)
    assert fewer.cache is not None
    assert more.cache is not None
    assert more.cache.shards >= fewer.cache.shards


@given(USERS, USERS)
def test_no_function_s_data_moves_because_there_are_more_users(one: int, other: int) -> None:
    fewer, more = config_for(min(one, other)), config_for(max(one, other))
    for name, function in fewer.functions.items():
        assert more.functions[name].database == function.database


@given(USERS)
def test_the_fleet_carries_the_estimated_peak(users: int) -> None:
    web = config_for(users).web
    # 50 requests a second are what scaling keeps an instance at, up to the most that a configuration may have.
    assert web.max_size == 1000 or web.max_size * 50 >= growth.peak_requests(users)
    assert web.min_size % 3 == 0 or web.min_size == 500
