"""Versions of a shard map in a DynamoDB table.

Key schema: partition key ``map`` (string), sort key ``item`` (string). One table keeps any number of maps by name.

| item               | other attributes                                                                 |
|--------------------|----------------------------------------------------------------------------------|
| head               | version (number): the version in force                                           |
| version#0000000001 | text (binary): the canonical text, zlib; published_at (string); publication      |
|                    | (string): a UUID, by which a publisher whose answer was lost knows its own. The  |
|                    | first version may be put there by infrastructure: text as a string, nothing else |
| leases             | revision (number), text (string): who moves what at present                      |

The head is moved from n to n + 1 by a condition, in one transaction with the version's item, which must not exist.
Reads are strongly consistent. A program that routes needs dynamodb:GetItem and Query on the table; one that publishes
or moves needs dynamodb:PutItem and UpdateItem as well.
"""

import random
import time
import uuid
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import boto3
from botocore.exceptions import ClientError

from tenfold_shards.codec import encode
from tenfold_shards.errors import Conflict
from tenfold_shards.map import ShardMap
from tenfold_shards.store import Leases, Publication, StoreError, decoded

_LARGEST_BYTES = 390_000  # DynamoDB's limit is 400 KB for an item with its names
_ATTEMPTS = 8


def create_table(name: str, client: Any = None) -> None:
    """Make a table for a store, for tests and trials; in production it is a resource with backups and an owner."""
    dynamodb = client or cast(Any, boto3).client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "map", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "map", "AttributeType": "S"},
            {"AttributeName": "item", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


class DynamoStore:
    """A store in a table. See ``MapStore`` for what its methods do.

    Args:
        table: The table's name.
        name: The map's name in it.
        client: A boto3 client of DynamoDB; by default one of the environment's.
    """

    def __init__(self, table: str, name: str = "main", client: Any = None) -> None:
        self.table = table
        self.name = name
        self._client: Any = client or cast(Any, boto3).client("dynamodb")

    def head(self) -> int:
        """The version in force; 0 where none is published."""
        item = self._get("head", "version")
        return int(item["version"]["N"]) if item else 0

    def load(self, version: int | None = None) -> ShardMap:
        """A published version, without an argument the one in force."""
        number = self.head() if version is None else version
        if version is None and number == 0:
            raise StoreError(
                f"no shard map {self.name!r} is published in the table {self.table}; publish version 1 first"
            )
        item = self._get(_version_item(number), "#text", {"#text": "text"})
        if not item:
            raise StoreError(
                f"version {number} of the shard map {self.name!r} is not in the table {self.table}; "
                f"the version in force there is {self.head()}"
            )
        place = f"{self.table} {self.name} {_version_item(number)}"
        try:
            stored = item["text"]
            text = stored["S"] if "S" in stored else zlib.decompress(stored["B"]).decode()
        except (zlib.error, UnicodeDecodeError, KeyError) as error:
            raise StoreError(f"{place} does not hold a shard map: {error}") from error
        return decoded(text, number, place)

    def publish(self, shard_map: ShardMap) -> None:
        """Put a map in force that follows the version in force."""
        text = zlib.compress(encode(shard_map).encode(), 9)
        if len(text) > _LARGEST_BYTES:
            raise StoreError(
                f"the shard map is {len(text):,} bytes compressed and an item of DynamoDB holds {_LARGEST_BYTES:,}; "
                "give keys that are overridden one by one a range or buckets of their own"
            )
        publication = uuid.uuid4().hex
        for attempt in range(_ATTEMPTS):
            try:
                with self._in_table():
                    self._client.transact_write_items(
                        TransactItems=self._transaction(shard_map.version, text, publication)
                    )
                return
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
                if "ConditionalCheckFailed" in reasons:
                    self._check_ours(shard_map.version, publication)
                    return
                # Another transaction on the head is under way: after it there is a winner, which may be us.
                if "TransactionConflict" not in reasons or attempt == _ATTEMPTS - 1:
                    raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - spreads the publishers

    def versions(self) -> list[int]:
        """The published versions' numbers, in order."""
        return [publication.version for publication in reversed(self.history(self.head()))]

    def history(self, limit: int = 100) -> list[Publication]:
        """The latest publications, the newest first."""
        found: list[Publication] = []
        start: dict[str, Any] = {}
        while len(found) < limit:
            with self._in_table():
                page = self._client.query(
                    TableName=self.table,
                    KeyConditionExpression="#map = :map AND begins_with(#item, :version)",
                    ExpressionAttributeNames={"#map": "map", "#item": "item"},
                    ExpressionAttributeValues={":map": {"S": self.name}, ":version": {"S": "version#"}},
                    ProjectionExpression="#item, published_at",
                    ScanIndexForward=False,
                    ConsistentRead=True,
                    Limit=limit - len(found),
                    **start,
                )
            found += map(_publication, page["Items"])
            if not page.get("LastEvaluatedKey"):
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        return found

    def read_leases(self) -> Leases:
        """The leases, for lease.py."""
        item = self._get("leases", "revision, #text", {"#text": "text"})
        return Leases(int(item["revision"]["N"]), item["text"]["S"]) if item else Leases(0, "")

    def write_leases(self, text: str, expected: int) -> bool:
        """Replace the leases if they are still at revision ``expected``; whether they were."""
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(revision)"}
        if expected:
            condition = {
                "ConditionExpression": "revision = :expected",
                "ExpressionAttributeValues": {":expected": {"N": str(expected)}},
            }
        try:
            with self._in_table():
                self._client.put_item(
                    TableName=self.table,
                    Item={**self._key("leases"), "revision": {"N": str(expected + 1)}, "text": {"S": text}},
                    **condition,
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            # A write whose answer was lost is sent again, and finds itself there.
            return self.read_leases() == Leases(expected + 1, text)
        return True

    def _transaction(self, version: int, text: bytes, publication: str) -> list[dict[str, Any]]:
        head: dict[str, Any] = {
            "TableName": self.table,
            "Key": self._key("head"),
            "UpdateExpression": "SET version = :next",
            "ExpressionAttributeValues": {":next": {"N": str(version)}},
            "ConditionExpression": "attribute_not_exists(version)",
        }
        if version > 1:
            head["ConditionExpression"] = "version = :before"
            head["ExpressionAttributeValues"][":before"] = {"N": str(version - 1)}
        item = {
            **self._key(_version_item(version)),
            "text": {"B": text},
            "published_at": {"S": datetime.now(UTC).isoformat()},
            "publication": {"S": publication},
        }
        immutable = {
            "TableName": self.table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(#text)",
            "ExpressionAttributeNames": {"#text": "text"},
        }
        return [{"Update": head}, {"Put": immutable}]

    def _check_ours(self, version: int, publication: str) -> None:
        """A transaction whose answer was lost is sent again, and finds itself there; otherwise another one won."""
        item = self._get(_version_item(version), "publication")
        if not item or item["publication"]["S"] != publication:
            raise Conflict(version, self.head())

    def _key(self, item: str) -> dict[str, Any]:
        return {"map": {"S": self.name}, "item": {"S": item}}

    def _get(self, item: str, attributes: str, names: dict[str, str] | None = None) -> dict[str, Any]:
        request: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
        with self._in_table():
            answer = self._client.get_item(
                TableName=self.table,
                Key=self._key(item),
                ProjectionExpression=attributes,
                ConsistentRead=True,
                **request,
            )
        return answer.get("Item", {})

    @contextmanager
    def _in_table(self) -> Generator[None]:
        """Say by its name that the table is not there: nothing can have been written to it."""
        try:
            yield
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ResourceNotFoundException":
                raise
            raise StoreError(f"there is no table {self.table} for shard maps in this account and region") from error


def _publication(item: dict[str, Any]) -> Publication:
    published_at = datetime.fromisoformat(item["published_at"]["S"]) if "published_at" in item else None
    return Publication(int(item["item"]["S"].partition("#")[2]), published_at)


def _version_item(version: int) -> str:
    return f"version#{version:010d}"
