"""What the engine may mend by itself: which properties, that the rule then passes, and that nothing else is touched."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pulumi_aws as aws
import pytest
from google.protobuf import json_format, struct_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_BOOLEAN_VALUE, UNKNOWN_STRING_VALUE

from local.aws.catalogue import CATALOGUE
from tenfold_policies.exemptions import EXEMPTED, EXEMPTIONS
from tenfold_policies.pack import UNDECIDED
from tenfold_policies.rules import RULES
from tenfold_policies.tokens import canonical
from tests.policies.judging import RULES_BY_NAME, Pack, run
from tests.policies.test_rules import CASES

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
INSTANCE = "aws:ec2/instance:Instance"
LISTENER = "aws:lb/listener:Listener"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
QUEUE = "aws:sqs/queue:Queue"

# By rule and type, the properties that a remediation sets, and to what.
SETS: dict[str, dict[str, dict[str, object]]] = {
    "dur-copy-tags-snapshots": {
        "aws:rds/instance:Instance": {"copyTagsToSnapshot": True},
        "aws:rds/cluster:Cluster": {"copyTagsToSnapshot": True},
        "aws:neptune/cluster:Cluster": {"copyTagsToSnapshot": True},
    },
    "dur-deletion-protection": {
        "aws:dynamodb/table:Table": {"deletionProtectionEnabled": True},
        BALANCER: {"enableDeletionProtection": True},
        "aws:rds/instance:Instance": {"deletionProtection": True},
        "aws:rds/cluster:Cluster": {"deletionProtection": True},
        "aws:docdb/cluster:Cluster": {"deletionProtection": True},
        "aws:neptune/cluster:Cluster": {"deletionProtection": True},
    },
    "dur-dynamodb-pitr": {"aws:dynamodb/table:Table": {"pointInTimeRecovery.enabled": True}},
    "dur-kms-deletion-window": {"aws:kms/key:Key": {"deletionWindowInDays": 30}},
    "dur-s3-no-force-destroy": {"aws:s3/bucket:Bucket": {"forceDestroy": False}},
    "sec-alb-headers": {BALANCER: {"dropInvalidHeaderFields": True, "desyncMitigationMode": "defensive"}},
    "sec-cloudfront-https": {
        DISTRIBUTION: {
            "defaultCacheBehavior.viewerProtocolPolicy": "redirect-to-https",
            "orderedCacheBehaviors.viewerProtocolPolicy": "redirect-to-https",
        }
    },
    "sec-imdsv2": {
        kind: {"metadataOptions.httpTokens": "required", "metadataOptions.httpPutResponseHopLimit": 1}
        for kind in (INSTANCE, TEMPLATE)
    },
    "sec-kms-rotation": {"aws:kms/key:Key": {"enableKeyRotation": True}},
    "sec-s3-bpa": {
        BLOCK: {
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
        }
    },
    "sec-sqs-encryption": {QUEUE: {"sqsManagedSseEnabled": True}},
    "sec-tls-policy": {LISTENER: {"sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}},
    "tag-asg-propagate": {"aws:autoscaling/group:Group": {"tags.propagateAtLaunch": True}},
}
BOTH = [(rule, kind) for rule, kinds in SETS.items() for kind in kinds]


def ask(kind: str, properties: Mapping[str, Any], ignores: tuple[str, ...] = ()) -> analyzer_pb2.AnalyzeRequest:
    """The engine's question about one resource by its inputs."""
    struct = struct_pb2.Struct()
    struct.update(dict(properties))
    return analyzer_pb2.AnalyzeRequest(
        type=kind,
        urn=f"urn:pulumi:dev::shop::{kind}::it",
        name="it",
        properties=struct,
        options=analyzer_pb2.AnalyzerResourceOptions(ignoreChanges=ignores),
    )


def pack(rule: str, level: EnforcementLevel | None = EnforcementLevel.REMEDIATE, **config: Any) -> Pack:
    return Pack([RULES_BY_NAME[rule]], {rule: config}, level=level)


def mend(pack: Pack, request: analyzer_pb2.AnalyzeRequest) -> dict[str, Any] | None:
    """The inputs that a remediation hands back, or None where there is none."""
    answer = pack.analyzer.Remediate(request, None)
    assert not [each.diagnostic for each in answer.remediations if each.diagnostic]
    return json_format.MessageToDict(answer.remediations[-1].properties) if answer.remediations else None


def judge(pack: Pack, request: analyzer_pb2.AnalyzeRequest) -> list[str]:
    return [each.message for each in pack.analyzer.Analyze(request, None).diagnostics]


def secret(value: object) -> dict[str, object]:
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": value}


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str, object]]:
    """Each place of a value, what a rule calls it by, and what is there; a secret is a place within a place."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None or not value:
        name = ".".join(step for step in path if not step.isdecimal() and step != "value")
        yield ".".join(path), name, value
        return
    for step, each in inner:
        if step != SPECIAL_SIG_KEY:
            yield from leaves(each, (*path, str(step)))


def test_the_rules_that_mend_are_these() -> None:
    assert {rule.name: set(rule.on) for rule in RULES if rule.safe_to_set} == {
        name: set(kinds) for name, kinds in SETS.items()
    }


@pytest.mark.parametrize("name", SETS)
def test_a_rule_that_mends_says_why_that_is_safe_and_needs_no_other_resource(name: str) -> None:
    rule = RULES_BY_NAME[name]
    assert len(rule.safe_to_set) > 40
    assert rule.safe_to_set.endswith(".")
    assert not rule.whole_stack


REFUSED = [case for case in CASES if case.rule in SETS and case.refused]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_a_rule_refuses_passes_when_it_is_mended(case: Any) -> None:
    mending = pack(case.rule, **case.config)
    refused = {(each.resource, kind) for each in case.refused for kind in SETS[case.rule]}
    for request in run(case.program, preview=False).resources:
        made = mend(mending, request)
        assert (made is not None) == ((request.name, canonical(request.type)) in refused)
        if made is not None:
            again = ask(request.type, made)
            assert judge(mending, again) == []
            assert mend(mending, again) is None


@pytest.mark.parametrize(
    ("rule", "kind", "given", "made"),
    [
        ("sec-sqs-encryption", QUEUE, {"sqsManagedSseEnabled": False}, {"sqsManagedSseEnabled": True}),
        ("sec-kms-rotation", "aws:kms/key:Key", {}, {"enableKeyRotation": True}),
        (
            "sec-imdsv2",
            TEMPLATE,
            {"imageId": "ami-1", "metadataOptions": {"httpPutResponseHopLimit": 2, "instanceMetadataTags": "enabled"}},
            {
                "imageId": "ami-1",
                "metadataOptions": {
                    "httpTokens": "required",
                    "httpPutResponseHopLimit": 1,
                    "instanceMetadataTags": "enabled",
                },
            },
        ),
        ("sec-imdsv2", INSTANCE, {}, {"metadataOptions": {"httpTokens": "required"}}),
        (
            "sec-tls-policy",
            LISTENER,
            {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08", "port": 443},
            {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06", "port": 443},
        ),
        (
            "sec-alb-headers",
            BALANCER,
            {"dropInvalidHeaderFields": True, "desyncMitigationMode": "monitor"},
            {"dropInvalidHeaderFields": True, "desyncMitigationMode": "defensive"},
        ),
        (
            "sec-s3-bpa",
            BLOCK,
            {"bucket": "b", "blockPublicAcls": True, "ignorePublicAcls": False},
            {"bucket": "b", **SETS["sec-s3-bpa"][BLOCK]},
        ),
        (
            "sec-cloudfront-https",
            DISTRIBUTION,
            {
                "defaultCacheBehavior": {"viewerProtocolPolicy": "https-only"},
                "orderedCacheBehaviors": [
                    {"pathPattern": "/a", "viewerProtocolPolicy": "https-only"},
                    {"pathPattern": "/b", "viewerProtocolPolicy": "allow-all"},
                ],
            },
            {
                "defaultCacheBehavior": {"viewerProtocolPolicy": "https-only"},
                "orderedCacheBehaviors": [
                    {"pathPattern": "/a", "viewerProtocolPolicy": "https-only"},
                    {"pathPattern": "/b", "viewerProtocolPolicy": "redirect-to-https"},
                ],
            },
        ),
        (
            "dur-dynamodb-pitr",
            "aws:dynamodb/table:Table",
            {"pointInTimeRecovery": {"enabled": False, "recoveryPeriodInDays": 14}},
            {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 14}},
        ),
        ("dur-kms-deletion-window", "aws:kms/key:Key", {"deletionWindowInDays": 7}, {"deletionWindowInDays": 30}),
        ("dur-s3-no-force-destroy", "aws:s3/bucket:Bucket", {"forceDestroy": True}, {"forceDestroy": False}),
        # The names that pulumi-aws gives a type in other versions and modules.
        ("dur-s3-no-force-destroy", "aws:s3/bucketV2:BucketV2", {"forceDestroy": True}, {"forceDestroy": False}),
        ("dur-deletion-protection", "aws:alb/loadBalancer:LoadBalancer", {}, {"enableDeletionProtection": True}),
    ],
)
def test_a_remediation_sets_what_was_refused_and_leaves_the_rest(
    rule: str, kind: str, given: dict[str, Any], made: dict[str, Any]
) -> None:
    assert mend(pack(rule), ask(kind, given)) == made


def test_a_parameter_says_to_what_a_remediation_sets_a_bound() -> None:
    given = {"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 5}}
    made = mend(pack("sec-imdsv2", maximumHops=2), ask(TEMPLATE, given))
    assert made == {"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2}}


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value, or what a preview does not know, or nothing; each of them may be a secret."""
    any_of = values | values | st.sampled_from([UNKNOWN_STRING_VALUE, UNKNOWN_BOOLEAN_VALUE, None])
    return any_of | any_of.map(secret)


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return maybe(st.fixed_dictionaries({}, optional={name: maybe(value) for name, value in fields.items()}))


FLAGS = st.sampled_from([True, False, "true", "false"])
TEXTS = st.sampled_from(["", "name", "arn:aws:kms:us-east-1:123456789012:key/1"])
BEHAVIOR = objects(
    viewerProtocolPolicy=st.sampled_from(["allow-all", "https-only", "redirect-to-https"]), pathPattern=TEXTS
)
PROPERTIES: dict[str, st.SearchStrategy[Any]] = {
    "blockPublicAcls": FLAGS,
    "blockPublicPolicy": FLAGS,
    "copyTagsToSnapshot": FLAGS,
    "customKeyStoreId": TEXTS,
    "customerMasterKeySpec": st.sampled_from(["SYMMETRIC_DEFAULT", "RSA_2048"]),
    "defaultCacheBehavior": BEHAVIOR,
    "deletionProtection": FLAGS,
    "deletionProtectionEnabled": FLAGS,
    "deletionWindowInDays": st.integers(7, 30),
    "description": TEXTS,
    "desyncMitigationMode": st.sampled_from(["monitor", "defensive", "strictest"]),
    "dropInvalidHeaderFields": FLAGS,
    "enableDeletionProtection": FLAGS,
    "enableKeyRotation": FLAGS,
    "forceDestroy": FLAGS,
    "ignorePublicAcls": FLAGS,
    "kmsMasterKeyId": TEXTS,
    "loadBalancerType": st.sampled_from(["application", "network"]),
    "metadataOptions": objects(
        httpEndpoint=st.sampled_from(["enabled", "disabled"]),
        httpTokens=st.sampled_from(["optional", "required"]),
        httpPutResponseHopLimit=st.integers(1, 64),
        instanceMetadataTags=TEXTS,
    ),
    "orderedCacheBehaviors": st.lists(BEHAVIOR, max_size=3),
    "pointInTimeRecovery": objects(enabled=FLAGS, recoveryPeriodInDays=st.integers(1, 35)),
    "protocol": st.sampled_from(["HTTP", "HTTPS", "TLS", "TCP"]),
    "replicateSourceDb": TEXTS,
    "restrictPublicBuckets": FLAGS,
    "sqsManagedSseEnabled": FLAGS,
    "sslPolicy": st.sampled_from(["", "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-3-2021-06"]),
    "tags": st.lists(objects(key=TEXTS, value=TEXTS, propagateAtLaunch=FLAGS), max_size=3),
}
INPUTS = st.fixed_dictionaries({}, optional={name: maybe(values) for name, values in PROPERTIES.items()})
UNKNOWN = (UNKNOWN_STRING_VALUE, UNKNOWN_BOOLEAN_VALUE)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(BOTH), INPUTS)
def test_whatever_a_rule_refuses_is_mended_once_and_nothing_else_is_touched(
    both: tuple[str, str], inputs: dict[str, Any]
) -> None:
    rule, kind = both
    mending, request = pack(rule), ask(kind, inputs)
    made = mend(mending, request)
    if made is None:
        assert judge(mending, request) == []
        return
    after = ask(kind, made)
    assert judge(pack(rule, level=None), request) != []
    assert judge(mending, after) == []
    assert mend(mending, after) is None
    was, is_now = (
        {place: (name, value) for place, name, value in leaves(json_format.MessageToDict(each.properties))}
        for each in (request, after)
    )
    for place, (name, value) in is_now.items():
        if was.get(place) != (name, value):
            assert value == SETS[rule][kind][name]
    for place, (name, value) in was.items():
        # What is gone was nothing, in whose place an object stands now.
        assert place in is_now or value in (None, {}, [])
        assert value not in UNKNOWN or is_now[place] == (name, value)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(BOTH),
    INPUTS,
    st.sampled_from([None, EnforcementLevel.ADVISORY, EnforcementLevel.MANDATORY, EnforcementLevel.DISABLED]),
)
def test_at_any_other_level_nothing_is_mended(
    both: tuple[str, str], inputs: dict[str, Any], level: EnforcementLevel | None
) -> None:
    rule, kind = both
    assert mend(pack(rule, level), ask(kind, inputs)) is None


def test_a_secret_stays_one_also_where_it_is_mended() -> None:
    given = {"metadataOptions": secret({"httpTokens": secret("optional")}), "userData": secret("token")}
    made = mend(pack("sec-imdsv2"), ask(TEMPLATE, given))
    assert made == {"metadataOptions": secret({"httpTokens": secret("required")}), "userData": secret("token")}


def test_what_the_update_tells_stays_open_while_the_rest_is_mended() -> None:
    given = {"blockPublicAcls": UNKNOWN_BOOLEAN_VALUE, "bucket": UNKNOWN_STRING_VALUE}
    mending, request = pack("sec-s3-bpa"), ask(BLOCK, given)
    made = {**SETS["sec-s3-bpa"][BLOCK], **given}
    assert mend(mending, request) == made
    assert judge(mending, ask(BLOCK, made)) == []
    (told,) = mending.analyzer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(), None).diagnostics
    assert told.policyName == UNDECIDED
    assert "blockPublicAcls" in told.message


def test_rules_that_mend_the_same_resource_build_on_each_other() -> None:
    rules = [RULES_BY_NAME[name] for name in ("dur-deletion-protection", "dur-dynamodb-pitr")]
    mending = Pack(rules, level=EnforcementLevel.REMEDIATE)
    made = mend(mending, ask("aws:dynamodb/table:Table", {"hashKey": "id", "ttl": secret({"enabled": True})}))
    assert made == {
        "hashKey": "id",
        "ttl": secret({"enabled": True}),
        "deletionProtectionEnabled": True,
        "pointInTimeRecovery": {"enabled": True},
    }


def test_a_rule_that_cannot_mend_refuses_at_that_level() -> None:
    refusing = pack("sec-efs-encryption")
    request = ask("aws:efs/fileSystem:FileSystem", {"encrypted": False})
    assert mend(refusing, request) is None
    (found,) = refusing.analyzer.Analyze(request, None).diagnostics
    assert found.enforcementLevel == analyzer_pb2.MANDATORY


@pytest.mark.parametrize(
    ("ignored", "mends"),
    [
        ("orderedCacheBehaviors", False),
        ("orderedCacheBehaviors[0]", False),
        ("orderedCacheBehaviors[*].viewerProtocolPolicy", False),
        ('["orderedCacheBehaviors"][0].viewerProtocolPolicy', False),
        ("*", False),
        ("orderedCacheBehaviors[1]", True),
        ("orderedCacheBehaviors[0].viewerProtocolPolicy.more", True),
        ("viewerProtocolPolicy", True),
    ],
)
def test_what_the_program_ignores_is_refused_and_not_mended(ignored: str, mends: bool) -> None:
    mending = pack("sec-cloudfront-https")
    given = {"orderedCacheBehaviors": [{"viewerProtocolPolicy": "allow-all"}]}
    request = ask(DISTRIBUTION, given, ignores=(ignored,))
    assert (mend(mending, request) is not None) == mends
    assert judge(mending, request)


@pytest.mark.parametrize(("today", "holds"), [(date(2026, 12, 31), True), (date(2027, 1, 1), False)])
def test_an_exemption_in_force_keeps_a_resource_as_it_is(today: date, holds: bool) -> None:
    rule = "sec-sqs-encryption"
    exemption = {"resource": "it", "reason": "a test reads its disk", "until": "2026-12-31"}
    mending = Pack([RULES_BY_NAME[rule]], {rule: {"exemptions": [exemption]}}, EnforcementLevel.REMEDIATE, today)
    request = ask(QUEUE, {"sqsManagedSseEnabled": False})
    made = mend(mending, request)
    assert made == (None if holds else {"sqsManagedSseEnabled": True})
    assert judge(mending, request if made is None else ask(QUEUE, made)) == []
    told = mending.analyzer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(), None).diagnostics
    assert [each.policyName for each in told] == [EXEMPTED if holds else EXEMPTIONS]


def test_a_program_is_mended_by_what_pulumi_aws_makes_of_it() -> None:
    """Assets, and what the engine adds to inputs, come back as they were."""
    (request,) = run(lambda: aws.kms.Key("key", policy=json.dumps({"Statement": []})), preview=True).resources
    request.properties.update({"__defaults": ["isEnabled"], "isEnabled": True})
    made = mend(pack("sec-kms-rotation"), request)
    assert made == {
        "__defaults": ["isEnabled"],
        "enableKeyRotation": True,
        "isEnabled": True,
        "policy": '{"Statement": []}',
    }


@pytest.mark.parametrize(("rule", "kind"), [both for both in BOTH if both[1] in CATALOGUE])
def test_nothing_that_is_mended_replaces_a_resource(rule: str, kind: str) -> None:
    """As the local AWS's account of the provider has it."""
    known = CATALOGUE[kind]
    changed = {name.partition(".")[0] for name in SETS[rule][kind]}
    assert not changed & known.replace_on
