"""What a release has made stays: today's components replace and delete nothing of it.

The engine previews the program against the state that `python -m tests.upgrades.record` kept at the release's commit.
Where a child has another name or parent today, it needs an alias; docs/upgrading.md says how.
"""

import gzip
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from local import emulator
from tests.local.aws.test_on_the_engine import Stack
from tests.upgrades.stack import RELEASED, released_stack

pytestmark = [pytest.mark.deep, pytest.mark.timeout(2400)]

RECORDS = sorted(RELEASED.glob("*.json.gz"))
records = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name.removesuffix(".json.gz"))

RENAMING = """
import pulumi_aws as aws

made = aws.dynamodb.Table.__init__


def renamed(self, name, *args, **options):
    made(self, name.replace("-table", "-data"), *args, **options)


aws.dynamodb.Table.__init__ = renamed
"""


@pytest.fixture
def stack(tmp_path: Path) -> Generator[Stack]:
    made = released_stack(tmp_path)
    yield made
    emulator.stop(made.folder)


def hold(stack: Stack, record: Path) -> None:
    """Make the stack's state the recorded one, and let the tables exist that components look into as they are built."""
    state: dict[str, Any] = json.loads(gzip.decompress(record.read_bytes()))
    for resource in state["deployment"]["resources"]:
        # A preview fails at what is protected and would be deleted, before it has told of the rest.
        resource.pop("protect", None)
        if resource["type"] == "aws:dynamodb/table:Table":
            make_table(stack, resource["inputs"])
        if resource["type"] == "aws:dynamodb/tableItem:TableItem":
            given = resource["inputs"]
            stack.client("dynamodb").put_item(TableName=given["tableName"], Item=json.loads(given["item"]))
    file = stack.folder.parent / "state.json"
    file.write_text(json.dumps(state))
    stack.run("stack", "import", "--file", str(file))


def make_table(stack: Stack, properties: dict[str, Any]) -> None:
    kinds = {each["name"]: each["type"] for each in properties["attributes"]}
    keys = {properties[key]: role for key, role in (("hashKey", "HASH"), ("rangeKey", "RANGE")) if key in properties}
    stack.client("dynamodb").create_table(
        TableName=properties["name"],
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": key, "KeyType": role} for key, role in keys.items()],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kinds[key]} for key in keys],
    )


def lost(stack: Stack) -> set[str]:
    """What a preview would replace or delete, by its name and what would happen."""
    preview: dict[str, Any] = json.loads(stack.run("preview", "--json"))
    return {
        f"{step['urn'].rpartition('::')[2]}: {step['op']}"
        for step in preview["steps"]
        if step["op"] not in ("same", "create", "update", "read", "refresh")
    }


def test_a_state_is_recorded() -> None:
    assert RECORDS


@records
def test_an_upgrade_replaces_and_deletes_nothing(stack: Stack, record: Path) -> None:
    hold(stack, record)
    assert lost(stack) == set()


@records
def test_a_child_that_is_renamed_without_an_alias_would_be_noticed(stack: Stack, record: Path) -> None:
    hold(stack, record)
    program = stack.root / "__main__.py"
    program.write_text(RENAMING + program.read_text())
    found = lost(stack)
    assert "results-table: delete" in found
