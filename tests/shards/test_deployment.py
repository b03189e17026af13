"""What a deployed shard's database needs once, on a real server, and who may do what afterwards."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tenfold_shards import FolderStore, MapError, ShardMap, fence, operations
from tenfold_shards.deployment import Place, install, places

Databases = Callable[[int], list[str]]
_WHOLE = {"host": "db1", "port": 5432, "database": "users", "user": "app", "secret_arn": "arn:aws:secretsmanager:x"}


def test_a_shard_takes_writes_for_what_the_map_gives_it_and_installing_again_changes_nothing(
    databases: Databases,
) -> None:
    shard_map = ShardMap.create(["a", "b"])
    (uri,) = databases(1)
    with psycopg.connect(uri, autocommit=True) as connection:
        assert install(shard_map, "b", connection) == 8192
        rows = fence.rows(connection)
        assert set(rows) == {bucket for bucket, owner in enumerate(shard_map.owners) if owner == "b"}
        assert all(row.owned and row.epoch == 1 for row in rows.values())
        fence.freeze(connection, [9000], epoch=2)
        assert install(shard_map, "b", connection) == 0
        assert fence.rows(connection)[9000] == fence.FenceRow(epoch=2, owned=False, token=0)


def test_a_shard_that_is_not_on_the_map_gets_a_fence_that_takes_nothing(databases: Databases) -> None:
    (uri,) = databases(1)
    with psycopg.connect(uri, autocommit=True) as connection:
        assert install(ShardMap.create(["a"]), "new", connection) == 0
        assert fence.rows(connection) == {}


def test_the_applications_user_is_admitted_and_cannot_change_the_fence(databases: Databases) -> None:
    (uri,) = databases(1)
    user = f"app_{abs(hash(uri))}"
    with psycopg.connect(uri, autocommit=True) as connection:
        install(ShardMap.create(["a"]), "a", connection, user)
        install(ShardMap.create(["a"]), "a", connection, user)
        connection.execute(f'SET ROLE "{user}"'.encode())
        with connection.transaction():
            assert connection.execute(fence.CHECK, (7, 1)).fetchone() == (1,)
        with connection.transaction():
            fence.admit(connection, 7, 1)
        for change in (
            "UPDATE tenfold.fence SET owned = false",
            "UPDATE tenfold.fence SET epoch = 9",
            "UPDATE tenfold.fence SET bucket = bucket + 20000",
            "UPDATE tenfold.fence SET token = 9",
            "DELETE FROM tenfold.fence",
            "INSERT INTO tenfold.fence (bucket, epoch, owned) VALUES (20000, 1, true)",
            "CREATE TABLE tenfold.other (id int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change.encode())
        connection.execute("RESET ROLE")
        connection.execute(f'DROP OWNED BY "{user}"; DROP ROLE "{user}"'.encode())


def test_a_cluster_is_read_with_every_fault_at_once() -> None:
    found = places(json.dumps({"users-1": "host=db9", "users-2": _WHOLE}))
    assert found["users-1"] == Place("host=db9")
    assert found["users-2"] == Place("host=db1 port=5432 dbname=users", "app", "arn:aws:secretsmanager:x")
    with pytest.raises(MapError) as refused:
        places(json.dumps({"a": {**_WHOLE, "port": "5432"}, "b": 7, "c": {}}))
    paths = [fault.path for fault in refused.value.faults]
    assert paths == ["shards.a.port", "shards.b", *(f"shards.c.{field}" for field in _WHOLE)]
    for text in ("", "[]", "7"):
        with pytest.raises(MapError):
            places(text)


def test_the_master_users_password_comes_from_the_secret() -> None:
    class Secrets:
        def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - boto3's name
            assert SecretId == _WHOLE["secret_arn"]
            return {"SecretString": json.dumps({"username": "dbadmin", "password": "it's \\ secret"})}

    conninfo = places(json.dumps({"a": _WHOLE}))["a"].administrator(Secrets())
    assert conninfo_to_dict(conninfo) == {
        "host": "db1",
        "port": "5432",
        "dbname": "users",
        "user": "dbadmin",
        "password": "it's \\ secret",
    }


def test_the_command_installs_every_shard_and_says_what_is_missing(databases: Databases, tmp_path: Path) -> None:
    first, second = databases(2)
    shard_map = ShardMap.create(["a"])
    store = FolderStore(tmp_path / "maps")
    store.publish(shard_map)

    def run(shards: object, code: int = 0) -> str:
        command = [
            sys.executable,
            "-c",
            "from tenfold_shards.cli import main; main()",
            "install",
            str(tmp_path / "maps"),
        ]
        done = subprocess.run([*command, "--shards", json.dumps(shards)], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    assert run({"a": first, "b": second}).splitlines() == [
        "a: its fence is there, and takes writes for 16,384 buckets more",
        "b, which is not on the map yet: its fence is there, and takes writes for 0 buckets more",
    ]
    store.publish(operations.add(shard_map, "b").after)
    assert "shards.b: is on the map and not given here" in run({"a": first}, code=1)
    assert "a: its database was asked and " in run({"a": "host=/nowhere", "b": second}, code=1)
