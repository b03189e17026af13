"""The sample application against a DynamoDB that answers: the embedded AWS's."""

from typing import Any, cast

import boto3
import pytest

from local.emulator import Emulator


@pytest.fixture
def results(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Any:
    """An empty results table, which the environment names, as the platform has it."""
    environment = {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_DEFAULT_REGION": emulator.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "RESULTS_TABLE": f"results-{abs(hash(request.node.name))}",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return cast("Any", boto3.resource("dynamodb")).create_table(
        TableName=environment["RESULTS_TABLE"],
        KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "job_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def sqs(emulator: Emulator) -> Any:
    """A boto3 client of SQS on the emulator."""
    return cast("Any", boto3).client(
        "sqs",
        endpoint_url=emulator.endpoint,
        region_name=emulator.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
