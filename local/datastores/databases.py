"""RDS's databases as PostgreSQL servers: what the emulator records, each with a server that answers at its endpoint.

An Aurora cluster has one server, which both its endpoints and all its instances lead to; an instance of its own has
one, and its replicas lead to that. A call that makes or changes a database returns when its server is as the record
says. Engines other than PostgreSQL stay records.

This is the one place that knows how MiniStack keeps RDS (``ministack.services.rds``, of the version that is pinned).
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast
from xml.sax.saxutils import escape

from local.datastores.errors import ServerError
from local.datastores.postgresql import Server, Wanted
from local.datastores.tls import Gate, Gates

_HOST = "localhost"
_TRUE = ("1", "true", "on")
_FOLLOW_SECONDS = 1.0
_FOLLOWED = (
    "CreateDBCluster",
    "ModifyDBCluster",
    "DeleteDBCluster",
    "CreateDBInstance",
    "CreateDBInstanceReadReplica",
    "RestoreDBInstanceFromDBSnapshot",
    "ModifyDBInstance",
    "RebootDBInstance",
    "DeleteDBInstance",
    "CreateDBProxy",
    "CreateDBProxyEndpoint",
    "ModifyDBParameterGroup",
    "ModifyDBClusterParameterGroup",
    "ResetDBParameterGroup",
    "ResetDBClusterParameterGroup",
)

Key = tuple[str, str, str, str]
"""A database: account, region, ``cluster`` or ``instance``, and its name."""
Record = dict[str, Any]
Handler = Callable[[Any], Any]

logger = logging.getLogger(__name__)


def follow(folder: Path, gates: Gates) -> None:
    """Have the emulator's databases run from now on, with what they hold below ``folder``."""
    from ministack.services import rds  # noqa: PLC0415 - it reads the environment while it loads

    Databases(folder, gates, rds).attach()


class Databases:
    """All servers of an emulator."""

    def __init__(self, folder: Path, gates: Gates, rds: Any) -> None:
        self._folder = folder
        self._gates = gates
        self._rds = rds
        self._servers: dict[Key, Server] = {}
        self._gate_of: dict[Key, Gate] = {}
        self._lock = threading.Lock()

    def attach(self) -> None:
        """Be told of every call that makes or changes a database."""
        actions: dict[str, Handler] = self._rds._ACTION_MAP
        for action in ("CreateDBInstance", "ModifyDBInstance", "ModifyDBCluster"):
            actions[action] = self._with_managed_password(actions[action])
        actions["DeleteDBInstance"] = self._with_secret_dropped(actions["DeleteDBInstance"])
        for action in _FOLLOWED:
            actions[action] = self._followed(actions[action])
        self._rds._instance_xml = _with_secret(self._rds._instance_xml)
        threading.Thread(target=self._watch, name="databases", daemon=True).start()

    def settle(self, name: str = "") -> None:
        """Bring the servers to what the records say; with a name, of that cluster and that instance alone.

        Raises:
            ServerError: A server did not start.
        """
        records = dict(self._records())
        for key in self._servers.keys() - records.keys():
            self._remove(key)
        for key, record in records.items():
            if (not name or key[3] == name or name in _members(record)) and self._is_there(key):
                self._run(key, record)
        self._point_others()

    def _run(self, key: Key, record: Record) -> None:
        with self._lock:
            server = self._servers.get(key) or Server(self._folder.joinpath(*key), self._folder / "template")
            self._servers[key] = server
        try:
            server.run(self._wanted(key, record))
        except ServerError:
            if not server.port:
                self._forget(key)
            raise
        if key not in self._gate_of:
            self._gate_of[key] = self._gates.open(lambda: server.port)
        forced = self._parameters(key, record).get("rds.force_ssl", {}).get("ParameterValue")
        self._gate_of[key].plain = forced not in _TRUE
        self._point(record, self._gate_of[key].port)

    def _is_there(self, key: Key) -> bool:
        """Whether the database is still on record, which another call may have changed by now."""
        account, region, _, name = key
        return self._store(key).contains_scoped(account, region, name)

    def _forget(self, key: Key) -> None:
        """Take back a database whose server never ran, so that it can be asked for again."""
        account, region, _, name = key
        self._store(key).pop_scoped(account, region, name, None)
        self._remove(key)

    def _store(self, key: Key) -> Any:
        return self._rds._clusters if key[2] == "cluster" else self._rds._instances

    def _remove(self, key: Key) -> None:
        """End a server. Two calls may find at once that its record is gone."""
        gate, server = self._gate_of.pop(key, None), self._servers.pop(key, None)
        if gate:
            gate.close()
        if server:
            server.remove()

    def _records(self) -> Iterator[tuple[Key, Record]]:
        """The databases that have a server."""
        for (account, region, name), record in self._rds._clusters.all_items():
            if "postgres" in record["Engine"]:
                yield (account, region, "cluster", name), record
        for (account, region, name), record in self._rds._instances.all_items():
            alone = not record.get("DBClusterIdentifier") and not record.get("ReadReplicaSourceDBInstanceIdentifier")
            if alone and "postgres" in record["Engine"]:
                yield (account, region, "instance", name), record

    def _wanted(self, key: Key, record: Record) -> Wanted:
        logical = self._parameters(key, record).get("rds.logical_replication", {}).get("ParameterValue")
        return Wanted(
            master=record["MasterUsername"],
            password=record.get("_MasterUserPassword", "password"),
            database=record.get("DatabaseName") or record.get("DBName") or "postgres",
            logical=logical in _TRUE,
        )

    def _parameters(self, key: Key, record: Record) -> dict[str, dict[str, str]]:
        account, region, what, _ = key
        if what == "cluster":
            groups, name = self._rds._db_cluster_param_groups, record["DBClusterParameterGroup"]
        else:
            groups, name = self._rds._param_groups, record["DBParameterGroups"][0]["DBParameterGroupName"]
        return groups.get_scoped(account, region, name, {}).get("Parameters", {})

    def _point(self, record: Record, port: int) -> None:
        """Have the record say where its server is."""
        endpoint = {"Address": _HOST, "Port": port, "HostedZoneId": record.get("HostedZoneId", "Z2R2ITUGPM61AM")}
        if "DBClusterMembers" not in record:
            record["Endpoint"] = endpoint
            return
        record |= {"_shared_endpoint": endpoint, "Endpoint": _HOST, "ReaderEndpoint": _HOST, "Port": port}
        for instance in self._rds._instances.all_values():
            if instance.get("DBClusterIdentifier") == record["DBClusterIdentifier"]:
                instance["Endpoint"] = dict(endpoint)

    def _point_others(self) -> None:
        """What has no server of its own leads to the one that it is made for."""
        for (account, region, _), record in self._rds._instances.all_items():
            source = record.get("ReadReplicaSourceDBInstanceIdentifier")
            if source and (account, region, "instance", source) in self._servers:
                record["Endpoint"] = dict(self._rds._instances.get_scoped(account, region, source)["Endpoint"])
        for record in (*self._rds._db_proxies.all_values(), *self._rds._db_proxy_endpoints.all_values()):
            record["Endpoint"] = _HOST

    def _followed(self, handler: Handler) -> Handler:
        """The call, and after it the servers brought to what the records say."""

        def call(params: Any) -> Any:
            answer = handler(params)
            if answer[0] >= 300:
                return answer
            names = [self._rds._p(params, f"{what}Identifier") for what in ("DBCluster", "DBInstance")]
            try:
                for name in filter(None, names) if any(names) else [""]:
                    self.settle(name)
            except ServerError as error:
                logger.warning("%s", error)
                return self._rds._error("InternalFailure", escape(str(error)), 400)
            return answer

        return call

    def _with_managed_password(self, handler: Handler) -> Handler:
        """MiniStack has RDS keep a new cluster's password in Secrets Manager, and leaves out all other cases."""

        def call(params: Any) -> Any:
            wanted, record = self._rds._p(params, "ManageMasterUserPassword"), self._named(params)
            # MiniStack takes no password for a database that has a secret, also where this call gives it up.
            secret = record.pop("MasterUserSecret", None) if record is not None and wanted == "false" else None
            answer = handler(params)
            record = self._named(params)
            if answer[0] >= 300 and record is not None and secret:
                record["MasterUserSecret"] = secret
            elif secret:
                self._rds.secretsmanager.delete_secret_in_process(secret["SecretArn"])
            elif answer[0] < 300 and wanted == "true" and record is not None and not record.get("MasterUserSecret"):
                self._keep_password(record, self._rds._p(params, "MasterUserSecretKmsKeyId"))
            return answer

        return call

    def _named(self, params: Any) -> Record | None:
        """The database that a call is about; an instance of a cluster has no password of its own."""
        instance, cluster = (self._rds._p(params, f"DB{what}Identifier") for what in ("Instance", "Cluster"))
        if instance:
            record = self._rds._instances.get(instance)
            return None if record and record.get("DBClusterIdentifier") else record
        return self._rds._clusters.get(cluster)

    def _keep_password(self, record: Record, key: str) -> None:
        what = "cluster" if "DBClusterMembers" in record else "db"
        password = self._rds._generate_master_user_password()
        arn = self._rds.secretsmanager.create_secret_in_process(
            f"rds!{what}-{uuid.uuid4()}",
            json.dumps({"username": record["MasterUsername"], "password": password}),
            description="Secret managed by RDS for a master user",
        )
        record["MasterUserSecret"] = {"SecretArn": arn, "SecretStatus": "active", "KmsKeyId": key}
        record["_MasterUserPassword"] = password

    def _with_secret_dropped(self, handler: Handler) -> Handler:
        """The secret of an instance goes with it, as that of a cluster does."""

        def call(params: Any) -> Any:
            secret = (self._named(params) or {}).get("MasterUserSecret")
            answer = handler(params)
            if secret and answer[0] < 300:
                self._rds.secretsmanager.delete_secret_in_process(secret["SecretArn"])
            return answer

        return call

    def _watch(self) -> None:
        """Start again what died, and end what has no record any more, whoever removed it."""
        while True:
            time.sleep(_FOLLOW_SECONDS)
            try:
                self.settle()
            except ServerError as error:
                logger.warning("%s", error)


def _members(record: Record) -> set[str]:
    return {member["DBInstanceIdentifier"] for member in record.get("DBClusterMembers", [])}


def _with_secret(describe: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
    """What MiniStack says of an instance, and where its password is kept."""

    def described(record: Mapping[str, Any]) -> str:
        secret = cast(Mapping[str, str], record.get("MasterUserSecret") or {})
        members = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in secret.items() if value)
        return describe(record) + (f"<MasterUserSecret>{members}</MasterUserSecret>" if members else "")

    return described
