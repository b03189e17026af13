"""What a change of a component's arguments does to what holds data, as the provider of a preview decides it.

The pairs go both ways: what has grown may shrink again, and loses nothing by it.
"""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tenfold
from local.aws import resources
from local.aws.catalogue import CATALOGUE
from local.aws.clients import ClientPool
from local.aws.resources import Account
from local.emulator import Emulator
from tests.components.building import Registered, build
from tests.components.test_contract import made
from tests.components.uses import EXAMPLES, HOLDS_DATA, IRREPLACEABLE

MEMBERS = {
    "Table": {
        "provisioned": [
            {"read_units": 5, "write_units": 5},
            {"read_units": 50, "write_units": 9, "max_read_units": 90},
        ],
        "throughput": [{"max_read_units": 1000}, {"max_write_units": 10}],
        "point_in_time_recovery_days": [0, 7],
        "ttl_attribute": ["until"],
        "stream": ["new_image", "new_and_old_images"],
        "kms_key_arn": ["arn:aws:kms:us-east-1:123456789012:key/1234"],
        "deletion_protection": [False],
        "contributor_insights": [True],
    },
    "Database": {
        "capacity": [{"max_acu": 64}, {"min_acu": 0}, {"instance_class": "db.r8g.large"}],
        "readers": [{}, {"standby": {}, "reports": {"promotion_tier": 15}}],
        "reader_scaling": [{"max_readers": 8}],
        "storage": [{"io_optimized": True}],
        "proxy": [{}],
        "parameters": [{"logical_replication": True}],
        "backup": [{"retention_days": 35, "final_snapshot": False}],
        "maintenance": [{"window": "sun:04:00-sun:05:00"}],
        "monitoring": [{"insights": "advanced", "enhanced_seconds": 15}],
        "deletion_protection": [False],
    },
    "Cache": {
        "engine_version": ["7.2", "9.0"],
        "nodes": [{"type": "cache.r7g.xlarge", "replicas": 5}, {"replicas": 0}],
        "eviction": ["noeviction"],
        "parameters": [{"timeout": "300"}],
        "access": [{"users": {"reports": "on ~* +@read"}}],
        "snapshots": [{"retention_days": 0, "final_snapshot": False}, {"window": "03:00-04:00"}],
        "maintenance": [{"window": "sun:04:00-sun:05:00", "apply_immediately": True}],
        "monitoring": [{"log_retention_days": 365}],
        "deletion_protection": [False],
    },
    "SessionStore": {
        "ttl_seconds": [3600],
        "kms_key_arn": ["arn:aws:kms:us-east-1:123456789012:key/1234"],
        "point_in_time_recovery_days": [0, 35],
        "deletion_protection": [False],
    },
    "Bucket": {
        "versioned": [False],
        "request_metrics": [False],
    },
    "QueueService": {
        "visibility_timeout_seconds": [300],
        "retention_seconds": [1_209_600],
        "max_receive_count": [9],
    },
    "Topic": {
        "subscribers": [{"pager": {"sms": "+12065550100"}}, {"pager": {"sms": "+12065550100", "dlq": False}}],
        "publishers": [{"cloudwatch_alarms": False}],
        "display_name": ["Shop"],
        "own_kms_key": [False],
        "kms_key_arn": ["arn:aws:kms:us-east-1:123456789012:key/1234"],
        "tracing": [False],
        "https_delivery": [{"retries": 9}],
        "delivery_logs": [{}],
    },
}


@pytest.fixture(scope="module")
def account(emulator: Emulator) -> Account:
    return Account(ClientPool(emulator), emulator.account, "us-east-1")


def kept(component: str, args: dict[str, Any]) -> dict[str, Registered]:
    built = build(lambda: made(getattr(tenfold, component), args))
    return {one.urn: one for one in built.resources if one.type in HOLDS_DATA or one.type in IRREPLACEABLE}


def replaced(account: Account, before: Registered, after: Registered) -> tuple[str, ...]:
    """The properties for whose change the provider would replace the resource, as the engine asks it."""
    kind = CATALOGUE[before.type]
    ignored = {path.partition("[")[0].partition(".")[0] for path in after.ignore_changes}
    wanted = {key: value for key, value in after.inputs.items() if key not in ignored}
    # The engine puts the old value back where a change is ignored.
    wanted |= {key: value for key, value in before.inputs.items() if key in ignored}
    olds, _ = resources.check(account, kind, before.name, b"seed", {}, before.inputs)
    news, _ = resources.check(account, kind, before.name, b"seed", olds, wanted)
    return resources.compare(account, kind, olds, news).replaces


def compare(account: Account, component: str, small: dict[str, Any], large: dict[str, Any]) -> None:
    before, after = kept(component, small), kept(component, large)
    for urn in before.keys() & after.keys():
        assert replaced(account, before[urn], after[urn]) == (), urn


@pytest.mark.parametrize("component", EXAMPLES)
def test_no_step_of_a_growing_environment_replaces_what_holds_data(component: str, account: Account) -> None:
    example = EXAMPLES[component]
    stages = [{**example.least, **size} for size in example.sizes]
    for small, large in pairwise(stages):
        compare(account, component, small, large)


@pytest.mark.parametrize("component", MEMBERS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_no_choice_of_options_replaces_what_holds_data(component: str, account: Account, data: st.DataObject) -> None:
    options = {name: st.sampled_from(values) for name, values in MEMBERS[component].items()}
    sizes = st.fixed_dictionaries({}, optional=options).filter(
        lambda size: not {"provisioned", "throughput"} <= size.keys()
    )
    least = EXAMPLES[component].least
    if component == "Database":
        sizes = sizes.filter(lambda size: not ("reader_scaling" in size and size.get("readers") == {}))
    small, large = data.draw(sizes), data.draw(sizes)
    compare(account, component, {**least, **small}, {**least, **large})


def test_a_change_that_replaces_is_seen_here(account: Account) -> None:
    least = EXAMPLES["Database"].least
    before, after = kept("Database", least), kept("Database", {**least, "database_name": "other"})
    (cluster,) = [urn for urn in before if urn.endswith("it-cluster")]
    assert replaced(account, before[cluster], after[cluster]) == ("databaseName",)
