"""Each database of RDS is a PostgreSQL server that lives as long as its record."""

import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import boto3
import psutil
import psycopg
import pytest
from botocore.exceptions import ClientError

from local import emulator as daemon

Clients = Callable[[str], Any]
_PASSWORD = 'it\'s \\ "open"; -- sesame'
"""With everything in it that a quoting could miss."""


def _clients(emulator: daemon.Emulator) -> Clients:
    settings = {"endpoint_url": emulator.endpoint, "region_name": emulator.region}
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return lambda service: cast(Any, boto3).client(service, **settings, **keys)


def _connect(found: dict[str, Any], user: str, password: str, database: str = "shop") -> psycopg.Connection[Any]:
    endpoint = found["Endpoint"]
    host, port = (endpoint, found["Port"]) if isinstance(endpoint, str) else (endpoint["Address"], endpoint["Port"])
    return psycopg.connect(host=host, port=port, user=user, password=password, dbname=database, autocommit=True)


def _cluster(client: Clients, name: str, **more: Any) -> dict[str, Any]:
    given = {"MasterUsername": "boss", "DatabaseName": "shop", "Engine": "aurora-postgresql"}
    password = {} if "ManageMasterUserPassword" in more else {"MasterUserPassword": _PASSWORD}
    client("rds").create_db_cluster(DBClusterIdentifier=name, **given, **password, **more)
    return _seen(client, name)


def _seen(client: Clients, name: str) -> dict[str, Any]:
    return client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]


def _instance(client: Clients, name: str) -> dict[str, Any]:
    return client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def _delete(client: Clients, name: str) -> None:
    client("rds").delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)


def _kept(client: Clients, found: dict[str, Any]) -> tuple[str, str]:
    """User and password as Secrets Manager has them."""
    secret = client("secretsmanager").get_secret_value(SecretId=found["MasterUserSecret"]["SecretArn"])
    values = json.loads(secret["SecretString"])
    return values["username"], values["password"]


_PLACES: dict[Path, str] = {}
"""Where the databases of an emulator are, also when it has ended."""


def _servers(home: Path) -> list[psutil.Process]:
    link = home / "emulator" / "databases"
    _PLACES[home] = str(link.resolve()) if link.exists() else _PLACES[home]
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if _PLACES[home] in " ".join(process.info["cmdline"] or [])
        and Path((process.info["cmdline"] or [""])[0]).name == "postgres"
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def _soon(check: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_cluster_answers_for_its_master_user_when_it_is_made_and_refuses_others(client: Clients) -> None:
    found = _cluster(client, "answers")
    assert found["Status"] == "available"
    with _connect(found, "boss", _PASSWORD) as connection:
        connection.execute("CREATE TABLE orders (id int)")
        assert connection.execute("SELECT current_user, current_database()").fetchone() == ("boss", "shop")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        _connect(found, "boss", "guess")
    _delete(client, "answers")


def test_the_password_that_rds_keeps_opens_a_cluster_and_an_instance(client: Clients) -> None:
    cluster = _cluster(client, "keeps", ManageMasterUserPassword=True)
    _connect(cluster, *_kept(client, cluster)).close()
    client("rds").create_db_instance(
        DBInstanceIdentifier="keeps-alone",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        MasterUsername="boss",
        ManageMasterUserPassword=True,
        DBName="shop",
        AllocatedStorage=20,
    )
    alone = _instance(client, "keeps-alone")
    _connect(alone, *_kept(client, alone)).close()
    secret = alone["MasterUserSecret"]["SecretArn"]
    client("rds").delete_db_instance(DBInstanceIdentifier="keeps-alone", SkipFinalSnapshot=True)
    with pytest.raises(ClientError):
        client("secretsmanager").get_secret_value(SecretId=secret)
    _delete(client, "keeps")


def test_a_password_is_given_to_rds_to_keep_and_taken_back(client: Clients) -> None:
    found = _cluster(client, "handed")
    client("rds").modify_db_cluster(DBClusterIdentifier="handed", ManageMasterUserPassword=True)
    kept = _seen(client, "handed")
    _connect(found, *_kept(client, kept)).close()
    client("rds").modify_db_cluster(
        DBClusterIdentifier="handed", ManageMasterUserPassword=False, MasterUserPassword="mine-again"
    )
    assert "MasterUserSecret" not in _seen(client, "handed")
    _connect(found, "boss", "mine-again").close()
    _delete(client, "handed")


def test_both_endpoints_and_all_instances_of_a_cluster_lead_to_its_data(client: Clients) -> None:
    found = _cluster(client, "shared")
    for name in ("shared-one", "shared-two"):
        client("rds").create_db_instance(
            DBInstanceIdentifier=name,
            DBClusterIdentifier="shared",
            Engine="aurora-postgresql",
            DBInstanceClass="db.serverless",
        )
    with _connect(found, "boss", _PASSWORD) as connection:
        connection.execute("CREATE TABLE orders AS SELECT 7 AS id")
    reader = {"Endpoint": found["ReaderEndpoint"], "Port": found["Port"]}
    for place in (reader, _instance(client, "shared-one"), _instance(client, "shared-two")):
        with _connect(place, "boss", _PASSWORD) as connection:
            assert connection.execute("SELECT id FROM orders").fetchone() == (7,)
    for name in ("shared-one", "shared-two"):
        client("rds").delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    _delete(client, "shared")


def test_a_changed_password_holds_at_once_and_the_data_stays(client: Clients) -> None:
    found = _cluster(client, "turned")
    with _connect(found, "boss", _PASSWORD) as connection:
        connection.execute("CREATE TABLE orders AS SELECT 7 AS id")
    client("rds").modify_db_cluster(DBClusterIdentifier="turned", MasterUserPassword="another-one")
    with _connect(found, "boss", "another-one") as connection:
        assert connection.execute("SELECT id FROM orders").fetchone() == (7,)
    with pytest.raises(psycopg.OperationalError):
        _connect(found, "boss", _PASSWORD)
    _delete(client, "turned")


def test_a_member_of_rds_iam_signs_in_with_a_token(client: Clients) -> None:
    found = _cluster(client, "tokens")
    with _connect(found, "boss", _PASSWORD) as connection:
        connection.execute("CREATE ROLE app LOGIN")
        connection.execute("GRANT rds_iam TO app")
    token = client("rds").generate_db_auth_token(found["Endpoint"], found["Port"], "app")
    _connect(found, "app", token).close()
    _delete(client, "tokens")


def test_a_database_speaks_tls_and_asks_for_it_where_its_parameters_do(client: Clients, home: Path) -> None:
    client("rds").create_db_cluster_parameter_group(
        DBClusterParameterGroupName="sealed", DBParameterGroupFamily="aurora-postgresql17", Description="x"
    )
    found = _cluster(client, "sealed", DBClusterParameterGroupName="sealed")
    place: dict[str, Any] = {
        "host": found["Endpoint"],
        "port": found["Port"],
        "user": "boss",
        "password": _PASSWORD,
        "dbname": "shop",
    }
    authority = home / "emulator" / "tls" / "authority.pem"
    with psycopg.connect(**place, sslmode="verify-full", sslrootcert=str(authority)) as connection:
        assert connection.pgconn.ssl_in_use
    psycopg.connect(**place, sslmode="disable").close()
    parameter = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    client("rds").modify_db_cluster_parameter_group(DBClusterParameterGroupName="sealed", Parameters=[parameter])
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**place, sslmode="disable")
    psycopg.connect(**place, sslmode="require").close()
    _delete(client, "sealed")


def test_the_master_user_is_no_superuser(client: Clients) -> None:
    found = _cluster(client, "modest")
    with _connect(found, "boss", _PASSWORD) as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = 'boss'").fetchone() == (False,)
        connection.execute("CREATE DATABASE more")
    _delete(client, "modest")


@pytest.mark.parametrize(("value", "level"), [("1", "logical"), ("0", "replica")])
def test_the_parameter_group_says_whether_the_log_is_logical(client: Clients, value: str, level: str) -> None:
    group = f"logical-{value}"
    client("rds").create_db_cluster_parameter_group(
        DBClusterParameterGroupName=group, DBParameterGroupFamily="aurora-postgresql17", Description="x"
    )
    parameter = {"ParameterName": "rds.logical_replication", "ParameterValue": value, "ApplyMethod": "pending-reboot"}
    client("rds").modify_db_cluster_parameter_group(DBClusterParameterGroupName=group, Parameters=[parameter])
    found = _cluster(client, group, DBClusterParameterGroupName=group)
    with _connect(found, "boss", _PASSWORD) as connection:
        assert connection.execute("SHOW wal_level").fetchone() == (level,)
    _delete(client, group)


def test_four_clusters_that_are_made_at_once_each_have_a_port_and_data_of_their_own(client: Clients) -> None:
    names = ["forum", "users", "products", "billing"]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda name: _cluster(client, name), names))
    assert len({one["Port"] for one in found}) == 4
    with _connect(found[0], "boss", _PASSWORD) as connection:
        connection.execute("CREATE TABLE posts (id int)")
    for other in found[1:]:
        with _connect(other, "boss", _PASSWORD) as connection:
            assert connection.execute("SELECT to_regclass('posts')").fetchone() == (None,)
    for name in names:
        _delete(client, name)


def test_databases_of_one_name_in_two_checkouts_do_not_meet(client: Clients, tmp_path: Path) -> None:
    other = daemon.ensure_running(tmp_path)
    found, twin = (_cluster(one, "twin") for one in (client, _clients(other)))
    assert found["Port"] != twin["Port"]
    with _connect(found, "boss", _PASSWORD) as connection:
        connection.execute("CREATE TABLE orders (id int)")
    with _connect(twin, "boss", _PASSWORD) as connection:
        assert connection.execute("SELECT to_regclass('orders')").fetchone() == (None,)
    daemon.stop(tmp_path)
    _connect(found, "boss", _PASSWORD).close()
    _delete(client, "twin")


def test_a_deleted_database_has_neither_process_nor_folder(client: Clients, home: Path) -> None:
    found = _cluster(client, "gone")
    folder = next((home / "emulator" / "databases").glob("*/*/cluster/gone"))
    before = len(_servers(home))
    _delete(client, "gone")
    assert not folder.exists()
    assert len(_servers(home)) == before - 1
    with pytest.raises(psycopg.OperationalError):
        _connect(found, "boss", _PASSWORD)


def test_a_server_that_dies_comes_back_with_its_data(client: Clients, home: Path) -> None:
    found = _cluster(client, "fallen")
    with _connect(found, "boss", _PASSWORD) as connection:
        connection.execute("CREATE TABLE orders AS SELECT 7 AS id")
    server = next(one for one in _servers(home) if "cluster/fallen" in " ".join(one.cmdline()))
    server.send_signal(signal.SIGINT)

    def is_back() -> bool:
        try:
            with _connect(found, "boss", _PASSWORD) as connection:
                return connection.execute("SELECT id FROM orders").fetchone() == (7,)
        except psycopg.OperationalError:
            return False

    _soon(is_back)
    _delete(client, "fallen")


def test_an_engine_without_a_server_is_a_record(client: Clients, home: Path) -> None:
    before = len(_servers(home))
    client("rds").create_db_cluster(
        DBClusterIdentifier="dolphin", Engine="aurora-mysql", MasterUsername="boss", MasterUserPassword="open-sesame"
    )
    assert _seen(client, "dolphin")["Endpoint"].endswith(".rds.amazonaws.com")
    assert len(_servers(home)) == before
    _delete(client, "dolphin")


def test_no_password_is_in_a_log_or_a_command_line(client: Clients, home: Path) -> None:
    found = _cluster(client, "silent")
    with _connect(found, "boss", _PASSWORD) as connection, pytest.raises(psycopg.Error):
        connection.execute("ALTER ROLE nobody PASSWORD 'hidden-word'")
    places = (home / "emulator", (home / "emulator" / "databases").resolve())
    told = [path.read_text(errors="replace") for place in places for path in place.rglob("*log") if path.is_file()]
    told += [" ".join(process.cmdline()) for process in _servers(home)]
    assert told
    assert not any(word in text for word in (_PASSWORD, "hidden-word") for text in told)
    _delete(client, "silent")


def test_a_killed_daemon_leaves_no_server(client: Clients, home: Path, running: daemon.Emulator) -> None:
    _cluster(client, "orphan")
    assert _servers(home)
    os.kill(running.pid, signal.SIGKILL)
    _soon(lambda: not _servers(home))


def test_stopping_the_emulator_ends_its_servers_and_removes_what_they_held(client: Clients, home: Path) -> None:
    _cluster(client, "ended")
    assert _servers(home)
    daemon.stop(home)
    assert not _servers(home)
    assert not (home / "emulator").exists()
    assert not Path(_PLACES[home]).exists()
