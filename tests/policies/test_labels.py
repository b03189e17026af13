"""Tags, as rules read them."""

from typing import Any

import pytest

from tenfold_policies.labels import tag
from tenfold_policies.view import UNKNOWN, Resource


def tagged(tags: Any) -> Resource:
    return Resource("aws:rds/cluster:Cluster", "users", "urn:users", {"tags": tags})


@pytest.mark.parametrize(
    ("tags", "name", "text"),
    [
        ({"Shard": "east", "Owner": "data"}, "Shard", "east"),
        ({"team.x": "users"}, "team.x", "users"),
        ({"Owner": "data"}, "Shard", None),
        ({}, "Shard", None),
        (None, "Shard", None),
    ],
)
def test_a_tag_is_found_by_its_name_with_dots_in_it_too(tags: Any, name: str, text: str | None) -> None:
    found = tag(tagged(tags), name)
    assert (found.path, found.text()) == (f"tags.{name}", text)


@pytest.mark.parametrize(("tags", "path"), [(UNKNOWN, "tags"), ({"Shard": UNKNOWN}, "tags.Shard")])
def test_what_is_not_known_is_all_tags_or_the_one(tags: Any, path: str) -> None:
    found = tag(tagged(tags), "Shard")
    assert found.unknown
    assert found.path == path
