"""``tenfold-shards`` as people and scripts call it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tenfold_shards.codec import decode

_COMMAND = [sys.executable, "-c", "from tenfold_shards.cli import main; main()"]


class Shell:
    """A folder to call the command in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run([*_COMMAND, *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
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
        ('"version": 1,', '"version": 1, "version": 1,', "the name 'version' stands twice"),
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
    ],
)
def test_what_cannot_be_done_is_refused_in_words(shell: Shell, arguments: list[str], said: str) -> None:
    assert said in shell.run(*arguments, code=1)
