"""Rules of transport to data, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def postgres(**properties: Any) -> None:
    aws.rds.Instance("orders", instance_class="db.m7g.large", engine="postgres", **properties)


def forced(value: Any, version: str = "14.9") -> None:
    parameter: Any = {"name": "rds.force_ssl", "value": value}
    group = aws.rds.ParameterGroup("strict", family="postgres14", parameters=[parameter])
    postgres(engine_version=version, parameter_group_name=group.name)


def aurora(**properties: Any) -> None:
    engine: Any = "aurora-mysql"
    aws.rds.Cluster("orders", engine=engine, **properties)


def of_engine(engine: str, **properties: Any) -> None:
    aws.rds.Instance("orders", instance_class="db.m7g.large", engine=engine, **properties)


def set_in_aurora(value: Any) -> None:
    parameters: Any = [{"name": "time_zone", "value": "UTC"}, {"name": "require_secure_transport", "value": value}]
    group = aws.rds.ClusterParameterGroup("strict", family="aurora-mysql8.0", parameters=parameters)
    aurora(db_cluster_parameter_group_name=group.name)


def another_parameter(version: str) -> None:
    parameters: Any = [{"name": "log_statement", "value": "1"}]
    group = aws.rds.ParameterGroup("verbose", family=f"postgres{version[:2]}", parameters=parameters)
    postgres(engine_version=version, parameter_group_name=group.name)


def aurora_postgres(version: str) -> None:
    aws.rds.Cluster("orders", engine="aurora-postgresql", engine_version=version)


def proxy(**properties: Any) -> None:
    role = "arn:aws:iam::123456789012:role/proxy"
    aws.rds.Proxy(
        "door", auths=[], engine_family="POSTGRESQL", role_arn=role, vpc_subnet_ids=["subnet-1"], **properties
    )


def cache(**properties: Any) -> None:
    aws.elasticache.ReplicationGroup("cache", description="hot", **properties)


def search(https: Any = None, nodes: Any = None) -> None:
    endpoint: Any = {"enforce_https": https}
    aws.opensearch.Domain("search", domain_endpoint_options=endpoint, node_to_node_encryption={"enabled": nodes})


def brokers(**transit: Any) -> None:
    nodes: Any = {"client_subnets": ["subnet-1"], "instance_type": "kafka.m7g.large", "security_groups": ["sg-1"]}
    info: Any = {"encryption_in_transit": transit}
    aws.msk.Cluster(
        "events", kafka_version="3.8.x", number_of_broker_nodes=3, broker_node_group_info=nodes, encryption_info=info
    )


TRANSIT = "encryptionInfo.encryptionInTransit"

CASES = [
    passes("sec-rds-tls", "the default since PostgreSQL 15", lambda: postgres(engine_version="16.3")),
    passes("sec-rds-tls", "a recent one", postgres),
    passes("sec-rds-tls", "forced", lambda: forced("1")),
    passes("sec-rds-tls", "not known", lambda: forced(later("1")), left=("orders",)),
    passes(
        "sec-rds-tls",
        "a group of another stack",
        lambda: postgres(parameter_group_name="strict"),
        left=("orders",),
        left_after=("orders",),
    ),
    refuses(
        "sec-rds-tls",
        "an older one",
        lambda: postgres(engine_version="14.9"),
        ("orders", "parameterGroupName", "rds.force_ssl not set", "1"),
    ),
    refuses(
        "sec-rds-tls",
        "switched off",
        lambda: forced("0", "16.3"),
        ("orders", "parameterGroupName", "rds.force_ssl 0", "1"),
    ),
    refuses(
        "sec-rds-tls",
        "MySQL in Aurora",
        aurora,
        ("orders", "dbClusterParameterGroupName", "require_secure_transport not set", "1"),
    ),
    passes("sec-rds-proxy-tls", "asked for", lambda: proxy(require_tls=True)),
    passes("sec-rds-proxy-tls", "not known", lambda: proxy(require_tls=later(True)), left=("door",)),
    refuses("sec-rds-proxy-tls", "the default", proxy, ("door", "requireTls", "nothing", "true")),
    passes("sec-elasticache-tls", "TLS", lambda: cache(transit_encryption_enabled=True)),
    passes("sec-elasticache-tls", "the default of Valkey", lambda: cache(engine="valkey")),
    passes("sec-elasticache-tls", "not known", lambda: cache(transit_encryption_enabled=later(True)), left=("cache",)),
    refuses("sec-elasticache-tls", "the default", cache, ("cache", "transitEncryptionEnabled", "nothing", "true")),
    passes("sec-opensearch-tls", "both", lambda: search(https=True, nodes=True)),
    passes("sec-opensearch-tls", "not known", lambda: search(https=later(True), nodes=True), left=("search",)),
    refuses(
        "sec-opensearch-tls",
        "neither",
        search,
        ("search", "domainEndpointOptions.enforceHttps", "nothing", "true"),
        ("search", "nodeToNodeEncryption.enabled", "nothing", "true"),
    ),
    passes("sec-msk-tls", "the default", brokers),
    passes("sec-msk-tls", "not known", lambda: brokers(client_broker=later("TLS")), left=("events",)),
    refuses(
        "sec-msk-tls",
        "in clear text",
        lambda: brokers(client_broker="TLS_PLAINTEXT", in_cluster=False),
        ("events", f"{TRANSIT}.clientBroker", '"TLS_PLAINTEXT"', '"TLS"'),
        ("events", f"{TRANSIT}.inCluster", "false", "true"),
    ),
    passes("sec-rds-tls", "a replica", lambda: postgres(engine_version="14.9", replicate_source_db="primary")),
    passes("sec-rds-tls", "an engine without such a parameter", lambda: of_engine("sqlserver-se")),
    passes("sec-rds-tls", "the first major version, without a minor one", lambda: postgres(engine_version="15")),
    passes("sec-rds-tls", "another parameter, and the default", lambda: another_parameter("16.3")),
    passes("sec-rds-tls", "Aurora's PostgreSQL 17", lambda: aurora_postgres("17.4")),
    passes("sec-rds-tls", "Aurora's MySQL that is told to", lambda: set_in_aurora("ON")),
    passes("sec-rds-tls", "MySQL 8.4", lambda: of_engine("mysql", engine_version="8.4.3")),
    passes("sec-rds-tls", "MariaDB 11.8", lambda: of_engine("mariadb", engine_version="11.8.3")),
    refuses(
        "sec-rds-tls",
        "another parameter",
        lambda: another_parameter("14.9"),
        ("orders", "parameterGroupName", "rds.force_ssl not set", "1"),
    ),
    refuses(
        "sec-rds-tls",
        "Aurora's PostgreSQL 16",
        lambda: aurora_postgres("16.6"),
        ("orders", "dbClusterParameterGroupName", "rds.force_ssl not set", "1"),
    ),
    refuses(
        "sec-rds-tls",
        "Aurora's MySQL that is told not to",
        lambda: set_in_aurora("OFF"),
        ("orders", "dbClusterParameterGroupName", "require_secure_transport OFF", "1"),
    ),
    *(
        refuses(
            "sec-rds-tls",
            f"{engine} {version}",
            lambda engine=engine, version=version: of_engine(engine, engine_version=version),
            ("orders", "parameterGroupName", "require_secure_transport not set", "1"),
        )
        for engine, version in (
            ("mysql", "8.0.40"),
            ("mysql", "8.3.0"),
            ("mariadb", "10.11.9"),
            ("mariadb", "11.7.2"),
        )
    ),
    refuses(
        "sec-opensearch-tls",
        "nodes that do not, and HTTPS that is not known",
        lambda: search(https=later(True), nodes=False),
        ("search", "nodeToNodeEncryption.enabled", "false", "true"),
        left=("search",),
    ),
    refuses(
        "sec-opensearch-tls",
        "HTTP, and nodes that are not known",
        lambda: search(https=False, nodes=later(True)),
        ("search", "domainEndpointOptions.enforceHttps", "false", "true"),
        left=("search",),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
