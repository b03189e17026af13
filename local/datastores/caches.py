"""ElastiCache's caches as Valkey servers: what the emulator records, each with servers that answer at its endpoints.

A replication group has one server for each shard, which its readers' endpoints lead to as well; a serverless cache has
one that is a cluster by itself. A cache with encryption in transit speaks TLS. A call that makes or changes a cache
returns when its servers are as the record says. Memcached stays a record.

This is the one place that knows how MiniStack keeps ElastiCache (``ministack.services.elasticache``, of the version
that is pinned).
"""

import asyncio
import logging
import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from local.datastores.cache import Cache
from local.datastores.errors import ServerError
from local.datastores.tls import Gates
from local.datastores.valkey_server import User, Wanted, digest

_HOST = "localhost"
_FOLLOW_SECONDS = 1.0
_RESIZED = "ModifyReplicationGroupShardConfiguration"
_FOLLOWED = frozenset(
    {"CreateReplicationGroup", "ModifyReplicationGroup", "DeleteReplicationGroup"}
    | {"IncreaseReplicaCount", "DecreaseReplicaCount"}
    | {"CreateServerlessCache", "ModifyServerlessCache", "DeleteServerlessCache", _RESIZED}
    | {"CreateCacheCluster", "ModifyCacheCluster", "DeleteCacheCluster", "RebootCacheCluster"}
    | {"CreateUser", "ModifyUser", "DeleteUser", "CreateUserGroup", "ModifyUserGroup", "DeleteUserGroup"}
    | {"ModifyCacheParameterGroup", "ResetCacheParameterGroup"}
)
_SETTINGS = frozenset({"maxmemory-policy", "notify-keyspace-events", "timeout", "lazyfree-lazy-expire"})
"""The parameters that a server of this machine follows."""

_AMPERSAND = re.compile(rb"&(?!#|\w+;)")

Key = tuple[str, str, str, str]
"""A cache: account, region, what it is and its name."""
Record = dict[str, Any]
Parameters = Mapping[str, str]
Call = Callable[[str, str, Any, Any, Any], Awaitable[Any]]

logger = logging.getLogger(__name__)


def follow(folder: Path, gates: Gates) -> None:
    """Have the emulator's caches run from now on, with what they hold below ``folder``."""
    from ministack.services import elasticache  # noqa: PLC0415 - it reads the environment while it loads

    Caches(folder, gates, elasticache).attach()


class Caches:
    """All caches of an emulator."""

    def __init__(self, folder: Path, gates: Gates, elasticache: Any) -> None:
        self._folder = folder
        self._gates = gates
        self._elasticache = elasticache
        self._caches: dict[Key, Cache] = {}
        self._locks: dict[Key, threading.Lock] = {}
        self._passwords: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def attach(self) -> None:
        """Be told of every call that makes or changes a cache."""
        self._elasticache.handle_request = self._followed(self._elasticache.handle_request)
        threading.Thread(target=self._watch, name="caches", daemon=True).start()

    def settle(self, name: str = "") -> None:
        """Bring the servers to what the records say; with a name, of the cache of that name alone.

        Raises:
            ServerError: A server did not start.
        """
        records = dict(self._records())
        for key in self._caches.keys() - records.keys():
            with self._locks[key]:
                cache = self._caches.pop(key, None)  # two calls may find at once that its record is gone
                if cache:
                    cache.remove()
        for key, record in records.items():
            if not name or key[3] == name:
                with self._locks.setdefault(key, threading.Lock()):
                    if self._stores()[key[2]].contains_scoped(key[0], key[1], key[3]):  # another call may have ended it
                        self._run(key, record)

    def _run(self, key: Key, record: Record) -> None:
        is_new = key not in self._caches
        cache = self._caches.setdefault(key, Cache(self._folder.joinpath(*key), self._gates))
        serverless = key[2] == "serverless"
        encrypted = serverless or bool(record.get("TransitEncryptionEnabled"))
        plain = not encrypted or record.get("TransitEncryptionMode") == "preferred"
        try:
            ports = cache.run(self._wanted(key, record), self._shards(key, record), tls=encrypted, plain=plain)
        except ServerError:
            if is_new:
                self._forget(key)
            raise
        self._point(key, record, ports)

    def _forget(self, key: Key) -> None:
        """Take back a cache whose servers never ran, so that it can be asked for again."""
        account, region, what, name = key
        self._stores()[what].pop_scoped(account, region, name, None)
        self._caches.pop(key).remove()

    def _stores(self) -> dict[str, Any]:
        service = self._elasticache
        return {
            "group": service._replication_groups,
            "serverless": service._serverless_caches,
            "cluster": service._clusters,
        }

    def _records(self) -> Iterator[tuple[Key, Record]]:
        """The caches that have a server."""
        for what, store in self._stores().items():
            for (account, region, name), record in store.all_items():
                is_part = what == "cluster" and record.get("ReplicationGroupId")
                if record["Engine"] in ("redis", "valkey") and not is_part:
                    yield (account, region, what, name), record

    def _is_cluster(self, key: Key, record: Record) -> bool:
        """Whether clients are to find the shards by themselves."""
        if key[2] == "serverless":
            return True
        parameters = self._parameters(key, record)
        return record.get("ClusterMode") == "enabled" or parameters.get("cluster-enabled") == "yes"

    def _shards(self, key: Key, record: Record) -> int:
        return len(record["NodeGroups"]) if key[2] == "group" and self._is_cluster(key, record) else 1

    def _wanted(self, key: Key, record: Record) -> Wanted:
        parameters = self._parameters(key, record)
        return Wanted(
            users=tuple(self._users(key, record)),
            settings={name: value for name, value in parameters.items() if name in _SETTINGS},
            cluster=self._is_cluster(key, record),
        )

    def _parameters(self, key: Key, record: Record) -> dict[str, str]:
        account, region, *_ = key
        group = record.get("CacheParameterGroupName") or record.get("CacheParameterGroup", {}).get(
            "CacheParameterGroupName", ""
        )
        known = self._elasticache._param_group_params.get_scoped(account, region, group, {})
        parameters = {name: str(one["Value"]) for name, one in known.items() if one.get("Source") == "user"}
        return parameters | ({"cluster-enabled": "yes"} if group.endswith(".cluster.on") else {})

    def _users(self, key: Key, record: Record) -> Iterator[User]:
        account, region, *_ = key
        groups = record.get("UserGroupIds") or [record.get("UserGroupId")]
        names = [
            user
            for group in filter(None, groups)
            for user in self._elasticache._user_groups.get_scoped(account, region, group, {}).get("UserIds", [])
        ]
        for name in names:
            user = self._elasticache._users.get_scoped(account, region, name)
            if user:
                passwords = self._passwords.get((account, region, name), ())
                yield User(name=user["UserName"], access=user["AccessString"], passwords=passwords)
        if not names:
            tokens = [] if record.get("_auth_optional") else record.get("_auth_tokens") or []
            yield User(name="default", passwords=tuple(map(digest, tokens)))

    def _point(self, key: Key, record: Record, ports: list[int]) -> None:
        """Have the record say where its servers are."""
        endpoints = [{"Address": _HOST, "Port": port} for port in ports]
        if key[2] == "serverless":
            record |= {"Endpoint": endpoints[0], "ReaderEndpoint": dict(endpoints[0])}
        elif key[2] == "cluster":
            self._elasticache._publish_endpoint(record, _HOST, ports[0])
        else:
            self._point_group(key, record, endpoints)

    def _point_group(self, key: Key, record: Record, endpoints: list[dict[str, Any]]) -> None:
        account, region, *_ = key
        is_cluster = self._is_cluster(key, record)
        record |= {"ClusterEnabled": is_cluster, "ConfigurationEndpoint": endpoints[0] if is_cluster else None}
        for index, group in enumerate(record["NodeGroups"]):
            endpoint = endpoints[min(index, len(endpoints) - 1)]
            group |= {"PrimaryEndpoint": dict(endpoint), "ReaderEndpoint": dict(endpoint)}
            for member in group["NodeGroupMembers"]:
                member["ReadEndpoint"] = dict(endpoint)
                cluster = self._elasticache._clusters.get_scoped(account, region, member["CacheClusterId"])
                if cluster:
                    self._elasticache._publish_endpoint(cluster, _HOST, endpoint["Port"])

    def _followed(self, handle: Call) -> Call:
        """The call, and after it the servers brought to what the records say."""

        async def call(method: str, path: str, headers: Any, body: Any, query: Any) -> Any:
            return _readable(await answered(method, path, headers, body, query))

        async def answered(method: str, path: str, headers: Any, body: Any, query: Any) -> Any:
            given = dict(query) | parse_qs(body.decode("utf-8", errors="replace") if body else "")
            parameters = {name: value[0] if isinstance(value, list) else value for name, value in given.items()}
            action = parameters.get("Action", "")
            if action == _RESIZED:
                answer = self._resized(action, parameters)
            elif parameters.get("NumNodeGroups") == "2":
                # AWS has groups of two shards, MiniStack has none.
                answer = await handle(
                    method, path, headers, body.replace(b"NumNodeGroups=2", b"NumNodeGroups=3"), query
                )
                if answer[0] < 300:
                    answer = self._resized(action, {**parameters, "NodeGroupCount": "2"})
            else:
                answer = await handle(method, path, headers, body, query)
            if action not in _FOLLOWED or answer[0] >= 300:
                return answer
            try:
                await asyncio.to_thread(self._noted, action, parameters)
            except ServerError as error:
                logger.warning("%s", error)
                return self._elasticache._error("InsufficientCacheClusterCapacity", str(error), 400)
            return answer

        return call

    def _noted(self, action: str, parameters: Parameters) -> None:
        if action in ("CreateUser", "ModifyUser"):
            self._note_passwords(parameters)
        if action == "ModifyReplicationGroup":
            self._note_change(parameters)
        if action in ("IncreaseReplicaCount", "DecreaseReplicaCount"):
            self._note_members(self._elasticache._replication_groups[parameters["ReplicationGroupId"]])
        if action == "ResetCacheParameterGroup":
            self._note_reset(parameters)
        names = ("ReplicationGroupId", "ServerlessCacheName", "CacheClusterId")
        self.settle(next((parameters[name] for name in names if name in parameters), ""))

    def _note_passwords(self, parameters: Parameters) -> None:
        """MiniStack forgets a user's passwords, and how the user signs in."""
        service = self._elasticache
        given = [value for name, value in parameters.items() if "Passwords.member." in name]
        kind = parameters.get("AuthenticationMode.Type", "password" if given else "")
        if "NoPasswordRequired" in parameters or kind == "no-password-required":
            kind = "no-password"
        if kind:
            user = parameters["UserId"]
            key = (service.get_account_id(), service.get_region(), user)
            self._passwords[key] = tuple(map(digest, given))
            service._users[user]["Authentication"] = {"Type": kind, "PasswordCount": len(given)}

    def _note_change(self, parameters: Parameters) -> None:
        """MiniStack leaves out what a change says of encryption in transit, and of the engine of a group's members."""
        record = self._elasticache._replication_groups[parameters["ReplicationGroupId"]]
        said = {name: parameters[name] for name in ("Engine", "EngineVersion", "CacheNodeType") if name in parameters}
        for one in (record, *(self._elasticache._clusters[name] for name in record["MemberClusters"])):
            one.update(said)
        if "TransitEncryptionEnabled" in parameters:
            record["TransitEncryptionEnabled"] = parameters["TransitEncryptionEnabled"] == "true"
            record["TransitEncryptionMode"] = "required" if record["TransitEncryptionEnabled"] else None
        if "TransitEncryptionMode" in parameters:
            record["TransitEncryptionMode"] = parameters["TransitEncryptionMode"]

    def _note_members(self, record: Record) -> None:
        """MiniStack leaves replicas that come and go out of the group's members."""
        clusters = self._elasticache._clusters
        members = [one["CacheClusterId"] for group in record["NodeGroups"] for one in group["NodeGroupMembers"]]
        for name in record["MemberClusters"]:
            if name not in members:
                clusters.pop(name, None)
        for name in members:
            if name not in clusters:
                self._add_cluster(name, like=members[0])
        record["MemberClusters"] = members

    def _add_cluster(self, name: str, *, like: str) -> None:
        """A member as another one is, among the clusters."""
        service = self._elasticache
        cluster = service._clusters[like]
        nodes = [dict(node) for node in cluster["CacheNodes"]]
        arn = service._arn_cluster(name)
        service._clusters[name] = {**cluster, "CacheClusterId": name, "CacheClusterArn": arn, "CacheNodes": nodes}

    def _note_reset(self, parameters: Parameters) -> None:
        """MiniStack takes back only those parameters of whose defaults it knows."""
        group = parameters["CacheParameterGroupName"]
        named = {value for name, value in parameters.items() if name.endswith(".ParameterName")}
        known = self._elasticache._param_group_params.get(group, {})
        for name in [name for name, one in known.items() if name in named and one.get("Source") == "user"]:
            del known[name]

    def _resized(self, action: str, parameters: Parameters) -> Any:
        """Another number of shards, which MiniStack has no call for."""
        service = self._elasticache
        name = parameters.get("ReplicationGroupId", "")
        record = service._replication_groups.get(name)
        if not record:
            return service._error("ReplicationGroupNotFoundFault", f"Replication group {name} not found", 404)
        groups: list[Record] = record["NodeGroups"]
        while len(groups) < int(parameters["NodeGroupCount"]):
            groups.append(self._another_shard(record, f"{len(groups) + 1:04d}"))
        for gone in groups[int(parameters["NodeGroupCount"]) :]:
            for member in gone["NodeGroupMembers"]:
                service._clusters.pop(member["CacheClusterId"], None)
            groups.remove(gone)
        record["_num_node_groups"] = len(groups)
        record["MemberClusters"] = [one["CacheClusterId"] for group in groups for one in group["NodeGroupMembers"]]
        result = f"<{action}Result><ReplicationGroup>{service._rg_xml(record)}</ReplicationGroup></{action}Result>"
        return service._xml(200, f"{action}Response", result)

    def _another_shard(self, record: Record, identity: str) -> Record:
        """A shard as the others are, with its members among the clusters."""
        like = record["NodeGroups"][0]
        members: list[Record] = []
        for number, member in enumerate(like["NodeGroupMembers"], 1):
            name = f"{record['ReplicationGroupId']}-{identity}-{number:03d}"
            self._add_cluster(name, like=member["CacheClusterId"])
            members.append({**member, "CacheClusterId": name})
        return {**like, "NodeGroupId": identity, "NodeGroupMembers": members}

    def _watch(self) -> None:
        """Start again what died, and end what has no record any more, whoever removed it."""
        while True:
            time.sleep(_FOLLOW_SECONDS)
            try:
                self.settle()
            except ServerError as error:
                logger.warning("%s", error)


def _readable(answer: Any) -> Any:
    """MiniStack puts access strings into XML as they are, and one that names all channels holds an ampersand."""
    status, headers, body = answer
    text = body if isinstance(body, bytes) else str(body).encode()
    return status, headers, _AMPERSAND.sub(b"&amp;", text)
