"""Bucket: every default, every option, every refusal, and what may change without losing an object."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import Bucket, BucketArgs
from tenfold.errors import TenfoldError
from tests.components.building import UNKNOWN, Built, build, refused

GOLDEN = Path(__file__).parent / "golden" / "bucket.txt"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
OTHER_KEY = "arn:aws:kms:eu-west-1:123456789012:key/2"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:thumbs"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs"
NEWS = "arn:aws:sns:us-east-1:123456789012:news"
ARN = "arn:aws:s3:::files-bucket-0a1b2c"
ELSEWHERE = "arn:aws:s3:::elsewhere"
STATEMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def bucket(preview: bool = False, **args: Any) -> Built[Bucket]:
    return build(lambda: Bucket("files", BucketArgs(**args)), preview=preview)


def statements(document: str) -> list[dict[str, Any]]:
    found = json.loads(document)
    assert found["Version"] == "2012-10-17"
    return found["Statement"]


def may(document: str) -> dict[str, set[str]]:
    return {statement["Resource"]: set(statement["Action"]) for statement in statements(document)}


def rules(built: Built[Any]) -> dict[str, Any]:
    return {rule["id"]: rule for rule in built["files-lifecycle"].inputs["rules"]}


def test_by_default_it_is_closed_encrypted_versioned_and_protected() -> None:
    built = bucket()
    assert built["files-bucket"].protect
    assert built["files-bucket"].inputs == {}
    assert set(built["files-public-access-block"].inputs.items()) == {
        ("bucket", "files-bucket-0a1b2c"),
        ("blockPublicAcls", True),
        ("blockPublicPolicy", True),
        ("ignorePublicAcls", True),
        ("restrictPublicBuckets", True),
    }
    assert built["files-ownership"].inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert built["files-versioning"].inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert built["files-encryption"].inputs["rules"] == [
        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}
    ]
    assert statements(built["files-policy"].inputs["policy"]) == [
        {
            "Sid": "TlsAlone",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [ARN, f"{ARN}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    assert built.of("aws:s3/bucketNotification:BucketNotification") == []


def test_leftovers_go_by_themselves() -> None:
    assert rules(bucket()) == {
        "housekeeping": {
            "id": "housekeeping",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            "noncurrentVersionExpiration": {"noncurrentDays": 90},
            "expiration": {"expiredObjectDeleteMarker": True},
        }
    }
    assert "files-versioning" in bucket()["files-lifecycle"].depends_on
    changed = rules(bucket(noncurrent_version_days=30, abort_upload_days=1))["housekeeping"]
    assert changed["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert changed["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 1}


def test_without_versions_there_are_none_to_expire() -> None:
    built = bucket(versioned=False)
    assert "files-versioning" not in built
    assert rules(built)["housekeeping"].keys().isdisjoint({"noncurrentVersionExpiration", "expiration"})


def test_objects_move_and_expire_as_they_get_older() -> None:
    lifecycle = {
        "logs": {"prefix": "logs/", "transitions": {"GLACIER": 90, "STANDARD_IA": 30}, "expire_days": 365},
        "big": {"minimum_bytes": 1_048_576, "transitions": {"INTELLIGENT_TIERING": 0}},
    }
    found = rules(bucket(lifecycle=lifecycle))
    assert list(found) == ["housekeeping", "big", "logs"]
    assert found["logs"] == {
        "id": "logs",
        "status": "Enabled",
        "filter": {"prefix": "logs/"},
        "transitions": [{"storageClass": "STANDARD_IA", "days": 30}, {"storageClass": "GLACIER", "days": 90}],
        "expiration": {"days": 365},
    }
    # S3 takes what is larger than a size, not what is as large.
    assert found["big"]["filter"] == {"and": {"prefix": "", "objectSizeGreaterThan": 1_048_575}}


def test_a_key_of_the_callers_is_asked_once_for_many_objects_and_is_part_of_the_policies() -> None:
    built = bucket(kms_key_arn=pulumi.Output.from_input(KEY))
    assert built["files-encryption"].inputs["rules"] == [
        {
            "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY},
            "bucketKeyEnabled": True,
        }
    ]
    reads, writes = (built.value(getattr(built.result, f"{kind}_policy_json")) for kind in ("read", "write"))
    assert (may(reads)[KEY], may(writes)[KEY]) == ({"kms:Decrypt"}, {"kms:Decrypt", "kms:GenerateDataKey"})
    assert statements(reads)[-1]["Condition"] == {"StringLike": {"kms:ViaService": "s3.us-east-1.amazonaws.com*"}}


def test_readers_read_writers_write_and_nobody_may_more() -> None:
    built = bucket()
    found = {kind: may(built.value(getattr(built.result, f"{kind}_policy_json"))) for kind in ("read", "write")}
    assert found == {
        "read": {
            ARN: {"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketVersions"},
            f"{ARN}/*": {"s3:GetObject", "s3:GetObjectVersion"},
        },
        "write": {
            ARN: {"s3:GetBucketLocation", "s3:ListBucketMultipartUploads"},
            f"{ARN}/*": {
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            },
        },
    }
    both = may(built.value(built.result.read_write_policy_json))
    assert both == {at: found["read"][at] | found["write"][at] for at in (ARN, f"{ARN}/*")}


def test_web_pages_may_ask_as_they_are_told() -> None:
    assert "files-cors" not in bucket()
    [rule] = bucket(cors=[{"origins": ["https://a.com"]}])["files-cors"].inputs["corsRules"]
    assert rule == {
        "allowedOrigins": ["https://a.com"],
        "allowedMethods": ["GET", "HEAD"],
        "allowedHeaders": ["*"],
        "exposeHeaders": ["ETag"],
        "maxAgeSeconds": 3600,
    }
    given = {"origins": ["*"], "methods": ["PUT"], "headers": ["x-a"], "exposed_headers": ["x-b"], "max_age_seconds": 0}
    [rule] = bucket(cors=[given])["files-cors"].inputs["corsRules"]
    assert (rule["allowedMethods"], rule["allowedHeaders"], rule["exposeHeaders"]) == (["PUT"], ["x-a"], ["x-b"])
    assert rule["maxAgeSeconds"] == 0


NOTIFICATIONS: dict[str, Any] = {
    "functions": {"thumbs": {"function_arn": f"{FUNCTION}:live", "prefix": "in/", "suffix": ".jpg"}},
    "queues": {"jobs": {"queue_arn": QUEUE, "events": ["s3:ObjectRemoved:*"]}},
    "topics": {"news": {"topic_arn": NEWS, "prefix": "news/"}},
    "eventbridge": True,
}


def test_all_targets_are_in_the_one_list_that_s3_has() -> None:
    built = bucket(notifications=NOTIFICATIONS)
    [listed] = built.of("aws:s3/bucketNotification:BucketNotification")
    assert listed.inputs == {
        "bucket": "files-bucket-0a1b2c",
        "lambdaFunctions": [
            {
                "id": "thumbs",
                "events": ["s3:ObjectCreated:*"],
                "filterPrefix": "in/",
                "filterSuffix": ".jpg",
                "lambdaFunctionArn": f"{FUNCTION}:live",
            }
        ],
        "queues": [{"id": "jobs", "events": ["s3:ObjectRemoved:*"], "queueArn": QUEUE}],
        "topics": [{"id": "news", "events": ["s3:ObjectCreated:*"], "filterPrefix": "news/", "topicArn": NEWS}],
        "eventbridge": True,
    }


@pytest.mark.parametrize(("arn", "qualifier"), [(FUNCTION, None), (f"{FUNCTION}:live", "live"), (f"{FUNCTION}:7", "7")])
def test_a_function_may_be_called_by_this_bucket_alone_before_it_is_listed(arn: str, qualifier: str | None) -> None:
    built = bucket(notifications={"functions": {"thumbs": {"function_arn": pulumi.Output.from_input(arn)}}})
    permission = built["files-function-permission-thumbs"]
    assert permission.inputs == {
        "function": FUNCTION,
        "action": "lambda:InvokeFunction",
        "principal": "s3.amazonaws.com",
        "sourceArn": ARN,
        "sourceAccount": "123456789012",
        **({"qualifier": qualifier} if qualifier else {}),
    }
    assert permission.name in built["files-notification"].depends_on


targets = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.from_regex(r"[a-z]{4}/", fullmatch=True), min_size=1, max_size=4
)


@settings(max_examples=15, deadline=None)
@given(before=targets, added=targets)
def test_one_more_target_replaces_nothing_and_moves_no_other(before: dict[str, str], added: dict[str, str]) -> None:
    def listed(names: dict[str, str]) -> tuple[Any, dict[str, Any]]:
        functions = {name: {"function_arn": FUNCTION, "prefix": f"{name}/{at}"} for name, at in names.items()}
        built = bucket(notifications={"functions": functions})
        found = built["files-notification"]
        return (found.urn, found.inputs["bucket"]), {one["id"]: one for one in found.inputs["lambdaFunctions"]}

    same, fewer = listed(before)
    also, more = listed({**added, **before})
    assert same == also
    assert fewer.items() <= more.items()


def test_targets_that_need_the_bucket_first_are_told_later_once_and_for_all() -> None:
    def program() -> Bucket:
        files = Bucket("files", {})
        queue = aws.sqs.Queue("jobs")
        policy = aws.sqs.QueuePolicy("jobs", queue_url=queue.url, policy=STATEMENT)
        files.notify({"queues": {"jobs": {"queue_arn": queue.arn}}}, pulumi.ResourceOptions(depends_on=[policy]))
        return files

    built = build(program)
    listed = built["files-notification"]
    assert (listed.parent, listed.inputs["queues"][0]["queueArn"]) == (built["files"].urn, QUEUE)
    assert "jobs" in listed.depends_on
    with pytest.raises(TenfoldError, match="Bucket 'files' has its targets already, and S3 has one list"):
        build(lambda: program().notify({"eventbridge": True}))
    with pytest.raises(TenfoldError, match="has its targets already"):
        build(lambda: Bucket("files", {"notifications": {"eventbridge": True}}).notify({}))
    refusal = refused(lambda: Bucket("files", {}).notify({"queues": {"jobs": {"queue_arn": NEWS}}}))
    assert refusal.faults.keys() == {"queues.jobs.queue_arn"}


def test_copies_go_elsewhere_by_a_role_for_that_alone() -> None:
    built = bucket(replication={"bucket_arn": ELSEWHERE})
    replication = built["files-replication"]
    assert replication.inputs["rules"] == [
        {
            "id": "copy",
            "status": "Enabled",
            "priority": 1,
            "filter": {"prefix": ""},
            "deleteMarkerReplication": {"status": "Enabled"},
            "destination": {"bucket": ELSEWHERE, "metrics": {"status": "Enabled"}},
        }
    ]
    assert {"files-versioning", "files-replication-policy"} <= replication.depends_on
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
    assert may(built["files-replication-policy"].inputs["policy"]) == {
        ARN: {"s3:GetReplicationConfiguration", "s3:ListBucket"},
        f"{ARN}/*": {"s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"},
        f"{ELSEWHERE}/*": {"s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"},
    }
    [trust] = statements(built["files-replication-role"].inputs["assumeRolePolicy"])
    assert trust["Principal"] == {"Service": "s3.amazonaws.com"}
    alarm = built["files-replication-alarm"].inputs
    assert (alarm["metricName"], alarm["threshold"]) == ("OperationsFailedReplication", 0)
    assert alarm["dimensions"] == {
        "SourceBucket": "files-bucket-0a1b2c",
        "DestinationBucket": "elsewhere",
        "RuleId": "copy",
    }
    assert built.value(built.result.replication_role_arn).endswith("files-replication-role")


def test_copies_are_as_they_are_told() -> None:
    given = {
        "bucket_arn": ELSEWHERE,
        "kms_key_arn": OTHER_KEY,
        "storage_class": "STANDARD_IA",
        "prefix": "in/",
        "within_15_minutes": True,
    }
    built = bucket(kms_key_arn=KEY, replication=given)
    [rule] = built["files-replication"].inputs["rules"]
    assert rule["filter"] == {"prefix": "in/"}
    assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
    assert rule["destination"] == {
        "bucket": ELSEWHERE,
        "storageClass": "STANDARD_IA",
        "encryptionConfiguration": {"replicaKmsKeyId": OTHER_KEY},
        "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
        "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
    }
    found = may(built["files-replication-policy"].inputs["policy"])
    assert found[KEY] == {"kms:Decrypt"}
    assert found[OTHER_KEY] == {"kms:Encrypt", "kms:GenerateDataKey"}
    assert {f"{ARN}/in/*", f"{ELSEWHERE}/in/*"} <= found.keys()


def test_access_logs_go_to_a_bucket_that_takes_them() -> None:
    logged = bucket(access_logs={"bucket_name": "logs"})["files-access-logs"].inputs
    assert (logged["targetBucket"], logged["targetPrefix"]) == ("logs", "files/")
    elsewhere = bucket(access_logs={"bucket_name": "logs", "prefix": "a/"})["files-access-logs"].inputs
    assert elsewhere["targetPrefix"] == "a/"
    taking = bucket(access_log_account_id="123456789012")
    _, logs = statements(taking["files-policy"].inputs["policy"])
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    assert (logs["Principal"], logs["Action"]) == ({"Service": "logging.s3.amazonaws.com"}, ["s3:PutObject"])
    assert logs["Resource"] == f"{ARN}/*"
    assert logs["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_further_statements_are_in_its_one_policy() -> None:
    given = {
        "NoDeletes": {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObjectVersion"},
        "Cdn": {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": pulumi.Output.from_input(f"{ARN}/public/*"),
        },
    }
    _, cdn, deletes = statements(bucket(policy_statements=given)["files-policy"].inputs["policy"])
    assert (cdn["Sid"], cdn["Resource"]) == ("Cdn", f"{ARN}/public/*")
    assert (deletes["Sid"], deletes["Resource"]) == ("NoDeletes", [ARN, f"{ARN}/*"])


def test_alarms_are_those_that_aws_recommends() -> None:
    built = bucket(alarms={"topic_arn": TOPIC})
    assert built["files-metrics"].inputs == {"bucket": "files-bucket-0a1b2c", "name": "all"}
    for kind, metric in (("client", "4xxErrors"), ("server", "5xxErrors")):
        alarm = built[f"files-{kind}-error-alarm"].inputs
        assert (alarm["metricName"], alarm["statistic"], alarm["threshold"]) == (metric, "Average", 0.05)
        assert (alarm["period"], alarm["evaluationPeriods"]) == (60, 15)
        assert alarm["dimensions"] == {"BucketName": "files-bucket-0a1b2c", "FilterId": "all"}
        assert alarm["okActions"] == [TOPIC]


def test_requests_need_not_be_measured() -> None:
    built = bucket(request_metrics=False)
    assert built.of(ALARM) == []
    assert "files-metrics" not in built


def test_it_can_be_deleted_where_that_is_wanted() -> None:
    built = bucket(deletion_protection=False, overrides={"bucket": {"force_destroy": True}})
    assert not built["files-bucket"].protect
    assert built["files-bucket"].inputs == {"forceDestroy": True}


def test_roles_are_let_read_and_write() -> None:
    def program() -> Bucket:
        files, role = Bucket("files", {}), aws.iam.Role("web", assume_role_policy=STATEMENT)
        files.grant_read(role)
        files.grant_write(role)
        files.grant_read_write(role)
        return files

    built = build(program)
    for kind in ("read", "write", "read-write"):
        policy = built.value(getattr(built.result, f"{kind.replace('-', '_')}_policy_json"))
        assert built[f"files-{kind}-grant-web"].inputs == {"role": "web-0a1b2c", "policy": policy}


def test_outputs_are_those_of_the_children() -> None:
    built = bucket()
    found = {name: built.value(getattr(built.result, name)) for name in Bucket.__annotations__}
    assert {name: value for name, value in found.items() if not name.endswith("_policy_json")} == {
        "bucket_name": "files-bucket-0a1b2c",
        "bucket_arn": ARN,
        "bucket_regional_domain_name": "files-bucket.s3.us-east-1.amazonaws.com",
        "environment": {"FILES_BUCKET": "files-bucket-0a1b2c"},
        "replication_role_arn": "",
        "alarm_arns": {
            kind: f"arn:aws:cloudwatch:us-east-1:123456789012:files-{kind}"
            for kind in ("client-error-alarm", "server-error-alarm")
        },
    }


def test_a_preview_knows_what_is_given_and_leaves_the_rest_open() -> None:
    built = bucket(preview=True, notifications=NOTIFICATIONS)
    assert built["files-notification"].inputs["queues"][0]["queueArn"] == QUEUE
    assert built["files-policy"].inputs["policy"] == UNKNOWN
    assert built.value(built.result.bucket_name) is None


def full_program() -> None:
    args = {
        "kms_key_arn": KEY,
        "cors": [{"origins": ["*"]}],
        "notifications": NOTIFICATIONS,
        "replication": {"bucket_arn": ELSEWHERE, "kms_key_arn": OTHER_KEY},
        "access_logs": {"bucket_name": "logs"},
    }
    files, role = Bucket("files", cast("Any", args)), aws.iam.Role("web", assume_role_policy=STATEMENT)
    files.grant_read(role)
    files.grant_write(role)
    files.grant_read_write(role)


def test_no_child_is_renamed() -> None:
    built = build(full_program)
    golden = GOLDEN.read_text().splitlines()
    assert sorted(resource.urn for resource in built.resources if resource.name != "web") == golden
    assert {resource.urn for resource in bucket().resources} < set(golden)


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "no time for versions": (
        {"noncurrent_version_days": 0},
        "noncurrent_version_days: 0 is given; allowed: 1 to 3650 days",
    ),
    "versions that are none": (
        {"versioned": False, "noncurrent_version_days": 9},
        "noncurrent_version_days: it is given without versions; allowed: nothing, or versioned",
    ),
    "copies of no versions": (
        {"versioned": False, "replication": {"bucket_arn": ELSEWHERE}},
        "versioned: False is given beside replication; allowed: True: S3 copies versions",
    ),
    "no time for uploads": ({"abort_upload_days": 0}, "abort_upload_days: 0 is given; allowed: 1 to 365 days"),
    "nothing to happen": (
        {"lifecycle": {"old": {}}},
        "lifecycle.old: nothing happens in it; allowed: transitions, expire_days or both",
    ),
    "a rule's name": (
        {"lifecycle": {"housekeeping": {"expire_days": 1}}},
        "lifecycle.housekeeping: it has this name; allowed: a letter, and up to 29 letters",
    ),
    "too early for the class": (
        {"lifecycle": {"old": {"transitions": {"STANDARD_IA": 29}}}},
        "lifecycle.old.transitions.STANDARD_IA: 29 is given; allowed: 30 to 36500 days",
    ),
    "too late for the class": (
        {"lifecycle": {"old": {"transitions": {"GLACIER": 90}, "expire_days": 90}}},
        "lifecycle.old.transitions.GLACIER: 90 is given; allowed: 0 to 89 days",
    ),
    "no such class": (
        {"lifecycle": {"old": {"transitions": {"COLD": 90}}}},
        "lifecycle.old.transitions.COLD: there is no such storage class to move to; allowed: STANDARD_IA, ONEZONE_IA",
    ),
    "nobody's pages": ({"cors": [{"origins": []}]}, "cors[0].origins: nobody is given; allowed: one origin or more"),
    "no such method": (
        {"cors": [{"origins": ["*"], "methods": ["PATCH"]}]},
        "cors[0].methods[0]: 'PATCH' is given; allowed: GET, HEAD, PUT, POST, DELETE",
    ),
    "no function": (
        {"notifications": {"functions": {"it": {"function_arn": QUEUE}}}},
        f"notifications.functions.it.function_arn: '{QUEUE}' is given; allowed: the ARN of a function",
    ),
    "a FIFO queue": (
        {"notifications": {"queues": {"it": {"queue_arn": f"{QUEUE}.fifo"}}}},
        "notifications.queues.it.queue_arn: 'arn:aws:sqs:us-east-1:123456789012:jobs.fifo' is given; allowed: the ARN",
    ),
    "no such event": (
        {"notifications": {"queues": {"it": {"queue_arn": QUEUE, "events": ["created"]}}}},
        "notifications.queues.it.events[0]: 'created' is given; allowed: an event of S3's: s3:ObjectCreated:*",
    ),
    "a target's name": (
        {"notifications": {"queues": {"a b": {"queue_arn": QUEUE}}}},
        "notifications.queues.a b: it has this name; allowed: a letter, and up to 29 letters",
    ),
    "two of a name": (
        {
            "notifications": {
                "queues": {"it": {"queue_arn": QUEUE, "prefix": "a/"}},
                "topics": {"it": {"topic_arn": NEWS, "prefix": "b/"}},
            }
        },
        "notifications.topics.it: notifications.queues.it has the same name; allowed: a name of its own",
    ),
    "one event for two": (
        {
            "notifications": {
                "queues": {"jobs": {"queue_arn": QUEUE, "prefix": "in/"}},
                "topics": {"news": {"topic_arn": NEWS, "events": ["s3:ObjectCreated:Put"]}},
            }
        },
        "notifications.topics.news.events: an object's event could be for notifications.queues.jobs as well; allowed:",
    ),
    "a copy in no bucket": (
        {"replication": {"bucket_arn": QUEUE}},
        f"replication.bucket_arn: '{QUEUE}' is given; allowed: the ARN of a bucket",
    ),
    "a copy without a key": (
        {"kms_key_arn": KEY, "replication": {"bucket_arn": ELSEWHERE}},
        "replication.kms_key_arn: nothing is given, and the bucket has a kms_key_arn; allowed: the ARN of a key in the",
    ),
    "a copy's class": (
        {"replication": {"bucket_arn": ELSEWHERE, "storage_class": "COLD"}},
        "replication.storage_class: 'COLD' is given; allowed: STANDARD, STANDARD_IA",
    ),
    "no account": (
        {"access_log_account_id": "12"},
        "access_log_account_id: '12' is given; allowed: an account's 12 digits",
    ),
    "a statement's name": (
        {"policy_statements": {"TlsAlone": {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}}},
        "policy_statements.TlsAlone: it has this name; allowed: letters and digits, and not TlsAlone or AccessLogs",
    ),
    "half a statement": (
        {"policy_statements": {"It": {"Effect": "Allow"}}},
        "policy_statements.It: it has no Principal and no Action; allowed: Effect, Principal, Action",
    ),
    "no such argument": ({"version": True}, "version: there is no such argument; allowed: abort_upload_days"),
    "no such child": (
        {"overrides": {"buckets": {}}},
        "overrides.buckets: there is no such child; allowed: access-logs",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, text = REFUSALS[case]
    refusal = refused(lambda: Bucket("files", cast("Any", args)))
    assert refusal.text.startswith("Bucket 'files' has 1 fault in its arguments:\n")
    assert text in refusal.text
    assert refusal.resources == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"prefix": "a/"}, {"prefix": "b/"}),
        ({"suffix": ".jpg"}, {"suffix": ".png"}),
        ({"prefix": "a/", "suffix": ".jpg"}, {"prefix": "a/b/", "suffix": ".png"}),
        ({"events": ["s3:ObjectCreated:*"]}, {"events": ["s3:ObjectRemoved:*"]}),
        ({"events": ["s3:ObjectCreated:Put"]}, {"events": ["s3:ObjectCreated:Copy"]}),
    ],
)
def test_targets_share_a_bucket_where_no_event_is_for_both(one: dict[str, Any], other: dict[str, Any]) -> None:
    listed = {"one": {"queue_arn": QUEUE, **one}, "other": {"queue_arn": QUEUE, **other}}
    assert len(bucket(notifications={"queues": listed})["files-notification"].inputs["queues"]) == 2


@pytest.mark.parametrize("name", ["", "a" * 40, "Files", "my files", "files-", "files.it"])
def test_a_name_that_makes_no_names_on_aws_is_refused(name: str) -> None:
    assert refused(lambda: Bucket(name, {})).faults.keys() == {"name"}


def test_the_longest_names_leave_room_for_pulumis_random_characters() -> None:
    key = "k" * 30
    args = {"replication": {"bucket_arn": ELSEWHERE}, "notifications": {"functions": {key: {"function_arn": FUNCTION}}}}
    built = build(lambda: Bucket("a" * 39, cast("Any", args)))
    limits = {"aws:s3/bucket:Bucket": 63, "aws:iam/role:Role": 64, "aws:lambda/permission:Permission": 100}
    for token, limit in limits.items():
        assert max(len(f"{resource.name}-0123456") for resource in built.of(token)) <= limit
