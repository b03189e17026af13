"""Transport between tiers and their data: databases, caches, search and brokers speak TLS."""

import re
from typing import Final

from pulumi_policy import Severity

from .flags import switched_on, switched_on_in_cache
from .rule import ADVISORY, Settings, control, resource_rule, stack_rule
from .tokens import (
    CACHE_REPLICATION_GROUP,
    MSK_CLUSTER,
    OPENSEARCH_DOMAIN,
    RDS_CLUSTER,
    RDS_CLUSTER_PARAMETER_GROUP,
    RDS_INSTANCE,
    RDS_PARAMETER_GROUP,
    RDS_PROXY,
)
from .view import Findings, Resource, Stack, attempt

_GROUPS = {
    RDS_INSTANCE: ("parameterGroupName", RDS_PARAMETER_GROUP),
    RDS_CLUSTER: ("dbClusterParameterGroupName", RDS_CLUSTER_PARAMETER_GROUP),
}
_TLS_FROM: Final[dict[str, tuple[str, tuple[int, ...] | None]]] = {
    "postgres": ("rds.force_ssl", (15,)),
    "aurora-postgresql": ("rds.force_ssl", (17,)),
    "mysql": ("require_secure_transport", (8, 4)),
    "mariadb": ("require_secure_transport", (11, 8)),
    "aurora-mysql": ("require_secure_transport", None),
}
"""By engine, the parameter that refuses clients without TLS, and the version since which AWS sets it."""


@stack_rule(
    "sec-rds-tls",
    on=tuple(_GROUPS),
    title="Databases refuse connections without TLS",
    severity=Severity.MEDIUM,
    remediation="Set rds.force_ssl (PostgreSQL) or require_secure_transport (MySQL) to 1 in a parameter group.",
    source=control("RDS.41", "CKV2_AWS_69", practice="SEC09-BP02"),
    level=ADVISORY,
)
def database_requires_tls(database: Resource, stack: Stack, _: Settings) -> Findings:
    """A database refuses clients that do not speak TLS.

    A driver that falls back to clear text does so without a word.
    """
    parameter, since = _TLS_FROM.get(database["engine"].text() or "", (None, None))
    if parameter is None or database["replicateSourceDb"].given:
        return
    name, group_type = _GROUPS[database.type]
    group = database[name]
    value = None if not group.given else _value(stack.links(group, group_type).one(), parameter)
    if value is None and since is not None and _is_from(database, since):
        return
    if value is None or value.lower() not in {"1", "on"}:
        yield group.violates(
            found=f"{parameter} {value or 'not set'}", allowed="1", fix=f"set {parameter} to 1 in a parameter group."
        )


def _value(group: Resource, name: str) -> str | None:
    for parameter in group["parameters"].items():
        if parameter["name"].text() == name:
            return parameter["value"].text()
    return None


def _is_from(database: Resource, version: tuple[int, ...]) -> bool:
    """Whether a database is of a version or later; where none is named AWS takes a recent one."""
    text = database["engineVersion"].text()
    return text is None or tuple(int(number) for number in re.findall(r"[0-9]+", text)) >= version


@resource_rule(
    "sec-rds-proxy-tls",
    on=(RDS_PROXY,),
    title="Database proxies refuse connections without TLS",
    severity=Severity.MEDIUM,
    remediation="Set requireTls to true.",
    source=control("RDS.41", practice="SEC09-BP02"),
)
def proxy_requires_tls(proxy: Resource, _: Settings) -> Findings:
    """A proxy before a database refuses clients that do not speak TLS.

    The parameter of the database does not reach the way from the client to the proxy.
    """
    yield from switched_on(proxy["requireTls"])


@resource_rule(
    "sec-elasticache-tls",
    on=(CACHE_REPLICATION_GROUP,),
    title="Caches speak TLS",
    severity=Severity.MEDIUM,
    remediation="Set transitEncryptionEnabled to true.",
    source=control("ElastiCache.5", "CKV_AWS_30", practice="SEC09-BP02"),
)
def cache_speaks_tls(cache: Resource, _: Settings) -> Findings:
    """A cache speaks TLS with its clients and among its nodes.

    Sessions and passwords travel otherwise in clear text. Valkey does it by itself.
    """
    yield from switched_on_in_cache(cache, "transitEncryptionEnabled")


@resource_rule(
    "sec-opensearch-tls",
    on=(OPENSEARCH_DOMAIN,),
    title="Search domains speak TLS",
    severity=Severity.MEDIUM,
    remediation="Set domainEndpointOptions.enforceHttps and nodeToNodeEncryption.enabled to true.",
    source=control("Opensearch.8", "CKV_AWS_83", "CKV_AWS_6", "CKV_AWS_228", practice="SEC09-BP02"),
)
def search_speaks_tls(domain: Resource, _: Settings) -> Findings:
    """A search domain refuses HTTP, and speaks TLS among its nodes.

    A query in clear text tells what users look for, and the answer what they find. So says Opensearch.3.
    """
    yield from attempt(switched_on(domain["domainEndpointOptions.enforceHttps"]))
    yield from attempt(switched_on(domain["nodeToNodeEncryption.enabled"]))


@resource_rule(
    "sec-msk-tls",
    on=(MSK_CLUSTER,),
    title="Brokers speak TLS",
    severity=Severity.MEDIUM,
    remediation='Set encryptionInfo.encryptionInTransit.clientBroker to "TLS", and inCluster to true.',
    source=control("MSK.1", "CKV_AWS_81", practice="SEC09-BP02"),
)
def brokers_speak_tls(cluster: Resource, _: Settings) -> Findings:
    """A Kafka cluster speaks TLS with clients and among its brokers.

    That is the default; a cluster that also listens in clear text is read in clear text.
    """
    transit = cluster["encryptionInfo.encryptionInTransit"]
    clients, brokers = transit["clientBroker"], transit["inCluster"]
    if brokers.flag() is False:
        yield brokers.violates(allowed="true", fix=f"set {brokers.path} to true.")
    if clients.text() not in {None, "TLS"}:
        yield clients.violates(allowed='"TLS"', fix=f'set {clients.path} to "TLS".')
