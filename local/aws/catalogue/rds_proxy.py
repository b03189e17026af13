"""RDS Proxy: proxies, their default target group and its targets. A proxy's endpoint leads to the database itself."""

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType
from local.aws.catalogue.rds import tagging

_GIVEN = {"DBProxyName": "$id"}

PROXY = ResourceType(
    token="aws:rds/proxy:Proxy",
    service="rds",
    create=Operation(name="create_db_proxy"),
    id="$name",
    read=(Read(name="describe_db_proxies", params=_GIVEN, at="DBProxies[0]"),),
    update=(
        Operation(name="modify_db_proxy", params=_GIVEN, never=frozenset({"name"})),
        Operation(
            name="modify_db_proxy",
            params=_GIVEN,
            on=frozenset({"vpcSecurityGroupIds"}),
            delivers=lambda scope: {"SecurityGroups": scope["vpcSecurityGroupIds"]},
        ),
    ),
    delete=Operation(name="delete_db_proxy", params=_GIVEN),
    ready="Status=='available'",
    names={"name": "DBProxyName", "auths": "Auth", "auths.iamAuth": "IAMAuth", "auths.username": "UserName"},
    outputs={"arn": "DBProxyArn", "endpoint": "Endpoint", "idleClientTimeout": "IdleClientTimeout"},
    required=frozenset({"engineFamily", "roleArn", "vpcSubnetIds"}),
    limits={"idleClientTimeout": range(1, 28801)},
    replace_on=frozenset({"engineFamily", "vpcSubnetIds", "endpointNetworkType", "targetConnectionNetworkType"}),
    tagging=tagging("$arn"),
    naming=Naming(limit=63),
)

_GROUP = {"DBProxyName": "$dbProxyName", "TargetGroupName": "default"}
_POOL = Operation(name="modify_db_proxy_target_group", params=_GROUP, only=frozenset({"connectionPoolConfig"}))

PROXY_DEFAULT_TARGET_GROUP = ResourceType(
    token="aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
    service="rds",
    create=_POOL,
    id="$dbProxyName",
    read=(
        Read(
            name="describe_db_proxy_target_groups",
            params={"DBProxyName": "$dbProxyName"},
            at="TargetGroups[?IsDefault] | [0]",
        ),
    ),
    update=(_POOL,),
    # It is made and goes with its proxy.
    delete=None,
    outputs={"arn": "TargetGroupArn", "name": "TargetGroupName"},
    required=frozenset({"dbProxyName"}),
    replace_on=frozenset({"dbProxyName"}),
)


def _target(properties: Properties) -> Properties:
    """What the target is, as its id says it."""
    cluster = properties.get("dbClusterIdentifier")
    return {
        "kind": "TRACKED_CLUSTER" if cluster else "RDS_INSTANCE",
        "target": cluster or properties.get("dbInstanceIdentifier", ""),
    }


def _which(scope: Properties) -> Properties:
    name = "DBClusterIdentifiers" if scope["kind"] == "TRACKED_CLUSTER" else "DBInstanceIdentifiers"
    return {name: [scope["target"]]}


_TARGETS = {"DBProxyName": "$dbProxyName", "TargetGroupName": "$targetGroupName"}

PROXY_TARGET = ResourceType(
    token="aws:rds/proxyTarget:ProxyTarget",
    service="rds",
    create=Operation(name="register_db_proxy_targets", params=_TARGETS),
    id="$dbProxyName/$targetGroupName/$kind/$target",
    read=(
        Read(
            name="describe_db_proxy_targets",
            params=_TARGETS,
            at="Targets[?RdsResourceId=='$target' && Type=='$kind'] | [0]",
        ),
    ),
    delete=Operation(name="deregister_db_proxy_targets", params=_TARGETS, delivers=_which),
    names={"dbClusterIdentifier": "DBClusterIdentifiers", "dbInstanceIdentifier": "DBInstanceIdentifiers"},
    outputs={
        "endpoint": "Endpoint",
        "port": "Port",
        "rdsResourceId": "RdsResourceId",
        "targetArn": "TargetArn",
        "trackedClusterId": "TrackedClusterId",
        "type": "Type",
    },
    required=frozenset({"dbProxyName", "targetGroupName"}),
    replace_on=frozenset({"dbProxyName", "targetGroupName"}),
    not_returned=dict.fromkeys(
        ("dbClusterIdentifier", "dbInstanceIdentifier"), "AWS tells it as the target's resource"
    ),
    derived=_target,
)

_ENDPOINT = {"DBProxyEndpointName": "$dbProxyEndpointName"}

PROXY_ENDPOINT = ResourceType(
    token="aws:rds/proxyEndpoint:ProxyEndpoint",
    service="rds",
    create=Operation(name="create_db_proxy_endpoint"),
    id="$dbProxyName/$dbProxyEndpointName",
    read=(Read(name="describe_db_proxy_endpoints", params=_ENDPOINT, at="DBProxyEndpoints[0]"),),
    update=(Operation(name="modify_db_proxy_endpoint", params=_ENDPOINT, only=frozenset({"vpcSecurityGroupIds"})),),
    delete=Operation(name="delete_db_proxy_endpoint", params=_ENDPOINT),
    ready="Status=='available'",
    outputs={"arn": "DBProxyEndpointArn", "endpoint": "Endpoint", "isDefault": "IsDefault", "vpcId": "VpcId"},
    defaults={"targetRole": "READ_WRITE"},
    required=frozenset({"dbProxyName", "dbProxyEndpointName", "vpcSubnetIds"}),
    replace_on=frozenset({"dbProxyName", "dbProxyEndpointName", "vpcSubnetIds", "targetRole"}),
    tagging=tagging("$arn"),
)
