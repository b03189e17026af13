"""What holds data is known by its type, and what becomes of it by its properties."""

import re
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest

from pull_requests.data_holders import HOLDERS, data_losses, fate, holds_data
from pull_requests.preview import State
from pull_requests.reading import parse
from tenfold_policies import tokens
from tenfold_policies.rules import RULES
from tests.pull_requests.engine import Step, events, summary

BUCKET, KEY = "aws:s3/bucket:Bucket", "aws:kms/key:Key"
DATABASE, SECRET, TABLE = "aws:rds/instance:Instance", "aws:secretsmanager/secret:Secret", "aws:dynamodb/table:Table"
CLUSTER, VOLUME = "aws:rds/cluster:Cluster", "aws:ebs/volume:Volume"


def test_every_type_is_one_of_pulumi_aws() -> None:
    known = (Path(pulumi_aws.__file__)).read_text()
    assert [one for one in HOLDERS if f'"{one}"' not in known] == []


def test_what_the_policy_pack_guards_as_data_holds_data() -> None:
    guards = {"dur-final-snapshot", "dur-pulumi-protect", "dur-s3-no-force-destroy", "dur-kms-deletion-window"}
    rules = {rule.name: rule.on for rule in RULES}
    guarded = {type_ for name in guards for type_ in rules[name]} | set(rules["dur-deletion-protection"])
    assert guarded - {tokens.LOAD_BALANCER} <= HOLDERS.keys()


@pytest.mark.parametrize("type_", ["aws:iam/role:Role", "aws:ec2/instance:Instance", "aws:sns/topic:Topic", "x:y:Z"])
def test_other_types_hold_none(type_: str) -> None:
    assert not holds_data(type_, None)


def test_a_replica_holds_nothing_of_its_own() -> None:
    assert holds_data(DATABASE, None)
    assert holds_data(DATABASE, State(DATABASE, inputs={"replicateSourceDb": ""}))
    assert not holds_data(DATABASE, State(DATABASE, inputs={"replicateSourceDb": "shop"}))


@pytest.mark.parametrize(
    ("type_", "properties", "words"),
    [
        (TABLE, {}, "lost"),
        (TABLE, {"deletionProtectionEnabled": True}, "AWS refuses while its deletion protection is on"),
        (TABLE, {"pointInTimeRecovery": {"enabled": True}}, "lost; AWS keeps a backup of it for 35 days"),
        (TABLE, {"pointInTimeRecovery": {"enabled": False}}, "lost"),
        (CLUSTER, {"deletionProtection": True, "skipFinalSnapshot": True}, "AWS refuses while its deletion protection"),
        (CLUSTER, {"deletionProtection": False, "skipFinalSnapshot": True}, "lost, without a final snapshot"),
        (DATABASE, {"skipFinalSnapshot": False}, "kept in a final snapshot"),
        (BUCKET, {}, "AWS refuses unless it is empty"),
        (BUCKET, {"forceDestroy": True}, "lost, with every version"),
        ("aws:ecr/repository:Repository", {"forceDelete": True}, "lost"),
        (KEY, {"deletionWindowInDays": 7}, "in 7 days nothing that it encrypts can be read"),
        (KEY, {}, "in 30 days nothing that it encrypts can be read"),
        (SECRET, {"recoveryWindowInDays": 0}, "lost at once"),
        (SECRET, {}, "can be restored for 30 days"),
        (VOLUME, {}, "lost"),
    ],
)
def test_its_properties_say_what_becomes_of_the_data(type_: str, properties: dict[str, Any], words: str) -> None:
    assert fate(type_, State(type_, outputs=properties)).startswith(words)


def test_pulumis_own_options_decide_before_aws_does() -> None:
    given = {"forceDestroy": True}
    assert fate(BUCKET, State(BUCKET, inputs=given, protect=True)).startswith("Pulumi refuses")
    assert fate(BUCKET, State(BUCKET, inputs=given, protect=True, retained=True)).startswith("stays in AWS")


def test_only_what_is_replaced_or_destroyed_loses_data() -> None:
    steps = [Step(op, op, old={}, new={}) for op in ("create", "update", "replace", "delete", "same", "import")]
    losses = data_losses(parse(events(*steps, summary()), None, "prod"))
    assert [change.name for change in losses] == ["replace", "delete"]


def test_the_words_fit_a_sentence() -> None:
    assert all(re.fullmatch(r"[A-Za-z ]+", word) for word in HOLDERS.values())
