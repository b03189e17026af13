"""Functions, their sources and their permissions live in the emulator, and the code runs."""

import json
from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize

_SIGNATURE = "4dabf18193072939515e22adb298388d"


def _archive(answer: int) -> dict[str, Any]:
    text = f"import os\ndef handler(event, context): return [{answer}, os.environ.get('MODE')]"
    asset = {_SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": text, "hash": f"asset-{answer}"}
    return {_SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7", "assets": {"index.py": asset}, "hash": f"archive-{answer}"}


def _function(world: World, made: Made) -> Any:
    found = world.client("lambda").get_function(FunctionName=made.id)
    answer = world.client("lambda").invoke(FunctionName=made.id)
    return {
        "answer": json.loads(answer["Payload"].read()),
        "reserved": found.get("Concurrency", {}).get("ReservedConcurrentExecutions"),
        "tracing": found["Configuration"]["TracingConfig"]["Mode"],
        "tags": found["Tags"],
        **only(found["Configuration"], "MemorySize", "Timeout", "Description"),
    }


def _mapping(world: World, made: Made) -> Any:
    found = world.client("lambda").get_event_source_mapping(UUID=made.id)
    return {
        "limit": found["ScalingConfig"]["MaximumConcurrency"],
        "filters": [one["Pattern"] for one in found["FilterCriteria"]["Filters"]],
        **only(found, "BatchSize", "State", "FunctionResponseTypes"),
    }


def _permission(world: World, made: Made) -> Any:
    text = world.client("lambda").get_policy(FunctionName=world.function)["Policy"]
    statement = next(one for one in json.loads(text)["Statement"] if one["Sid"] == made.id)
    return statement["Action"], statement["Principal"], statement["Condition"]["ArnLike"]["AWS:SourceArn"]


def _alias(world: World, made: Made) -> Any:
    found = world.client("lambda").get_alias(FunctionName=world.function, Name=made.inputs["name"])
    weights = found.get("RoutingConfig", {}).get("AdditionalVersionWeights")
    return {**only(found, "FunctionVersion", "Description"), "weights": weights}


def _url(world: World, made: Made) -> Any:
    found = world.client("lambda").get_function_url_config(FunctionName=world.function, Qualifier=world.live)
    return only(found, "AuthType", "InvokeMode", "Cors")


def _asynchronous(world: World, made: Made) -> Any:
    found = world.client("lambda").get_function_event_invoke_config(FunctionName=world.function, Qualifier=world.live)
    destination = found["DestinationConfig"].get("OnFailure", {}).get("Destination")
    return found["MaximumRetryAttempts"], found["MaximumEventAgeInSeconds"], destination


def _provisioned(world: World, made: Made) -> Any:
    found = world.client("lambda").get_provisioned_concurrency_config(FunctionName=world.function, Qualifier=world.live)
    return found["RequestedProvisionedConcurrentExecutions"]


CASES = [
    Case(
        token="aws:lambda/function:Function",
        inputs=lambda world: {
            "role": world.role,
            "runtime": "python3.12",
            "handler": "index.handler",
            "code": _archive(1),
            "environment": {"variables": {"MODE": "first"}},
            "memorySize": 256,
            "timeout": 10,
            "description": "d",
            "tracingConfig": {"mode": "Active"},
            "loggingConfig": {"logFormat": "JSON", "applicationLogLevel": "INFO"},
            "deadLetterConfig": {"targetArn": world.queue_arn},
            "architectures": ["arm64"],
            "reservedConcurrentExecutions": 5,
            "tags": {"team": "a"},
        },
        look=_function,
        made={
            "answer": [1, "first"],
            "reserved": 5,
            "tracing": "Active",
            "tags": {"team": "a"},
            "MemorySize": 256,
            "Timeout": 10,
            "Description": "d",
        },
        change=lambda _: {
            "code": _archive(2),
            "environment": None,
            "memorySize": 512,
            "reservedConcurrentExecutions": -1,
            "tags": {"team": "b"},
        },
        changed={
            "answer": [2, None],
            "reserved": None,
            "tracing": "Active",
            "tags": {"team": "b"},
            "MemorySize": 512,
            "Timeout": 10,
            "Description": "d",
        },
        meddle=lambda world, made: world.client("lambda").update_function_configuration(
            FunctionName=made.id, Timeout=3, Environment={"Variables": {}}
        ),
        drifts=("timeout",),
        outputs={
            "arn": ...,
            "invokeArn": ...,
            "qualifiedArn": ...,
            "version": "$LATEST",
            "lastModified": ...,
            "codeSha256": ...,
        },
    ),
    Case(
        token="aws:lambda/eventSourceMapping:EventSourceMapping",
        inputs=lambda world: {
            "eventSourceArn": world.queue_arn,
            "functionName": world.function,
            "batchSize": 5,
            "functionResponseTypes": ["ReportBatchItemFailures"],
            "scalingConfig": {"maximumConcurrency": 5},
            "filterCriteria": {"filters": [{"pattern": '{"kind": ["a"]}'}]},
        },
        look=_mapping,
        made={
            "limit": 5,
            "filters": ['{"kind": ["a"]}'],
            "BatchSize": 5,
            "State": "Enabled",
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },
        change=lambda _: {"batchSize": 10, "enabled": False, "scalingConfig": {"maximumConcurrency": 9}},
        changed={
            "limit": 9,
            "filters": ['{"kind": ["a"]}'],
            "BatchSize": 10,
            "State": "Disabled",
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },
        meddle=lambda world, made: world.client("lambda").update_event_source_mapping(UUID=made.id, Enabled=True),
        drifts=("enabled",),
        outputs={"arn": ..., "functionArn": ..., "uuid": lambda _, made: made.id},
    ),
    Case(
        token="aws:lambda/alias:Alias",
        inputs=lambda world: {
            "name": "made",
            "functionName": world.function,
            "functionVersion": world.versions[0],
            "description": "d",
            "routingConfig": {"additionalVersionWeights": {world.versions[1]: 0.1}},
        },
        look=_alias,
        made=lambda world, _: {
            "FunctionVersion": world.versions[0],
            "Description": "d",
            "weights": {world.versions[1]: 0.1},
        },
        change=lambda world: {"functionVersion": world.versions[1], "routingConfig": None},
        changed=lambda world, _: {"FunctionVersion": world.versions[1], "Description": "d", "weights": None},
        meddle=lambda world, made: world.client("lambda").update_alias(
            FunctionName=world.function, Name="made", FunctionVersion=world.versions[0]
        ),
        drifts=("functionVersion",),
        outputs={"arn": lambda _, made: made.id, "invokeArn": ...},
    ),
    Case(
        token="aws:lambda/functionUrl:FunctionUrl",
        inputs=lambda world: {
            "functionName": world.function,
            "qualifier": world.live,
            "authorizationType": "AWS_IAM",
            "invokeMode": "BUFFERED",
            "cors": {"allowOrigins": ["https://example.com"], "allowMethods": ["GET"], "maxAge": 60},
        },
        look=_url,
        made={
            "AuthType": "AWS_IAM",
            "InvokeMode": "BUFFERED",
            "Cors": {"AllowOrigins": ["https://example.com"], "AllowMethods": ["GET"], "MaxAge": 60},
        },
        change=lambda _: {"authorizationType": "NONE", "cors": {"allowOrigins": ["*"]}},
        changed={"AuthType": "NONE", "InvokeMode": "BUFFERED", "Cors": {"AllowOrigins": ["*"]}},
        meddle=lambda world, made: world.client("lambda").update_function_url_config(
            FunctionName=world.function, Qualifier=world.live, InvokeMode="RESPONSE_STREAM"
        ),
        drifts=("invokeMode",),
        outputs={"functionUrl": ..., "functionArn": ...},
    ),
    Case(
        token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        inputs=lambda world: {
            "functionName": world.function,
            "qualifier": world.live,
            "maximumRetryAttempts": 1,
            "maximumEventAgeInSeconds": 60,
            "destinationConfig": {"onFailure": {"destination": world.queue_arn}},
        },
        look=_asynchronous,
        made=lambda world, _: (1, 60, world.queue_arn),
        change=lambda _: {"maximumRetryAttempts": 0, "maximumEventAgeInSeconds": 120},
        changed=lambda world, _: (0, 120, world.queue_arn),
        meddle=lambda world, made: world.client("lambda").put_function_event_invoke_config(
            FunctionName=world.function,
            Qualifier=world.live,
            MaximumRetryAttempts=2,
            MaximumEventAgeInSeconds=120,
            DestinationConfig={"OnFailure": {"Destination": world.queue_arn}},
        ),
        drifts=("maximumRetryAttempts",),
    ),
    Case(
        token="aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
        inputs=lambda world: {
            "functionName": world.function,
            "qualifier": world.live,
            "provisionedConcurrentExecutions": 1,
        },
        look=_provisioned,
        made=1,
        change=lambda _: {"provisionedConcurrentExecutions": 2},
        changed=2,
        meddle=lambda world, made: world.client("lambda").put_provisioned_concurrency_config(
            FunctionName=world.function, Qualifier=world.live, ProvisionedConcurrentExecutions=3
        ),
        drifts=("provisionedConcurrentExecutions",),
    ),
    Case(
        token="aws:lambda/permission:Permission",
        inputs=lambda world: {
            "function": world.function,
            "action": "lambda:InvokeFunction",
            "principal": "s3.amazonaws.com",
            "sourceArn": "arn:aws:s3:::source",
        },
        look=_permission,
        made=("lambda:InvokeFunction", {"Service": "s3.amazonaws.com"}, "arn:aws:s3:::source"),
    ),
]


@parametrize(CASES)
def test_a_function_s_resource_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
