"""Lambda: functions, their aliases and addresses, what they read from, and who may call them."""

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging
from local.aws.values import content, is_asset

_PLACES = {"s3Bucket": "S3Bucket", "s3Key": "S3Key", "s3ObjectVersion": "S3ObjectVersion", "imageUri": "ImageUri"}
_CODE = frozenset({"code", "sourceCodeHash", *_PLACES})


def _code(scope: Properties) -> Properties:
    code: Properties = {member: scope[name] for name, member in _PLACES.items() if scope.get(name)}
    if is_asset(scope.get("code")):
        code["ZipFile"] = content(scope["code"])
    return code


def _new_code(scope: Properties) -> Properties:
    return _code(scope) | ({"Architectures": scope["architectures"]} if scope.get("architectures") else {})


def _reserve(before: Properties, after: Properties) -> list[Properties]:
    wanted = after.get("reservedConcurrentExecutions", -1)
    changed = wanted != before.get("reservedConcurrentExecutions", -1)
    return [{"ReservedConcurrentExecutions": wanted}] if changed and wanted >= 0 else []


def _unreserve(before: Properties, after: Properties) -> list[Properties]:
    was, wanted = (one.get("reservedConcurrentExecutions", -1) for one in (before, after))
    return [{}] if was >= 0 and wanted < 0 else []


FUNCTION = ResourceType(
    token="aws:lambda/function:Function",
    service="lambda",
    create=Operation(
        name="create_function",
        never=_CODE | {"publishTo", "tenancyConfig", "durableConfig", "capacityProviderConfig"},
        delivers=lambda scope: {"Code": _code(scope)},
    ),
    id="FunctionName",
    find=Read(name="get_function_configuration", params={"FunctionName": "$name"}, at="FunctionName"),
    read=(
        Read(name="get_function_configuration", params={"FunctionName": "$id"}),
        Read(
            name="get_function",
            params={"FunctionName": "$id"},
            at="{ReservedConcurrentExecutions: not_null(Concurrency.ReservedConcurrentExecutions, `-1`), Tags: Tags}",
        ),
        # Without a published one, the newest version is $LATEST.
        Read(
            name="list_versions_by_function",
            params={"FunctionName": "$id"},
            at="{NewestVersion: Versions[-1].Version}",
        ),
    ),
    update=(
        Operation(
            name="update_function_code",
            params={"FunctionName": "$id"},
            on=_CODE | {"architectures"},
            delivers=_new_code,
        ),
        Operation(
            name="update_function_configuration",
            params={"FunctionName": "$id"},
        ),
        Operation(
            name="put_function_concurrency",
            params={"FunctionName": "$id"},
            only=frozenset({"reservedConcurrentExecutions"}),
            steps=_reserve,
        ),
        Operation(
            name="delete_function_concurrency",
            params={"FunctionName": "$id"},
            only=frozenset({"reservedConcurrentExecutions"}),
            steps=_unreserve,
        ),
        Operation(
            name="publish_version", params={"FunctionName": "$id"}, on=frozenset({"*", "publish"}), when="publish"
        ),
    ),
    delete=Operation(name="delete_function", params={"FunctionName": "$id"}),
    ready="(!State || State=='Active') && LastUpdateStatus!='InProgress'",
    names={"name": "FunctionName", "fileSystemConfig": "FileSystemConfigs", "kmsKeyArn": "KMSKeyArn"},
    defaults={"memorySize": 128, "timeout": 3, "reservedConcurrentExecutions": -1, "packageType": "Zip"},
    empty={
        "environment": {"variables": {}},
        "deadLetterConfig": {"targetArn": ""},
        "layers": [],
        "vpcConfig": {"subnetIds": [], "securityGroupIds": []},
        "description": "",
        "kmsKeyArn": "",
        "tracingConfig": {"mode": "PassThrough"},
        "fileSystemConfig": [],
    },
    required=frozenset({"role"}),
    limits={"reservedConcurrentExecutions": range(-1, 100001)},
    outputs={
        "arn": "FunctionArn",
        "version": "NewestVersion",
        "invokeArn": "arn:aws:apigateway:$region:lambda:path/2015-03-31/functions/$arn/invocations",
        "qualifiedArn": "$arn:$version",
        "qualifiedInvokeArn": "arn:aws:apigateway:$region:lambda:path/2015-03-31/functions/$arn:$version/invocations",
        "lastModified": "LastModified",
        "codeSha256": "CodeSha256",
        "sourceCodeSize": "CodeSize",
        "architectures": "Architectures",
        "loggingConfig": "LoggingConfig",
        "tracingConfig": "TracingConfig",
        "ephemeralStorage": "EphemeralStorage",
    },
    changing=frozenset(
        {"lastModified", "codeSha256", "sourceCodeSize", "version", "qualifiedArn", "qualifiedInvokeArn"}
    ),
    ignored=frozenset(
        {"skipDestroy", "replaceSecurityGroupsOnDestroy", "replacementSecurityGroupIds", "codeSigningConfigArn"}
    ),
    replace_on=frozenset({"name", "packageType"}),
    ordered=frozenset({"layers"}),
    not_returned={
        "layers": "AWS tells the layers with their sizes",
        "publish": "AWS tells the versions, not that they were wanted",
    },
    tagging=Tagging(tag="tag_resource", untag="untag_resource", params={"Resource": "$arn"}),
    naming=Naming(limit=64),
)

EVENT_SOURCE_MAPPING = ResourceType(
    token="aws:lambda/eventSourceMapping:EventSourceMapping",
    service="lambda",
    create=Operation(name="create_event_source_mapping"),
    id="UUID",
    read=(
        Read(
            name="get_event_source_mapping",
            params={"UUID": "$id"},
            also={"Enabled": "contains(['Enabled', 'Enabling', 'Creating', 'Updating'], State)"},
        ),
        Read(name="list_tags", params={"Resource": "$EventSourceMappingArn"}, at="{Tags: Tags}"),
    ),
    update=(
        Operation(
            name="update_event_source_mapping",
            params={"UUID": "$id"},
            never=frozenset({"tags"}),
        ),
    ),
    delete=Operation(name="delete_event_source_mapping", params={"UUID": "$id"}),
    ready="contains(['Enabled', 'Disabled'], State)",
    defaults={"enabled": True},
    empty={
        "filterCriteria": {"filters": []},
        "functionResponseTypes": [],
        "scalingConfig": {},
        "destinationConfig": {"onFailure": {}},
    },
    limits={"scalingConfig.maximumConcurrency": range(2, 1001), "batchSize": range(1, 10001)},
    outputs={
        "arn": "EventSourceMappingArn",
        "uuid": "UUID",
        "functionArn": "FunctionArn",
        "state": "State",
        "stateTransitionReason": "StateTransitionReason",
        "lastModified": "LastModified",
        "lastProcessingResult": "LastProcessingResult",
        "batchSize": "BatchSize",
    },
    changing=frozenset({"lastModified", "state"}),
    names={
        "selfManagedEventSource": "SelfManagedEventSource",
        "startingPositionTimestamp": "StartingPositionTimestamp",
        "destinationConfig.onFailure.destinationArn": "Destination",
    },
    alone=frozenset({"eventSourceArn", "functionName"}),
    not_returned={"functionName": "AWS tells the function's ARN in its place"},
    replace_on=frozenset({"eventSourceArn", "startingPosition", "startingPositionTimestamp"}),
    tagging=Tagging(tag="tag_resource", untag="untag_resource", params={"Resource": "$arn"}),
)

_ALLOWED = "from_json(Policy).Statement[?Sid=='$statementId'] | [0]"


PERMISSION = ResourceType(
    token="aws:lambda/permission:Permission",
    service="lambda",
    create=Operation(name="add_permission"),
    id="$statementId",
    read=(
        Read(
            name="get_policy",
            params={"FunctionName": "$function"},
            at=_ALLOWED,
            also={
                "FunctionName": "$function",
                "StatementId": "Sid",
                "Principal": "not_null(Principal.Service, Principal.AWS, Principal)",
                "SourceArn": 'Condition.ArnLike."AWS:SourceArn"',
                "SourceAccount": 'Condition.StringEquals."AWS:SourceAccount"',
            },
        ),
    ),
    delete=Operation(name="remove_permission", params={"FunctionName": "$function", "StatementId": "$statementId"}),
    names={"function": "FunctionName"},
    not_returned={
        "eventSourceToken": "the emulator does not keep it",
        "functionUrlAuthType": "the emulator does not keep it",
        "qualifier": "AWS tells it in the function's ARN",
        "principalOrgId": "the emulator does not keep it",
    },
    ignored=frozenset({"statementIdPrefix"}),
    naming=Naming(property="statementId", limit=100),
)

ALIAS = ResourceType(
    token="aws:lambda/alias:Alias",
    service="lambda",
    create=Operation(name="create_alias"),
    id="AliasArn",
    find=Read(name="get_alias", params={"FunctionName": "$functionName", "Name": "$name"}, at="AliasArn"),
    read=(
        Read(
            name="get_alias",
            params={"FunctionName": "$functionName", "Name": "$name"},
            also={"FunctionName": "$functionName"},
        ),
    ),
    update=(Operation(name="update_alias", params={"FunctionName": "$functionName", "Name": "$name"}),),
    delete=Operation(name="delete_alias", params={"FunctionName": "$functionName", "Name": "$name"}),
    empty={"routingConfig": {"additionalVersionWeights": {}}, "description": ""},
    outputs={
        "arn": "AliasArn",
        "invokeArn": "arn:aws:apigateway:$region:lambda:path/2015-03-31/functions/$arn/invocations",
    },
    required=frozenset({"functionName", "functionVersion"}),
    replace_on=frozenset({"name", "functionName"}),
    naming=Naming(limit=128),
)


def _whose(scope: Properties) -> Properties:
    """The version or alias that a setting belongs to; without one it is the newest code's."""
    return {"asked": scope.get("qualifier") or "$LATEST"}


_WHOSE = {"FunctionName": "$functionName", "Qualifier": "$asked"}
_OF = frozenset({"functionName", "qualifier"})
_URL = frozenset({"authorizationType", "cors", "invokeMode"})
_ASYNCHRONOUS = frozenset({"maximumRetryAttempts", "maximumEventAgeInSeconds", "destinationConfig"})
_CALLED = {"FunctionName": "$functionName"}
_OF_NEWEST = "AWS tells it in the function's ARN"

FUNCTION_URL = ResourceType(
    token="aws:lambda/functionUrl:FunctionUrl",
    service="lambda",
    create=Operation(name="create_function_url_config", params=_WHOSE, only=_URL, on=_OF),
    id="$functionName/$asked",
    read=(Read(name="get_function_url_config", params=_WHOSE, also=_CALLED),),
    update=(Operation(name="update_function_url_config", params=_WHOSE, only=_URL),),
    delete=Operation(name="delete_function_url_config", params=_WHOSE),
    names={"authorizationType": "AuthType"},
    defaults={"invokeMode": "BUFFERED"},
    empty={"cors": {}},
    outputs={"functionUrl": "FunctionUrl", "functionArn": "FunctionArn"},
    required=frozenset({"functionName", "authorizationType"}),
    replace_on=frozenset({"functionName", "qualifier"}),
    not_returned={"qualifier": _OF_NEWEST},
    derived=_whose,
)

EVENT_INVOKE_CONFIG = ResourceType(
    token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    service="lambda",
    create=Operation(name="put_function_event_invoke_config", params=_WHOSE, only=_ASYNCHRONOUS, on=_OF),
    id="$functionName:$asked",
    read=(Read(name="get_function_event_invoke_config", params=_WHOSE, also=_CALLED),),
    update=(Operation(name="put_function_event_invoke_config", params=_WHOSE, only=_ASYNCHRONOUS, whole=True),),
    delete=Operation(name="delete_function_event_invoke_config", params=_WHOSE),
    defaults={"maximumRetryAttempts": 2},
    required=frozenset({"functionName"}),
    limits={"maximumRetryAttempts": range(3), "maximumEventAgeInSeconds": range(60, 21601)},
    replace_on=frozenset({"functionName", "qualifier"}),
    not_returned={"qualifier": _OF_NEWEST},
    derived=_whose,
)

_PROVISIONED = Operation(name="put_provisioned_concurrency_config")

PROVISIONED_CONCURRENCY = ResourceType(
    token="aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
    service="lambda",
    create=_PROVISIONED,
    id="$functionName,$qualifier",
    read=(
        Read(
            name="get_provisioned_concurrency_config",
            params={"FunctionName": "$functionName", "Qualifier": "$qualifier"},
            also={
                "FunctionName": "$functionName",
                "Qualifier": "$qualifier",
                "ProvisionedConcurrentExecutions": "RequestedProvisionedConcurrentExecutions",
            },
        ),
    ),
    update=(_PROVISIONED,),
    delete=Operation(
        name="delete_provisioned_concurrency_config",
        params={"FunctionName": "$functionName", "Qualifier": "$qualifier"},
    ),
    ready="Status=='READY'",
    required=frozenset({"functionName", "qualifier", "provisionedConcurrentExecutions"}),
    replace_on=frozenset({"functionName", "qualifier"}),
    ignored=frozenset({"skipDestroy"}),
)
