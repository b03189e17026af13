"""Functions and buckets on the real engine and the embedded AWS: what happens calls the function, once and live."""

import base64
import io
import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from local import emulator as daemon
from local.addresses import addresses
from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test may have to build the engine.
pytestmark = pytest.mark.timeout(1200)

PROGRAM = """
import pulumi, pulumi_aws as aws
from tenfold import Bucket, Function, QueueService, Table

config = pulumi.Config()
seen = QueueService("seen", {})
jobs = QueueService("jobs", {})
news = aws.sns.Topic("news")
clicks = aws.kinesis.Stream("clicks", shard_count=1)
orders = Table("orders", {"hash_key": "id", "attributes": {"id": "S"}, "stream": "new_image",
    "deletion_protection": False})
uploads = Bucket("uploads", {"deletion_protection": False, "overrides": {"bucket": {"force_destroy": True}}})
witness = Function("witness", {
    "code": {"folder": "code", "handler": "main.handle", "runtime": "python3.12"},
    "environment": seen.environment,
    "policies": {"seen": seen.sender_policy_json},
    "asynchronous": {"retries": 0},
    "queues": {"jobs": {"queue_arn": jobs.queue_arn, "filters": [{"body": {"kind": ["video"]}}]}},
    "topics": {"news": {"topic_arn": news.arn, "filter": {"kind": ["urgent"]}}},
    "streams": {"orders": {"stream_arn": orders.stream_arn}, "clicks": {"stream_arn": clicks.arn}},
    "schedules": {"often": {"expression": "rate(1 minute)", "payload": {"from": "schedule"}}},
    "url": {"public": True},
    "concurrency": {"provisioned": 1},
    **(config.get_object("canary") or {}),
})
uploads.grant_read(witness.role)
targets = {"functions": {"witness": {"function_arn": witness.function_arn, "prefix": "in/", "suffix": ".txt"}}}
later = QueueService("later", {"senders": {"uploads": uploads.bucket_arn}})
if config.get_bool("more"):
    targets["queues"] = {"later": {"queue_arn": later.queue_arn, "prefix": "later/"}}
uploads.notify(targets, pulumi.ResourceOptions(depends_on=[later]))
for name, value in {"seen": seen.queue_url, "jobs": jobs.queue_url, "later": later.queue_url, "news": news.arn,
    "orders": orders.table_name, "clicks": clicks.name, "uploads": uploads.bucket_name,
    "witness": witness.function_name,
    "live": witness.function_arn, "version": witness.version, "url": witness.function_url,
    "dlq": witness.dlq_url}.items():
    pulumi.export(name, value)
"""
CODE = """
import json, os
import boto3

def handle(event, context):
    if isinstance(event, dict) and event.get("fail"):
        raise ValueError("as asked")
    boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN_QUEUE_URL"], MessageBody=json.dumps(event))
    return {"answer": VERSION, "batchItemFailures": []}

VERSION = 1
"""


@pytest.fixture
def shop(stack: Stack) -> Stack:
    (stack.root / "__main__.py").write_text(PROGRAM)
    (stack.root / "code" / "main.py").write_text(CODE)
    return stack


def _messages(shop: Stack, url: str, wanted: Callable[[Any], bool], seconds: float = 20) -> list[Any]:
    """What arrives in a queue until something is as wanted, and a little longer."""
    sqs, found, until = shop.client("sqs"), list[Any](), time.monotonic() + seconds
    while time.monotonic() < until:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
        if any(map(wanted, found)):
            until = min(until, time.monotonic() + 1.5)
        time.sleep(0.1)
    return found


def _records(events: list[Any], source: str) -> list[Any]:
    records = [record for event in events for record in event.get("Records", [])]
    return [record for record in records if record.get("eventSource", record.get("EventSource")) == source]


def test_what_happens_calls_the_function_once(shop: Stack) -> None:
    shop.up()
    made = shop.outputs()
    s3, sns = shop.client("s3"), shop.client("sns")
    for key in ("in/a file.txt", "in/picture.jpg", "out/b.txt"):
        s3.put_object(Bucket=made["uploads"], Key=key, Body=b"x")
    for kind in ("video", "audio"):
        shop.client("sqs").send_message(QueueUrl=made["jobs"], MessageBody=json.dumps({"kind": kind}))
    for kind in ("urgent", "dull"):
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        sns.publish(TopicArn=made["news"], Message=f"{kind} news", MessageAttributes=attributes)
    shop.client("dynamodb").put_item(TableName=made["orders"], Item={"id": {"S": "o1"}})

    shop.client("kinesis").put_record(StreamName=made["clicks"], Data=b"a click", PartitionKey="p")

    # Whatever comes twice comes within seconds.
    events = _messages(shop, made["seen"], lambda _: False, seconds=8)
    assert [one["s3"]["object"]["key"] for one in _records(events, "aws:s3")] == ["in/a+file.txt"]
    assert [json.loads(one["body"]) for one in _records(events, "aws:sqs")] == [{"kind": "video"}]
    assert [one["Sns"]["Message"] for one in _records(events, "aws:sns")] == ["urgent news"]
    clicks = [base64.b64decode(one["kinesis"]["data"]) for one in _records(events, "aws:kinesis")]
    assert clicks == [b"a click"]
    assert [one["dynamodb"]["NewImage"] for one in _records(events, "aws:dynamodb")] == [{"id": {"S": "o1"}}]

    # A function is called by name and alias, by its address, and what fails without a caller is a dead letter.
    outputs = {"functionUrl": made["url"]}
    url = {"type": "aws:lambda/functionUrl:FunctionUrl", "urn": "urn::witness-url", "outputs": outputs}
    address = addresses(daemon.ensure_running(shop.folder), [url])["function URL witness-url"]
    with urllib.request.urlopen(address) as answer:
        assert json.load(answer)["answer"] == 1
    answer = shop.client("lambda").invoke(FunctionName=made["live"], InvocationType="Event", Payload=b'{"fail": true}')
    assert answer["StatusCode"] == 202
    letters = _messages(shop, made["dlq"], lambda _: True)
    assert [letter["requestPayload"] for letter in letters] == [{"fail": True}]

    assert "unchanged" in shop.up("--refresh")


@pytest.mark.deep
def test_a_target_is_added_and_a_canary_is_tried_and_taken_back(shop: Stack) -> None:
    shop.up()
    first = shop.outputs()
    (shop.root / "code" / "main.py").write_text(CODE.replace("VERSION = 1", "VERSION = 2"))
    shop.run("config", "set", "canary", json.dumps({"canary": {"stable_version": first["version"], "percent": 20}}))
    shop.run("config", "set", "more", "true")
    said = shop.up()
    assert "replaced" not in said
    second = shop.outputs()
    assert (first["version"], second["version"]) == ("1", "2")
    assert {first[name] == second[name] for name in ("live", "url", "uploads", "dlq")} == {True}
    alias = shop.client("lambda").get_alias(FunctionName=first["witness"], Name="live")
    assert (alias["FunctionVersion"], alias["RoutingConfig"]["AdditionalVersionWeights"]) == ("1", {"2": 0.2})
    listed = shop.client("s3").get_bucket_notification_configuration(Bucket=first["uploads"])
    assert [one["Id"] for one in listed["LambdaFunctionConfigurations"]] == ["witness"]
    assert [one["Id"] for one in listed["QueueConfigurations"]] == ["later"]
    shop.client("s3").put_object(Bucket=first["uploads"], Key="later/a", Body=b"x")
    assert _records(_messages(shop, first["later"], lambda event: "Records" in event), "aws:s3")

    shop.run("config", "rm", "canary")
    shop.up()
    alias = shop.client("lambda").get_alias(FunctionName=first["witness"], Name="live")
    assert (alias["FunctionVersion"], alias.get("RoutingConfig")) == ("2", None)
    answer = shop.client("lambda").invoke(FunctionName=first["live"], Payload=b"{}")
    assert json.load(io.BytesIO(answer["Payload"].read()))["answer"] == 2
    shop.run("destroy", "--yes", "--skip-preview")
    assert not shop.client("lambda").list_functions()["Functions"]
    assert not shop.client("s3").list_buckets()["Buckets"]


REPLICATED = """
import pulumi, pulumi_aws as aws
from tenfold import Bucket

gone = {"deletion_protection": False, "overrides": {"bucket": {"force_destroy": True}}}
west = aws.Provider("west", region="us-west-2")
logs = Bucket("logs", {**gone, "access_log_account_id": aws.get_caller_identity().account_id})
copies = Bucket("copies", gone, pulumi.ResourceOptions(providers=[west]))
files = Bucket("files", {
    **gone,
    "replication": {"bucket_arn": copies.bucket_arn, "prefix": "kept/"},
    "access_logs": {"bucket_name": logs.bucket_name},
    "cors": [{"origins": ["https://www.example.com"]}],
    "lifecycle": {"old": {"transitions": {"STANDARD_IA": 30}, "expire_days": 365, "minimum_bytes": 1024}},
})
pulumi.export("files", files.bucket_name)
pulumi.export("copies", copies.bucket_name)
"""


@pytest.mark.deep
def test_a_bucket_has_copies_in_another_region(stack: Stack) -> None:
    (stack.root / "__main__.py").write_text(REPLICATED)
    stack.up()
    made = stack.outputs()
    for key in ("kept/a", "left/b"):
        stack.client("s3").put_object(Bucket=made["files"], Key=key, Body=b"x")
    copies = stack.client("s3", "us-west-2").list_objects_v2(Bucket=made["copies"])["Contents"]
    assert [copy["Key"] for copy in copies] == ["kept/a"]
    assert "unchanged" in stack.up("--refresh")
    stack.run("destroy", "--yes", "--skip-preview")
    assert not stack.client("s3").list_buckets()["Buckets"]
