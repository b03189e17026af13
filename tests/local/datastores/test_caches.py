"""Each cache of ElastiCache is a Valkey server for each shard, which lives as long as its record."""

import time
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import psutil
import pytest
import redis
from botocore.exceptions import ClientError
from redis.exceptions import NoPermissionError

from local import emulator as daemon

Clients = Callable[[str], Any]
_TOKEN = "open-sesame-and-more"


@pytest.fixture
def authority(home: Path, running: daemon.Emulator) -> str:
    """The certificate that clients of these caches trust."""
    return str(home / "emulator" / "tls" / "authority.pem")


@pytest.fixture
def make(client: Clients) -> Generator[Callable[..., dict[str, Any]]]:
    """Make a replication group, and take it away in the end."""
    made: list[str] = []

    def group(name: str, **more: Any) -> dict[str, Any]:
        given = {"Engine": "valkey", "CacheNodeType": "cache.t4g.small", "ReplicationGroupDescription": "x"}
        client("elasticache").create_replication_group(ReplicationGroupId=name, **given, **more)
        made.append(name)
        return _seen(client, name)

    yield group
    for name in made:
        with suppress(ClientError):
            client("elasticache").delete_replication_group(ReplicationGroupId=name)


def _seen(client: Clients, name: str) -> dict[str, Any]:
    return client("elasticache").describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]


def _primary(group: dict[str, Any]) -> dict[str, Any]:
    endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
    return {"host": endpoint["Address"], "port": endpoint["Port"]}


def _open(place: dict[str, Any], **more: Any) -> Any:
    return cast(Any, redis).Redis(**place, **more)


def _cluster(place: dict[str, Any], **more: Any) -> Any:
    return cast(Any, redis).RedisCluster(host=place["Address"], port=place["Port"], **more)


def _servers(home: Path) -> list[psutil.Process]:
    """The servers, which show no path in their command line, by the folder that they run in."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] == "valkey-server" and process.info["status"] != psutil.STATUS_ZOMBIE:
            with suppress(psutil.Error):
                found += [process] if process.cwd().startswith(str(home)) else []
    return found


def test_a_group_answers_at_its_endpoints_when_it_is_made(make: Callable[..., dict[str, Any]]) -> None:
    group = make("answers", NumCacheClusters=2)
    _open(_primary(group)).set("basket", "full")
    reader = group["NodeGroups"][0]["ReaderEndpoint"]
    assert _open({"host": reader["Address"], "port": reader["Port"]}).get("basket") == b"full"


def test_encryption_in_transit_is_asked_of_every_client(make: Callable[..., dict[str, Any]], authority: str) -> None:
    place = _primary(make("sealed", NumCacheClusters=2, TransitEncryptionEnabled=True))
    assert _open(place, ssl=True, ssl_ca_certs=authority).ping()
    with pytest.raises(redis.ConnectionError):
        _open(place).ping()
    assert _open(place, ssl=True, ssl_ca_certs=authority.replace("authority.pem", "trusted.pem")).ping()
    with pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
        _open(place, ssl=True).ping()


def test_preferred_encryption_lets_both_in_and_keeps_the_port(
    make: Callable[..., dict[str, Any]], client: Clients, authority: str
) -> None:
    place = _primary(make("moving", NumCacheClusters=2))
    client("elasticache").modify_replication_group(
        ReplicationGroupId="moving",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode="preferred",
        ApplyImmediately=True,
    )
    assert _primary(_seen(client, "moving")) == place
    assert _open(place).ping()
    assert _open(place, ssl=True, ssl_ca_certs=authority).ping()


def test_a_token_opens_a_group_and_is_rotated_without_losing_data(
    make: Callable[..., dict[str, Any]], client: Clients, authority: str
) -> None:
    place = _primary(make("token", NumCacheClusters=2, TransitEncryptionEnabled=True, AuthToken=_TOKEN))
    tls = {"ssl": True, "ssl_ca_certs": authority}
    _open(place, **tls, password=_TOKEN).set("basket", "full")
    with pytest.raises(redis.AuthenticationError):
        _open(place, **tls).ping()
    change = {"ReplicationGroupId": "token", "AuthToken": "another-long-token-yet", "ApplyImmediately": True}
    client("elasticache").modify_replication_group(**change, AuthTokenUpdateStrategy="ROTATE")
    for token in (_TOKEN, "another-long-token-yet"):
        assert _open(place, **tls, password=token).get("basket") == b"full"
    client("elasticache").modify_replication_group(**change, AuthTokenUpdateStrategy="SET")
    with pytest.raises(redis.AuthenticationError):
        _open(place, **tls, password=_TOKEN).ping()


def test_users_do_what_their_access_string_allows_and_no_more(client: Clients, authority: str) -> None:
    make_user = client("elasticache").create_user
    make_user(UserId="nobody", UserName="default", Engine="valkey", AccessString="off -@all", NoPasswordRequired=True)
    mode = {"Type": "password", "Passwords": [_TOKEN]}
    make_user(UserId="shop", UserName="shop", Engine="valkey", AccessString="on ~s:* +@all", AuthenticationMode=mode)
    client("elasticache").create_user_group(UserGroupId="people", Engine="valkey", UserIds=["nobody", "shop"])
    client("elasticache").create_serverless_cache(ServerlessCacheName="open", Engine="valkey", UserGroupId="people")
    found = client("elasticache").describe_serverless_caches(ServerlessCacheName="open")["ServerlessCaches"][0]
    tls = {"ssl": True, "ssl_ca_certs": authority}
    shop = _cluster(found["Endpoint"], **tls, username="shop", password=_TOKEN)
    shop.set("s:basket", "full")
    with pytest.raises(NoPermissionError):
        shop.set("other", "x")
    with pytest.raises(NoPermissionError):
        shop.execute_command("CONFIG", "GET", "*", target_nodes="random")
    place = {"host": found["Endpoint"]["Address"], "port": found["Endpoint"]["Port"]}
    with pytest.raises(redis.AuthenticationError):
        _open(place, **tls, username="shop", password="guess").ping()
    with pytest.raises(redis.AuthenticationError):
        _open(place, **tls).get("s:basket")
    client("elasticache").modify_user(UserId="shop", AccessString="on ~s:* +@read")
    with pytest.raises(NoPermissionError):
        shop.set("s:basket", "empty")
    assert shop.get("s:basket") == b"full"
    client("elasticache").delete_serverless_cache(ServerlessCacheName="open")


def test_an_access_string_may_name_all_channels(client: Clients) -> None:
    names = {"UserId": "channels", "UserName": "channels", "Engine": "valkey"}
    made = client("elasticache").create_user(**names, AccessString="on ~* &* +@all", AuthenticationMode={"Type": "iam"})
    (found,) = client("elasticache").describe_users(UserId="channels")["Users"]
    assert made["AccessString"] == found["AccessString"] == "on ~* &* +@all"
    assert found["Authentication"]["Type"] == "iam"


def test_replicas_that_come_and_go_are_members(make: Callable[..., dict[str, Any]], client: Clients) -> None:
    make("replicas", NumNodeGroups=2, ReplicasPerNodeGroup=1, CacheParameterGroupName="default.valkey8.cluster.on")
    change = {"ReplicationGroupId": "replicas", "ApplyImmediately": True}
    client("elasticache").increase_replica_count(**change, NewReplicaCount=2)
    members = _seen(client, "replicas")["MemberClusters"]
    assert len(members) == 6
    for member in members:
        client("elasticache").describe_cache_clusters(CacheClusterId=member)
    client("elasticache").modify_replication_group_shard_configuration(**change, NodeGroupCount=3)
    assert len(_seen(client, "replicas")["MemberClusters"]) == 9
    client("elasticache").decrease_replica_count(**change, NewReplicaCount=1)
    assert len(_seen(client, "replicas")["MemberClusters"]) == 6


def test_a_group_of_shards_grows_and_shrinks_with_its_data(
    make: Callable[..., dict[str, Any]], client: Clients, authority: str, home: Path
) -> None:
    group = make(
        "shards",
        NumNodeGroups=2,
        ReplicasPerNodeGroup=1,
        CacheParameterGroupName="default.valkey8.cluster.on",
        AutomaticFailoverEnabled=True,
        TransitEncryptionEnabled=True,
    )
    tls = {"ssl": True, "ssl_ca_certs": authority}
    cluster = _cluster(group["ConfigurationEndpoint"], **tls)
    assert len(cluster.get_primaries()) == 2
    for index in range(200):
        cluster.set(f"key:{index}", index)
    for count in (4, 2):
        client("elasticache").modify_replication_group_shard_configuration(
            ReplicationGroupId="shards", NodeGroupCount=count, ApplyImmediately=True
        )
        group = _seen(client, "shards")
        assert len(group["NodeGroups"]) == count
        assert len(group["MemberClusters"]) == 2 * count
        assert len(_servers(home)) == count
        cluster = _cluster(group["ConfigurationEndpoint"], **tls)
        assert len(cluster.get_primaries()) == count
        assert [int(cluster.get(f"key:{index}")) for index in range(200)] == list(range(200))


def test_a_parameter_group_sets_what_is_evicted(make: Callable[..., dict[str, Any]], client: Clients) -> None:
    client("elasticache").create_cache_parameter_group(
        CacheParameterGroupName="own", CacheParameterGroupFamily="valkey8", Description="x"
    )
    client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="own",
        ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}],
    )
    place = _primary(make("evicts", NumCacheClusters=1, CacheParameterGroupName="own"))
    assert _open(place).info("memory")["maxmemory_policy"] == "allkeys-lru"


def test_a_deleted_cache_has_neither_process_nor_folder(
    make: Callable[..., dict[str, Any]], client: Clients, home: Path
) -> None:
    make("gone", NumCacheClusters=1)
    folder = next((home / "emulator" / "caches").glob("*/*/group/gone"))
    client("elasticache").delete_replication_group(ReplicationGroupId="gone")
    assert not folder.exists()
    assert not _servers(home)


def test_a_server_that_dies_comes_back_at_its_port(make: Callable[..., dict[str, Any]], home: Path) -> None:
    place = _primary(make("fallen", NumCacheClusters=1))
    _servers(home)[0].kill()
    deadline = time.monotonic() + 20
    while True:
        try:
            assert _open(place).ping()
            break
        except redis.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_an_engine_without_a_server_is_a_record(client: Clients, home: Path) -> None:
    client("elasticache").create_cache_cluster(
        CacheClusterId="old", Engine="memcached", CacheNodeType="cache.t4g.micro", NumCacheNodes=1
    )
    assert not _servers(home)
    client("elasticache").delete_cache_cluster(CacheClusterId="old")


def test_no_secret_is_in_a_log_or_a_command_line(make: Callable[..., dict[str, Any]], home: Path) -> None:
    make("silent", NumCacheClusters=1, TransitEncryptionEnabled=True, AuthToken=_TOKEN)
    told = [path.read_text(errors="replace") for path in (home / "emulator").rglob("*log") if path.is_file()]
    told += [" ".join(process.cmdline()) for process in _servers(home)]
    assert told
    assert not any(_TOKEN in text for text in told)
