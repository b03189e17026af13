"""``tenfold-shards`` as people and scripts call it."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tenfold_shards.codec import decode
from tenfold_shards.store_dynamodb import create_table

_COMMAND = [sys.executable, "-c", "from tenfold_shards.cli import main; main()"]


class Shell:
    """A folder to call the command in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: Mapping[str, str] = os.environ

    def run(self, *arguments: str | bytes, code: int = 0) -> str:
        done = subprocess.run(
            [*_COMMAND, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        assert "Traceback" not in said
        assert done.returncode == code, said
        return said

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return name


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    made.write("map.json", made.run("create", "orders-1", "orders-2"))
    return made


def test_a_map_is_shown_with_a_picture_of_its_balance_and_as_data(shell: Shell) -> None:
    shown = shell.run("show", "map.json").splitlines()
    assert shown[0] == "version 1, xxh3_64/v1, 2 shards"
    assert shown[1].count("█") == shown[2].count("█") > 10
    assert shown[1].endswith("8,192  50.00%")
    data = json.loads(shell.run("show", "map.json", "--json"))
    assert [(shard["name"], shard["buckets"]) for shard in data["shards"]] == [("orders-1", 8192), ("orders-2", 8192)]


def test_a_plan_prints_the_next_map_or_what_it_moves(shell: Shell) -> None:
    shell.write("next.json", shell.run("plan", "add", "map.json", "orders-3"))
    after = decode((shell.folder / "next.json").read_text())
    assert (after.version, after.names) == (2, ("orders-1", "orders-2", "orders-3"))
    assert "5,461 of 16,384 buckets move" in shell.run("plan", "add", "map.json", "orders-3", "--explain")
    assert "5,461 of 16,384 buckets move" in shell.run("diff", "map.json", "next.json")


def test_keys_are_found_by_their_type_and_single_keys_live_apart(shell: Shell) -> None:
    # 15235 and 13673 are the golden buckets of these keys.
    assert shell.run("where", "map.json", "str:Smith", "int:42").splitlines() == [
        "str:Smith is on orders-2 by its bucket (bucket 15235)",
        "int:42 is on orders-2 by its bucket (bucket 13673)",
    ]
    shell.write("apart.json", shell.run("plan", "isolate", "map.json", "str:Smith", "orders-1"))
    assert "str:Smith is on orders-1 by its override" in shell.run("where", "apart.json", "str:Smith")
    shell.write("range.json", shell.run("plan", "assign-range", "map.json", "orders-1", "A", "N"))
    assert "str:Miller is on orders-1 by its range" in shell.run("where", "range.json", "str:Miller")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("map/1", "map/9", "$.schema: 'tenfold-shards/map/9' is not the schema that this release reads"),
        ("0-8191", "0-8190", "$.shards: nobody owns the buckets 8191"),
        ('"8192-', '"8191-', "$.shards.orders-2.buckets: bucket 8191 in '8191-16383' is owned by 'orders-1' already"),
        ('"weight": 1, ', '"weight": 1,  ', "line 6: is not in the canonical form"),
        ('"version"', '"versoin"', "$.versoin: is an unknown field; known are schema, version"),
        ("xxh3_64/v1", "md5/v1", "$.hash: "),
        ('"version": 1', '"version": 0', "$.version: "),
        ('"weight": 1', '"weight": "1"', "$.shards.orders-1.weight: "),
        ('"version": 1,', '"version": 1, "version": 1,', "$.version: stands twice in one object"),
        ('"overrides": []', '"overrides": {}', "$.overrides: "),
        ("{", "", "is no JSON"),
    ],
)
def test_a_wrong_map_is_refused_with_the_path_and_the_fault(shell: Shell, old: str, new: str, fault: str) -> None:
    text = (shell.folder / "map.json").read_text()
    assert old in text
    shell.write("wrong.json", text.replace(old, new, 1))
    assert fault in shell.run("check", "wrong.json", code=1)


def test_a_good_map_passes_the_check(shell: Shell) -> None:
    shell.run("check", "map.json")


def test_versions_are_published_once_listed_compared_and_rolled_back(shell: Shell) -> None:
    assert "published version 1" in shell.run("publish", "map.json", "store")
    assert "the current version is 1, and only 2 can follow" in shell.run("publish", "map.json", "store", code=1)
    shell.write("next.json", shell.run("plan", "add", "store", "orders-3"))
    shell.run("publish", "next.json", "store")
    assert [line.split()[1] for line in shell.run("history", "store").splitlines()] == ["2", "1"]
    assert "5,461 of 16,384 buckets move" in shell.run("diff", "store@1", "store@2")
    assert "published version 3, which is version 1 again" in shell.run("rollback", "store", "1")
    assert (
        decode((shell.folder / "map.json").read_text()).owners
        == decode((shell.folder / "store" / "00000003.json").read_text()).owners
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "nope.json"], "nope.json: cannot be read"),
        (["plan", "remove", "map.json", "orders-9"], "orders-9"),
        (["plan", "add", "map.json", "orders-1"], "orders-1"),
        (["plan", "move", "map.json", "16384", "orders-1"], "16384"),
        (["where", "map.json", "Smith"], "Smith"),
        (["where", "map.json", "int:x"], "int:x"),
        (["plan", "move", "map.json", "5-3", "orders-1"], "'5-3': is no run of buckets"),
        (["plan", "move", "map.json", "99999-5", "orders-1"], "'99999-5': is no run of buckets"),
        (["plan", "move", "map.json", "", "orders-1"], "'': is no run of buckets"),
        (["plan", "move", "map.json", "1,,-2", "orders-1"], "'': is no run of buckets"),
        (["plan", "move", "map.json", "1,,-2", "orders-1"], "'-2': is no run of buckets"),
        (["plan", "move", "map.json", "9" * 5000, "orders-1"], "is no run of buckets"),
        (["plan", "rebalance", "map.json", "orders-1=1", "orders-1=2"], "orders-1=2: names orders-1 a second time"),
        (["plan", "rebalance", "map.json", "orders-1=x", "orders-2"], "orders-1=x: does not read NAME=WEIGHT"),
        (["plan", "rebalance", "map.json", "orders-1=x", "orders-2"], "orders-2: does not read NAME=WEIGHT"),
        (["create", "a", "b", "a"], "a: names a a second time"),
        (["create", "a=" + "9" * 5000], "does not read NAME=WEIGHT"),
        (["show", "map.json@" + "9" * 5000], "cannot be read"),
        (["history", "map.json"], "map.json: cannot be read or written: Not a directory"),
        (["publish", "map.json", "map.json"], "map.json: cannot be read or written"),
        (["publish", "map.json", ""], "STORE: is empty"),
        (["publish", "map.json", "/proc/nowhere"], "/proc/nowhere: cannot be read or written"),
        (["rollback", "map.json/x", "1"], "map.json/x: cannot be read or written"),
        (["show", "n" * 300], "cannot be read or written: File name too long"),
        (["history", "dynamodb:"], "names no table"),
        (["rollback", "store", "0"], "version 0 of the shard map is not in store"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(shell: Shell, arguments: list[str], said: str) -> None:
    assert said in shell.run(*arguments, code=1)


def test_what_is_no_utf_8_is_shown_and_refused(shell: Shell) -> None:
    assert "lone surrogate" in shell.run("where", "map.json", b"str:\xff", code=1)
    data = json.loads(shell.run("check", b"\xff.json", "--json", code=1))
    assert "cannot be read" in data["faults"][0]["message"]


def test_a_check_goes_on_after_a_version_that_is_damaged(shell: Shell) -> None:
    shell.run("publish", "map.json", "store")
    shell.write("store/00000002.json", "{")
    shell.write("wrong.json", "[]")
    said = shell.run("check", "store", "wrong.json", "map.json", code=1)
    assert "00000002.json does not hold a shard map" in said
    assert "wrong.json $: [] is not an object" in said
    assert "map.json: version 1, 2 shards, in order" in said
    data = json.loads(shell.run("check", "store", "wrong.json", "--json", code=1))
    assert [fault["path"] for fault in data["faults"]] == ["store", "wrong.json $"]


def test_faults_are_named_in_the_documents_order_whatever_the_hash_seed(shell: Shell) -> None:
    text = (shell.folder / "map.json").read_text()
    shell.write("wrong.json", text.replace("{", '{"q": 1, "zeta": 2, "alpha": 3, "b": 4, ', 1))
    for seed in "0", "1", "2":
        shell.environment = {**os.environ, "PYTHONHASHSEED": seed}
        said = shell.run("check", "wrong.json", code=1).splitlines()
        assert [line.split(":")[0] for line in said] == [f"wrong.json $.{name}" for name in ("q", "zeta", "alpha", "b")]


def test_every_answer_is_to_be_had_as_data(shell: Shell) -> None:
    shell.run("publish", "map.json", "store")
    assert json.loads(shell.run("check", "map.json", "--json")) == {"faults": []}
    assert [one["version"] for one in json.loads(shell.run("history", "store", "--json"))] == [1]
    assert json.loads(shell.run("where", "map.json", "int:42", "--json")) == {
        "key": "int:42",
        "shard": "orders-2",
        "bucket": 13673,
        "by": "bucket",
    }
    plan = json.loads(shell.run("plan", "move", "map.json", "0-2,7", "orders-2", "--json"))
    assert plan["buckets"] == [{"source": "orders-1", "target": "orders-2", "buckets": "0-2 7"}]
    shell.write("next.json", shell.run("plan", "move", "map.json", "0-2,7", "orders-2"))
    assert json.loads(shell.run("diff", "map.json", "next.json", "--json")) == plan
    assert json.loads(shell.run("diff", "next.json", "map.json", "--json", "--exit-code", code=1))["moved"] == 4
    assert json.loads(shell.run("diff", "map.json", "map.json", "--json", "--exit-code"))["moved"] == 0


@pytest.fixture
def cloud(shell: Shell, dynamodb: Any) -> Iterator[str]:
    """A table, which the command finds through its environment as it would find one on AWS."""
    table = f"maps-{uuid.uuid4().hex}"
    create_table(table, dynamodb)
    shell.environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ENDPOINT_URL": dynamodb.meta.endpoint_url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "HOME": str(shell.folder),
    }
    yield f"dynamodb:{table}"
    dynamodb.delete_table(TableName=table)


def test_a_table_is_a_store_like_a_folder(shell: Shell, cloud: str) -> None:
    assert "published version 1" in shell.run("publish", "map.json", f"{cloud}/orders")
    assert "the current version is 1, and only 2 can follow" in shell.run(
        "publish", "map.json", f"{cloud}/orders", code=1
    )
    shell.write("next.json", shell.run("plan", "add", f"{cloud}/orders", "orders-3"))
    shell.run("publish", "next.json", f"{cloud}/orders")
    assert "5,461 of 16,384 buckets move" in shell.run("diff", f"{cloud}/orders@1", f"{cloud}/orders")
    assert "published version 3, which is version 1 again" in shell.run("rollback", f"{cloud}/orders", "1")
    assert [one["version"] for one in json.loads(shell.run("history", f"{cloud}/orders", "--json"))] == [3, 2, 1]
    assert "no shard map 'main' is published" in shell.run("show", cloud, code=1)


def test_what_aws_refuses_is_said_in_words(shell: Shell, cloud: str) -> None:
    for arguments in (["show"], ["history"], ["publish", "map.json"]):
        assert "there is no table nowhere" in shell.run(*arguments, "dynamodb:nowhere", code=1)
    known = shell.environment
    shell.environment = {name: value for name, value in known.items() if "REGION" not in name}
    assert f"{cloud}: AWS was asked and You must specify a region" in shell.run("show", cloud, code=1)
    shell.environment = {
        **{name: value for name, value in known.items() if "KEY" not in name},
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    assert f"{cloud}: AWS was asked and Unable to locate credentials" in shell.run("show", cloud, code=1)
