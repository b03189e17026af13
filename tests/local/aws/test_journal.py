"""After a kill: what was created and never saved is taken back, whatever the moment."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import boto3
import pytest

from local import emulator as daemon
from local.aws import journal, resources
from local.aws.catalogue import CATALOGUE
from local.aws.journal import Swept, sweep
from local.aws.provider import serve
from tests.local.aws.asking import TYPES, Instance, instance, secret
from tests.local.aws.asking import journal as file_of

ROLE = "aws:iam/role:Role"
ADDRESS = "aws:ec2/eip:Eip"
PARAMETER = "aws:ssm/parameter:Parameter"
TARGET = "aws:appautoscaling/target:Target"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
ALLOW = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}]}
)

Make = Callable[[Instance], tuple[str, str]]


def _client(aws: daemon.Emulator, service: str) -> Any:
    return boto3.client(
        service,  # pyright: ignore[reportArgumentType]
        endpoint_url=aws.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def _roles(aws: daemon.Emulator) -> set[str]:
    return {role["RoleName"] for role in _client(aws, "iam").list_roles()["Roles"]}


def _addresses(aws: daemon.Emulator) -> set[str]:
    return {address["AllocationId"] for address in _client(aws, "ec2").describe_addresses()["Addresses"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "emulator").mkdir()
    return tmp_path


@pytest.fixture
def engine(emulator: daemon.Emulator, folder: Path) -> Generator[Instance]:
    with serve(emulator, folder, types=TYPES) as port, instance(port, region="us-east-1") as one:
        yield one


def _role(engine: Instance, name: str) -> str:
    return engine.create(ROLE, {"name": name, "assumeRolePolicy": TRUST})[0]


def _sweep(aws: daemon.Emulator, folder: Path, known: Iterable[tuple[str, str]] = ()) -> Swept:
    return sweep(aws, folder, lambda: list(known), TYPES)


def _cut(folder: Path, lines: int, torn: int = 0) -> None:
    """Leave the journal as a kill would: its first lines, and the start of the next one."""
    file = file_of(folder)
    written = file.read_text().splitlines(keepends=True)
    file.write_text("".join(written[:lines]) + (written[lines][:torn] if torn else ""))


def test_a_command_that_ended_well_leaves_nothing_to_do(
    engine: Instance, emulator: daemon.Emulator, folder: Path
) -> None:
    _role(engine, "well-ended")
    journal.clear(folder)
    assert _sweep(emulator, folder) == Swept(found=False)
    assert "well-ended" in _roles(emulator)


def test_what_the_state_knows_stays_and_the_rest_goes_the_latest_first(
    engine: Instance, emulator: daemon.Emulator, folder: Path
) -> None:
    for name in ("sweep-1", "sweep-2", "sweep-3"):
        _role(engine, name)
    swept = _sweep(emulator, folder, [(ROLE, "sweep-2")])
    assert swept == Swept(found=True, removed=((ROLE, "sweep-3"), (ROLE, "sweep-1")))
    assert {name for name in _roles(emulator) if name.startswith("sweep-")} == {"sweep-2"}
    assert _sweep(emulator, folder) == Swept(found=False)


@pytest.mark.parametrize(("lines", "torn"), [(1, 0), (1, 1), (1, 12), (2, 0)])
def test_a_resource_named_by_the_program_goes_whether_or_not_its_id_was_noted(
    engine: Instance, emulator: daemon.Emulator, folder: Path, lines: int, torn: int
) -> None:
    name = f"named-{lines}-{torn}"
    _role(engine, name)
    _cut(folder, lines, torn)
    assert _sweep(emulator, folder).removed == ((ROLE, name),)
    assert name not in _roles(emulator)


@pytest.mark.parametrize(("lines", "torn"), [(1, 0), (1, 5), (2, 0)])
def test_a_resource_named_by_aws_is_found_by_its_likeness(
    engine: Instance, emulator: daemon.Emulator, folder: Path, lines: int, torn: int
) -> None:
    before = _addresses(emulator)
    identity, _ = engine.create(ADDRESS, {"domain": "vpc"})
    _cut(folder, lines, torn)
    assert _sweep(emulator, folder, [(ADDRESS, known) for known in before]).removed == ((ADDRESS, identity),)
    assert _addresses(emulator) == before


NAMED: dict[str, dict[str, Any]] = {
    "aws:dynamodb/table:Table": {
        "hashKey": "id",
        "attributes": [{"name": "id", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
    },
    "aws:iam/instanceProfile:InstanceProfile": {},
    "aws:iam/policy:Policy": {"policy": ALLOW},
    "aws:iam/role:Role": {"assumeRolePolicy": TRUST},
    "aws:secretsmanager/secret:Secret": {"recoveryWindowInDays": 0},
    "aws:sns/topic:Topic": {},
    "aws:sqs/queue:Queue": {},
}


@pytest.mark.parametrize("token", NAMED)
def test_what_aws_identifies_otherwise_is_found_by_its_name(
    emulator: daemon.Emulator, folder: Path, token: str
) -> None:
    """The process was killed between AWS's answer and the note of the id."""
    with serve(emulator, folder, types=CATALOGUE) as port, instance(port, region="us-east-1") as one:
        identity, _ = one.create(token, {**NAMED[token], "name": "answer-lost"})
        one.create(token, {**NAMED[token], "name": "not-answer-lost"})
        lines = file_of(folder).read_text().splitlines(keepends=True)
        file_of(folder).write_text("".join([lines[0], *lines[2:]]))
        assert (token, identity) in sweep(emulator, folder, list, CATALOGUE).removed
        one.create(token, {**NAMED[token], "name": "answer-lost"})


def test_a_likeness_that_the_state_knows_is_left_alone(
    engine: Instance, emulator: daemon.Emulator, folder: Path
) -> None:
    saved, _ = engine.create(ADDRESS, {"domain": "vpc"})
    journal.clear(folder)
    lost, _ = engine.create(ADDRESS, {"domain": "vpc"})
    _cut(folder, 1)
    known = [(ADDRESS, identity) for identity in _addresses(emulator) - {lost}]
    assert _sweep(emulator, folder, known).removed == ((ADDRESS, lost),)
    assert saved in _addresses(emulator)


def test_a_kill_before_the_call_leaves_nothing_to_remove(
    engine: Instance, emulator: daemon.Emulator, folder: Path
) -> None:
    _role(engine, "never-made")
    _client(emulator, "iam").delete_role(RoleName="never-made")
    _cut(folder, 1)
    assert _sweep(emulator, folder) == Swept(found=True)


def test_what_was_deleted_again_is_forgotten(engine: Instance, emulator: daemon.Emulator, folder: Path) -> None:
    identity, state = engine.create(ROLE, {"name": "short-lived", "assumeRolePolicy": TRUST})
    engine.delete(ROLE, identity, state)
    assert _sweep(emulator, folder) == Swept(found=True)


def test_a_resource_made_anew_under_a_saved_name_belongs_to_the_state(
    engine: Instance, emulator: daemon.Emulator, folder: Path
) -> None:
    """A replacement under the same name: the state has the old one, a refresh will see the new one."""
    identity, state = engine.create(ROLE, {"name": "replaced", "assumeRolePolicy": TRUST})
    journal.clear(folder)
    engine.delete(ROLE, identity, state)
    _role(engine, "replaced")
    assert _sweep(emulator, folder, [(ROLE, "replaced")]) == Swept(found=True)
    assert "replaced" in _roles(emulator)


def test_what_exists_on_record_only_needs_no_sweep(engine: Instance, emulator: daemon.Emulator, folder: Path) -> None:
    engine.create(TARGET, {"serviceNamespace": "ecs", "resourceId": "service/a"})
    assert _sweep(emulator, folder).removed == ()


def test_what_cannot_be_removed_is_told_with_the_reason(
    engine: Instance, emulator: daemon.Emulator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "IN_USE_SECONDS", 0.1)
    identity = _role(engine, "in-use")
    iam = _client(emulator, "iam")
    iam.attach_role_policy(RoleName=identity, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    swept = _sweep(emulator, folder)
    assert swept.removed == ()
    assert [(kind, name) for kind, name, _ in swept.failed] == [(ROLE, "in-use")]
    assert "DeleteConflict" in swept.failed[0][2]


def test_a_note_holds_no_secret(engine: Instance, folder: Path) -> None:
    engine.create(PARAMETER, {"name": "/noted", "type": "SecureString", "value": secret("hunter2")})
    assert "hunter2" not in file_of(folder).read_text()


def test_a_new_emulator_has_no_notes_of_the_one_before(tmp_path: Path) -> None:
    first = daemon.ensure_running(tmp_path)
    with serve(first, tmp_path, types=TYPES) as port, instance(port) as one:
        _role(one, "gone-with-it")
    os.kill(first.pid, signal.SIGKILL)
    try:
        assert _sweep(daemon.ensure_running(tmp_path), tmp_path) == Swept(found=False)
    finally:
        daemon.stop(tmp_path)


def test_a_killed_process_is_swept_after(tmp_path: Path) -> None:
    """The real thing: the provider's process is killed in the middle of many creations."""
    aws = daemon.ensure_running(tmp_path)
    code = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from local import emulator
from local.aws.provider import serve
from tests.local.aws.asking import TYPES, instance
folder = Path(sys.argv[1])
with serve(emulator.running(folder), folder, types=TYPES) as port, instance(port) as one:
    with ThreadPoolExecutor(8) as pool:
        create = lambda n: one.create("aws:iam/role:Role", {"name": f"r{n}", "assumeRolePolicy": "{}"})
        list(pool.map(create, range(5000)))
"""
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    try:
        deadline = time.monotonic() + 60
        while len(_roles(aws)) < 20 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
        process.wait()
        made = {name for name in _roles(aws) if name.startswith("r")}
        assert len(made) >= 20
        kept = sorted(made)[0]
        swept = sweep(aws, tmp_path, lambda: [(ROLE, kept)], TYPES)
        assert {name for name in _roles(aws) if name.startswith("r")} == {kept}
        assert {name for _, name in swept.removed} == made - {kept}
    finally:
        process.kill()
        daemon.stop(tmp_path)
