"""The catalogue held against pulumi-aws's own SDK and its provider: names, what replaces, what is always given."""

import importlib
import inspect
import re
from typing import Any

import pytest

from local.aws import calls, resources
from local.aws.catalogue import CATALOGUE
from local.aws.catalogue.entry import ResourceType
from local.aws.values import UNKNOWN
from tests.local.aws.catalogue import (
    test_acm,
    test_autoscaling,
    test_budgets,
    test_cloudfront,
    test_cloudwatch,
    test_dynamodb,
    test_ecs,
    test_elasticache,
    test_elb,
    test_events,
    test_flow_logs,
    test_functions,
    test_iam,
    test_instances,
    test_keys,
    test_kinesis,
    test_launch_template,
    test_log_delivery,
    test_log_queries,
    test_rds,
    test_route53,
    test_s3,
    test_scheduler,
    test_security_groups,
    test_ses,
    test_sns,
    test_sns_push,
    test_sqs,
    test_vpc,
    test_vpc_endpoints,
    test_vpc_gateways,
    test_vpc_routes,
    test_wafv2,
)
from tests.local.aws.catalogue.life import Case, World

CASES: list[Case] = [
    case
    for module in (
        test_acm,
        test_autoscaling,
        test_budgets,
        test_cloudfront,
        test_cloudwatch,
        test_dynamodb,
        test_ecs,
        test_elasticache,
        test_elb,
        test_events,
        test_flow_logs,
        test_functions,
        test_iam,
        test_instances,
        test_keys,
        test_kinesis,
        test_launch_template,
        test_log_delivery,
        test_log_queries,
        test_rds,
        test_route53,
        test_s3,
        test_scheduler,
        test_security_groups,
        test_ses,
        test_sns,
        test_sns_push,
        test_sqs,
        test_vpc,
        test_vpc_endpoints,
        test_vpc_gateways,
        test_vpc_routes,
        test_wafv2,
    )
    for case in module.CASES
]
KINDS = pytest.mark.parametrize("kind", CATALOGUE.values(), ids=[token.rpartition(":")[2] for token in CATALOGUE])
PROVIDED = ("arn", "url", "dnsName", "zoneId", "invokeArn", "streamArn", "ownerId", "uniqueId", "publicIp", "etag")
"""Outputs that the real provider always gives."""

REPLACED = {
    "acm/certificate": {"domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm"},
    "acm/certificateValidation": {"certificateArn"},
    "appautoscaling/policy": {"name", "resourceId", "scalableDimension", "serviceNamespace"},
    "appautoscaling/target": {"resourceId", "scalableDimension", "serviceNamespace"},
    "appautoscaling/scheduledAction": {"name", "resourceId", "scalableDimension", "serviceNamespace"},
    "autoscaling/group": {"name"},
    "autoscaling/policy": {"name", "autoscalingGroupName"},
    "autoscaling/schedule": {"scheduledActionName", "autoscalingGroupName"},
    "budgets/budget": {"name"},
    "cloudfront/distribution": {"staging"},
    "cloudfront/function": {"name"},
    "cloudfront/originAccessControl": set[str](),
    "cloudfront/responseHeadersPolicy": set[str](),
    "cloudwatch/compositeAlarm": {"alarmName", "actionsEnabled"},
    "cloudwatch/dashboard": {"dashboardName"},
    "cloudwatch/eventRule": {"name", "eventBusName"},
    "cloudwatch/eventTarget": {"rule", "targetId", "eventBusName"},
    "cloudwatch/logDelivery": {"deliveryDestinationArn", "deliverySourceName"},
    "cloudwatch/logDeliveryDestination": {"name", "outputFormat"},
    "cloudwatch/logDeliverySource": {"name", "resourceArn", "logType"},
    "cloudwatch/logGroup": {"name", "logGroupClass"},
    "cloudwatch/logMetricFilter": {"name", "logGroupName"},
    "cloudwatch/metricAlarm": {"name"},
    "cloudwatch/queryDefinition": set(),
    "dynamodb/contributorInsights": {"tableName", "indexName", "mode"},
    "dynamodb/kinesisStreamingDestination": {"tableName", "streamArn", "approximateCreationDateTimePrecision"},
    "dynamodb/resourcePolicy": {"resourceArn"},
    "dynamodb/tableItem": {"tableName", "hashKey", "rangeKey"},
    "dynamodb/table": {
        "name",
        "hashKey",
        "rangeKey",
        "localSecondaryIndexes",
        "importTable",
        "restoreBackupArn",
        "restoreDateTime",
        "restoreSourceName",
        "restoreSourceTableArn",
        "restoreToLatestTime",
    },
    "ec2/defaultSecurityGroup": {"vpcId"},
    "ec2/egressOnlyInternetGateway": {"vpcId"},
    "ec2/eip": {"domain", "address"},
    "ec2/flowLog": {"vpcId", "trafficType", "logDestination", "iamRoleArn", "maxAggregationInterval"},
    "ec2/instance": {"ami", "subnetId", "keyName", "userData"},
    "ec2/internetGateway": set[str](),
    "ec2/launchTemplate": {"name"},
    "ec2/natGateway": {"allocationId", "subnetId", "connectivityType", "privateIp", "availabilityMode", "vpcId"},
    "ec2/route": {"routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"},
    "ec2/routeTable": {"vpcId"},
    "ec2/routeTableAssociation": {"subnetId"},
    "ec2/securityGroup": {"name", "description", "vpcId"},
    "ec2/subnet": {"vpcId", "cidrBlock", "availabilityZone"},
    "ec2/vpc": {"cidrBlock", "instanceTenancy"},
    "ec2/vpcEndpoint": {"vpcId", "serviceName", "vpcEndpointType"},
    "ecs/cluster": {"name"},
    "ecs/clusterCapacityProviders": {"clusterName"},
    "ecs/service": {"cluster", "iamRole", "launchType", "name", "schedulingStrategy"},
    "ecs/taskDefinition": {
        "containerDefinitions",
        "cpu",
        "enableFaultInjection",
        "ephemeralStorage",
        "executionRoleArn",
        "family",
        "ipcMode",
        "memory",
        "networkMode",
        "pidMode",
        "placementConstraints",
        "proxyConfiguration",
        "requiresCompatibilities",
        "runtimePlatform",
        "taskRoleArn",
        "volumes",
    },
    "elasticache/cluster": {
        "availabilityZone",
        "clusterId",
        "engine",
        "networkType",
        "outpostMode",
        "port",
        "preferredOutpostArn",
        "replicationGroupId",
        "snapshotArns",
        "snapshotName",
        "subnetGroupName",
        "transitEncryptionEnabled",
    },
    "elasticache/parameterGroup": {"name", "family", "description"},
    "elasticache/replicationGroup": {
        "atRestEncryptionEnabled",
        "dataTieringEnabled",
        "globalReplicationGroupId",
        "kmsKeyId",
        "networkType",
        "port",
        "replicationGroupId",
        "securityGroupNames",
        "snapshotArns",
        "snapshotName",
        "subnetGroupName",
    },
    "elasticache/serverlessCache": {"name", "kmsKeyId", "networkType", "snapshotArnsToRestores", "subnetIds"},
    "elasticache/subnetGroup": {"name"},
    "elasticache/user": {"userId", "userName"},
    "elasticache/userGroup": {"userGroupId"},
    "elasticache/userGroupAssociation": {"userGroupId", "userId"},
    "iam/instanceProfile": {"name", "path"},
    "iam/openIdConnectProvider": {"url"},
    "iam/policy": {"name", "path", "description"},
    "iam/role": {"name", "path"},
    "iam/rolePolicy": {"role", "name"},
    "iam/rolePolicyAttachment": {"role", "policyArn"},
    "kinesis/stream": {"name"},
    "kms/alias": {"name"},
    "kms/key": {"keyUsage", "customerMasterKeySpec", "multiRegion"},
    "kms/keyPolicy": {"keyId"},
    "lambda/alias": {"name", "functionName"},
    "lambda/eventSourceMapping": {"eventSourceArn", "startingPosition"},
    "lambda/function": {"name", "packageType"},
    "lambda/functionEventInvokeConfig": {"functionName", "qualifier"},
    "lambda/functionUrl": {"functionName", "qualifier"},
    "lambda/permission": {"action", "function", "principal", "sourceArn", "statementId", "sourceAccount"},
    "lambda/provisionedConcurrencyConfig": {"functionName", "qualifier"},
    "lb/listener": {"loadBalancerArn"},
    "lb/listenerCertificate": {"listenerArn", "certificateArn"},
    "lb/listenerRule": {"listenerArn"},
    "lb/loadBalancer": {"name", "internal", "loadBalancerType"},
    "lb/targetGroup": {"name", "port", "protocol", "protocolVersion", "vpcId", "targetType", "ipAddressType"},
    "mediaconvert/queue": {"name", "pricingPlan"},
    "rds/cluster": {
        "availabilityZones",
        "clusterIdentifier",
        "clusterScalabilityType",
        "databaseName",
        "dbSubnetGroupName",
        "dbSystemId",
        "engine",
        "engineMode",
        "kmsKeyId",
        "masterUsername",
        "restoreToPointInTime",
        "s3Import",
        "snapshotIdentifier",
        "sourceRegion",
        "storageEncrypted",
    },
    "rds/clusterInstance": {
        "availabilityZone",
        "clusterIdentifier",
        "customIamInstanceProfile",
        "dbSubnetGroupName",
        "engine",
        "engineVersion",
        "identifier",
        "performanceInsightsKmsKeyId",
    },
    "rds/clusterParameterGroup": {"name", "family", "description"},
    "rds/instance": {
        "availabilityZone",
        "backupTarget",
        "characterSetName",
        "customIamInstanceProfile",
        "dbName",
        "engine",
        "kmsKeyId",
        "ncharCharacterSetName",
        "performanceInsightsKmsKeyId",
        "restoreToPointInTime",
        "s3Import",
        "snapshotIdentifier",
        "storageEncrypted",
        "timezone",
        "username",
    },
    "rds/parameterGroup": {"name", "family", "description"},
    "rds/proxy": {"name", "engineFamily", "vpcSubnetIds", "endpointNetworkType", "targetConnectionNetworkType"},
    "rds/proxyDefaultTargetGroup": {"dbProxyName"},
    "rds/eventSubscription": {"name", "sourceType"},
    "rds/proxyEndpoint": {"dbProxyName", "dbProxyEndpointName", "vpcSubnetIds", "targetRole"},
    "rds/proxyTarget": {"dbProxyName", "targetGroupName", "dbClusterIdentifier", "dbInstanceIdentifier"},
    "rds/subnetGroup": {"name"},
    "route53/record": {"name", "zoneId"},
    "route53/zone": {"name"},
    "s3/bucket": {"bucket", "objectLockEnabled"},
    "s3/bucketCorsConfiguration": {"bucket"},
    "s3/bucketLifecycleConfiguration": {"bucket"},
    "s3/bucketLogging": {"bucket"},
    "s3/bucketMetric": {"bucket", "name"},
    "s3/bucketNotification": {"bucket"},
    "s3/bucketObjectv2": {"bucket", "key"},
    "s3/bucketOwnershipControls": {"bucket"},
    "s3/bucketPolicy": {"bucket"},
    "s3/bucketPublicAccessBlock": {"bucket"},
    "s3/bucketReplicationConfig": {"bucket"},
    "s3/bucketServerSideEncryptionConfiguration": {"bucket"},
    "s3/bucketVersioning": {"bucket"},
    "scheduler/schedule": {"name", "groupName"},
    "secretsmanager/secret": {"name"},
    "secretsmanager/secretRotation": {"secretId"},
    "secretsmanager/secretVersion": {"secretId", "secretString"},
    "ses/template": {"name"},
    "sesv2/configurationSet": {"configurationSetName"},
    "sesv2/configurationSetEventDestination": {"configurationSetName", "eventDestinationName"},
    "sesv2/emailIdentity": {"emailIdentity"},
    "sesv2/emailIdentityFeedbackAttributes": {"emailIdentity"},
    "sesv2/emailIdentityMailFromAttributes": {"emailIdentity"},
    "sesv2/emailIdentityPolicy": {"emailIdentity", "policyName"},
    "sns/dataProtectionPolicy": {"arn"},
    "sns/platformApplication": {"name", "platform"},
    "sns/topic": {"name", "fifoTopic"},
    "sns/topicPolicy": {"arn"},
    "sns/topicSubscription": {"topic", "protocol", "endpoint"},
    "sqs/queue": {"name", "fifoQueue"},
    "sqs/queuePolicy": {"queueUrl"},
    "sqs/redriveAllowPolicy": {"queueUrl"},
    "sqs/redrivePolicy": {"queueUrl"},
    "ssm/parameter": {"name", "dataType"},
    "vpc/securityGroupEgressRule": {"securityGroupId"},
    "vpc/securityGroupIngressRule": {"securityGroupId"},
    "wafv2/webAcl": {"name", "scope"},
    "wafv2/webAclAssociation": {"resourceArn", "webAclArn"},
    "xray/group": {"groupName"},
    "xray/samplingRule": {"ruleName", "version"},
}
"""What forces a new resource in the provider's own schemas (``ForceNew``), for the properties that are catalogued."""

STAYS_OURS = {
    # property: why a replacement here is an update in the real provider
    ("ec2/instance", "instanceType"): "the emulator changes no instance",
    ("ec2/instance", "vpcSecurityGroupIds"): "the emulator changes no instance",
    ("ec2/instance", "metadataOptions"): "the emulator changes no instance",
    ("ec2/instance", "iamInstanceProfile"): "the emulator changes no instance",
    ("ec2/instance", "rootBlockDevice"): "the emulator changes no instance",
    ("ec2/routeTableAssociation", "routeTableId"): "AWS gives the association a new id, which an update cannot tell",
    ("iam/openIdConnectProvider", "clientIdLists"): "the emulator changes no identity provider",
    ("iam/openIdConnectProvider", "thumbprintLists"): "the emulator changes no identity provider",
    ("secretsmanager/secretVersion", "versionStages"): "labels move between versions, and only whole versions are made",
    ("secretsmanager/secretVersion", "secretBinary"): "as secretString",
    ("acm/certificate", "certificateAuthorityArn"): "forces a new resource in the real provider too",
    ("rds/cluster", "globalClusterIdentifier"): "AWS has calls of their own for it, which the emulator's clusters lack",
    ("rds/cluster", "replicationSourceIdentifier"): "AWS has a call of its own to promote it",
    ("rds/cluster", "publiclyAccessible"): "AWS changes it for Multi-AZ clusters alone, and has no call for Aurora",
    ("rds/instance", "customerOwnedIpEnabled"): "only Outposts have it",
    ("rds/instance", "identifier"): "the emulator has no call that renames",
    ("route53/record", "type"): "the real provider deletes the old record within its update",
    ("cloudwatch/logDeliveryDestination", "deliveryDestinationType"): "AWS makes it out of the destination's ARN",
    ("cloudwatch/logDelivery", "fieldDelimiter"): "the emulator has no call that changes a delivery",
    ("cloudwatch/logDelivery", "recordFields"): "the emulator has no call that changes a delivery",
    ("cloudwatch/logDelivery", "s3DeliveryConfigurations"): "the emulator has no call that changes a delivery",
    ("elasticache/replicationGroup", "nodeGroupConfigurations"): "AWS has no call that moves shards",
    ("kinesis/stream", "streamModeDetails"): "the emulator has no call that changes a stream's mode",
    ("kms/key", "customKeyStoreId"): "forces a new resource in the real provider too",
    ("s3/bucketCorsConfiguration", "expectedBucketOwner"): "forces a new resource in the real provider too",
    ("s3/bucketLogging", "expectedBucketOwner"): "forces a new resource in the real provider too",
    ("s3/bucketLifecycleConfiguration", "expectedBucketOwner"): "forces a new resource in the real provider too",
    ("s3/bucketVersioning", "expectedBucketOwner"): "forces a new resource in the real provider too",
    ("s3/bucketServerSideEncryptionConfiguration", "expectedBucketOwner"): "forces a new resource in the provider too",
}


def _classes(kind: ResourceType) -> tuple[Any, Any]:
    module, name = kind.token.split(":")[1].split("/")[0], kind.token.rpartition(":")[2]
    package = importlib.import_module(f"pulumi_aws.{'lambda_' if module == 'lambda' else module}")
    return getattr(package, name), getattr(package, f"{name}InitArgs", None) or getattr(package, f"{name}Args")


def _camel(name: str) -> str:
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in rest)


def _arguments(kind: ResourceType) -> set[str]:
    """The argument names of the SDK, as they travel."""
    _, args = _classes(kind)
    found = (getattr(member, "fget", None) for _, member in inspect.getmembers(args))
    return {getter._pulumi_name for getter in found if getter is not None and hasattr(getter, "_pulumi_name")}


def _outputs(kind: ResourceType) -> set[str]:
    resource, _ = _classes(kind)
    found = (getattr(member, "fget", None) for _, member in inspect.getmembers(resource))
    return {getter._pulumi_name for getter in found if getter is not None and hasattr(getter, "_pulumi_name")}


def _catalogued(kind: ResourceType) -> set[str]:
    """The property names that an entry itself spells out."""
    moved = set(kind.moved.values())
    named = {path.partition(".")[0] for path in (*kind.names, *kind.limits, *kind.not_returned, *kind.documents)}
    named |= {path.partition(".")[0] for path in kind.moved}
    named |= {*kind.defaults, *kind.ignored, *kind.required, *kind.replace_on, *kind.ordered, *kind.alone}
    for operation in (kind.create, *kind.update):
        named |= {*operation.only, *operation.attributes, *operation.adds, *operation.removes}
        named |= operation.on - {"*"}
    return {name for name in named if name not in moved}


# Names of our own between the program and AWS: a block that is made of several properties.
_BETWEEN = {
    "actionsSuppressorAlarm",
    "blockDeviceMappings",
    "instanceId",
    "provisionedThroughput",
    "resourceType",
    "streamSpecification",
    "stickinessAppDuration",
    "expectedBucketOwner",
    "functionConfig",
}


@KINDS
def test_each_name_in_an_entry_is_an_argument_of_the_sdk(kind: ResourceType) -> None:
    assert _catalogued(kind) - _BETWEEN - _arguments(kind) == set()


@KINDS
def test_each_output_of_an_entry_is_one_of_the_sdk(kind: ResourceType) -> None:
    assert kind.outputs.keys() - _outputs(kind) == set()


@KINDS
def test_what_the_real_provider_always_gives_is_given(kind: ResourceType) -> None:
    given = kind.outputs.keys() | _arguments(kind)
    assert {name for name in PROVIDED if name in _outputs(kind)} - given == set()


@KINDS
def test_a_change_replaces_what_it_replaces_in_the_real_provider(kind: ResourceType, world: World) -> None:
    short = kind.token.split(":")[1]
    names = _arguments(kind) - kind.ignored - {"region", "tags", "namePrefix", "bucketPrefix", "statementIdPrefix"}
    names -= {"clusterIdentifierPrefix", "identifierPrefix"}
    replaced: set[str] = set()
    for name in names & _known(kind, world):
        change = resources.compare(world.account, kind, _with(kind, name, "a"), _with(kind, name, "b"))
        replaced |= set(change.replaces)
    ours = {name for of, name in STAYS_OURS if of == short}
    assert replaced - ours - _always_fixed(short) == REPLACED[short]


_SOMETIMES = {
    ("ec2/vpcEndpoint", "privateDnsEnabled"),  # of endpoints that are no interface, which have no private names
    ("elasticache/replicationGroup", "transitEncryptionEnabled"),  # before version 7.0.5
    ("rds/cluster", "storageType"),  # of Multi-AZ clusters, not of Aurora's
}
"""What replaces some resources of a type alone."""


@KINDS
def test_what_the_sdk_s_documentation_says_to_replace_does(kind: ResourceType, world: World) -> None:
    _, args = _classes(kind)
    text = inspect.getdoc(args.__init__) or ""
    parts = re.split(r":param [^\n]*?\] (\w+):", text)[1:]
    documented = {
        _camel(name)
        for name, words in zip(parts[::2], parts[1::2], strict=True)
        if re.search(r"[Ff]orces? (a )?(new resource|replacement)|[Ff]orces new", words)
    }
    documented -= kind.ignored | {name for of, name in _SOMETIMES if of == kind.token.split(":")[1]}
    known = documented & _known(kind, world)
    replaced = {
        name
        for name in known
        if name in resources.compare(world.account, kind, _with(kind, name, "a"), _with(kind, name, "b")).replaces
    }
    assert replaced == known


def test_each_type_has_a_life_in_the_tests() -> None:
    lived = {case.token for case in CASES}
    recorded = {kind.token for kind in CATALOGUE.values() if kind.recorded}
    assert CATALOGUE.keys() - recorded == lived


@pytest.mark.parametrize("case", CASES, ids=[case.token.rpartition(":")[2] for case in CASES])
def test_an_unknown_value_anywhere_is_no_fault_in_a_preview(case: Case, world: World) -> None:
    kind = CATALOGUE[case.token]
    inputs = case.inputs(world)
    for name in inputs:
        unknown = {**inputs, name: UNKNOWN}
        checked, faults = resources.check(world.account, kind, "n", b"", {}, unknown)
        assert faults == []
        assert checked[name] == UNKNOWN
        assert name in resources.compare(world.account, kind, inputs, unknown).changed
    for path in _leaves(inputs):
        unknown = _put(inputs, path, UNKNOWN)
        assert resources.check(world.account, kind, "n", b"", {}, unknown)[1] == []
        assert path[0] in resources.compare(world.account, kind, inputs, unknown).changed


@pytest.mark.parametrize("case", CASES, ids=[case.token.rpartition(":")[2] for case in CASES])
def test_a_property_that_no_one_knows_is_a_fault_that_names_it(case: Case, world: World) -> None:
    kind = CATALOGUE[case.token]
    _, faults = resources.check(world.account, kind, "n", b"", {}, {**case.inputs(world), "colour": "red"})
    assert [fault.path for fault in faults] == ["colour"]


@pytest.mark.parametrize("case", CASES, ids=[case.token.rpartition(":")[2] for case in CASES])
def test_the_order_of_a_list_is_no_change_unless_it_means_something(case: Case, world: World) -> None:
    kind = CATALOGUE[case.token]
    inputs = case.inputs(world)
    for name, value in inputs.items():
        if isinstance(value, list):
            turned = {**inputs, name: value[::-1]}
            assert resources.compare(world.account, kind, inputs, turned).changed == ()


def _known(kind: ResourceType, world: World) -> set[str]:
    """The arguments that the entry's calls take."""
    client = world.client(kind.service)
    known: set[str] = set()
    for name in _arguments(kind):
        properties = calls.prepared(kind, _with(kind, name, "a"))
        taken = [calls.takes(client, kind, one, properties, []) for one in (kind.create, *kind.update)]
        if any(taken) or name in _catalogued(kind):
            known.add(name)
    return known


_BLOCKS: dict[str, Any] = {
    "attributes": lambda text: [{"name": text, "type": "S"}],
    "localSecondaryIndexes": lambda text: [{"name": text, "rangeKey": text, "projectionType": "ALL"}],
    "globalSecondaryIndexes": lambda text: [{"name": text, "hashKey": text, "projectionType": "ALL"}],
    "internal": lambda text: text == "a",
}


def _with(kind: ResourceType, name: str, text: str) -> dict[str, Any]:
    """Inputs in which one property has one of two values."""
    paths = [path for path in kind.moved if path.startswith(f"{name}.")]
    if paths:
        return {name: {path.partition(".")[2]: text for path in paths}}
    value = _BLOCKS[name](text) if name in _BLOCKS else text
    return {name: [value] if name in ("subjectAlternativeNames",) else value}


def _always_fixed(short: str) -> set[str]:
    """Properties of which AWS has no change and the table above names the common ones only."""
    return {
        "ec2/eip": {"networkBorderGroup"},
        "ec2/flowLog": {
            "subnetId",
            "eniId",
            "logDestinationType",
            "logFormat",
            "destinationOptions",
            "deliverCrossAccountRole",
            "tagFieldSpecifications",
        },
        "ec2/subnet": {"availabilityZoneId", "ipv6Native"},
        "ec2/vpcEndpoint": {"serviceRegion", "subnetConfigurations", "resourceConfigurationArn", "serviceNetworkArn"},
        "ec2/routeTableAssociation": {"gatewayId"},
        "lambda/permission": {
            "eventSourceToken",
            "functionUrlAuthType",
            "principalOrgId",
            "qualifier",
            "invokedViaFunctionUrl",
        },
        "lambda/eventSourceMapping": {
            "startingPositionTimestamp",
            "selfManagedEventSource",
            "queues",
            "topics",
            "selfManagedKafkaEventSourceConfig",
            "amazonManagedKafkaEventSourceConfig",
        },
        "lambda/function": {"tenancyConfig", "durableConfig"},
        "lb/loadBalancer": {"customerOwnedIpv4Pool"},
        "lb/targetGroup": {"targetControlPort"},
    }.get(short, set[str]())


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaf for key, item in items for leaf in _leaves(item, (*path, key))]
    return found or ([path] if path else [])


def _put(value: Any, path: tuple[Any, ...], leaf: Any) -> Any:
    if not path:
        return leaf
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _put(value[path[0]], path[1:], leaf)
    return copy
