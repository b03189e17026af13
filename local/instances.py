"""The instances of Auto Scaling groups, as processes of this machine.

The emulator keeps a group's instances as records. Here each one whose user data installs the sample application runs
that very script's server on a port of its own, and is a target of the group's target groups, so that a load balancer of
the local platform answers. A process that dies is started again; a group that grows or shrinks, or has a new launch
template version, is followed within seconds.

This runs as a child of the emulator's daemon and ends with it. A folder per region below ``instances`` tells it where
to look.
"""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3
import psutil
from botocore.exceptions import BotoCoreError, ClientError

from local.aws.records import recorded_in
from local.emulator import answers, free_port, quit_databases

_SERVER = re.compile(r"<<'SERVER'\n(.*?)^SERVER$", re.MULTILINE | re.DOTALL)
_ENVIRONMENT = re.compile(r'^Environment="([A-Z0-9_]+)=(.*)"$', re.MULTILINE)
_QUOTED = re.compile(r"\\(.)|%(%)")
_GROUP = "aws:autoscaling/group:Group"
_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Wanted:
    """An instance that there should be: the program and settings from its user data, and its target groups."""

    instance_id: str
    program: str
    environment: Mapping[str, str]
    target_groups: tuple[str, ...]


@dataclass
class Running:
    """An instance that there is."""

    wanted: Wanted
    process: subprocess.Popen[bytes]
    port: int
    registered: bool = False

    @property
    def target(self) -> dict[str, Any]:
        """The instance as a target: the emulator reaches a target at its id and port."""
        return {"Id": "127.0.0.1", "Port": self.port}


def _unquoted(value: str) -> str:
    """A value as systemd reads it between double quotes."""
    return _QUOTED.sub(lambda found: found[1] or found[2], value)


def watch(folder: Path, region: str) -> None:
    """Have the groups of a region run from now on."""
    (folder / region).mkdir(parents=True, exist_ok=True)


class Fleet:
    """The instances of one region."""

    def __init__(self, folder: Path, region: str) -> None:
        self._folder = folder
        self._autoscaling: Any = cast(Any, boto3).client("autoscaling", region_name=region)
        self._ec2: Any = cast(Any, boto3).client("ec2", region_name=region)
        self._balancers: Any = cast(Any, boto3).client("elbv2", region_name=region)
        self._region = region
        self._user_data: dict[tuple[str, str], str] = {}
        self.running: dict[str, Running] = {}

    def follow(self) -> None:
        """Bring the processes to what the groups say now."""
        wanted = {one.instance_id: one for one in self._wanted()}
        for instance_id, one in list(self.running.items()):
            if wanted.get(instance_id) != one.wanted or one.process.poll() is not None:
                self._end(self.running.pop(instance_id))
        for instance_id in wanted.keys() - self.running.keys():
            self.running[instance_id] = self._start(wanted[instance_id])
        for one in self.running.values():
            if not one.registered and answers(f"http://127.0.0.1:{one.port}/healthz", 1):
                for arn in one.wanted.target_groups:
                    self._balancers.register_targets(TargetGroupArn=arn, Targets=[one.target])
                one.registered = True

    def _wanted(self) -> Iterator[Wanted]:
        # The emulator does not keep a group's target groups; the provider's records do.
        target_groups = {
            one.id: tuple(one.inputs.get("targetGroupArns") or ())
            for one in recorded_in(self._folder.parent)
            if one.type == _GROUP
        }
        for group in self._autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]:
            script = self._script(group.get("LaunchTemplate") or {})
            server = _SERVER.search(script)
            if server:
                environment = {name: _unquoted(value) for name, value in _ENVIRONMENT.findall(script)}
                arns = target_groups.get(group["AutoScalingGroupName"], ())
                for instance in group["Instances"]:
                    yield Wanted(instance["InstanceId"], server[1], environment, arns)

    def _script(self, template: Mapping[str, str]) -> str:
        """The user data of a launch template's version. A numbered version never changes."""
        if "LaunchTemplateId" not in template:
            return ""
        version = str(template.get("Version") or "$Default")
        key = (template["LaunchTemplateId"], version)
        if key not in self._user_data:
            answer = self._ec2.describe_launch_template_versions(LaunchTemplateId=key[0], Versions=[version])
            encoded = answer["LaunchTemplateVersions"][0]["LaunchTemplateData"].get("UserData", "")
            script = base64.b64decode(encoded).decode(errors="replace")
            if version.startswith("$"):
                return script
            self._user_data[key] = script
        return self._user_data[key]

    def _start(self, wanted: Wanted) -> Running:
        home = self._folder / self._region / wanted.instance_id
        home.mkdir(parents=True, exist_ok=True)
        (home / "server.py").write_text(wanted.program)
        port = free_port()
        ours = {"HOST": "127.0.0.1", "PORT": str(port), "AWS_REGION": self._region, "AWS_DEFAULT_REGION": self._region}
        with (home / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, str(home / "server.py")],
                cwd=home,
                env={**os.environ, **wanted.environment, **ours},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return Running(wanted, process, port)

    def _end(self, one: Running) -> None:
        """Take the instance out of service, then let it finish what it has in hand."""
        for arn in one.wanted.target_groups if one.registered else ():
            with suppress(ClientError):  # the target group may be gone, too
                self._balancers.deregister_targets(TargetGroupArn=arn, Targets=[one.target])
        one.process.terminate()
        try:
            one.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()


def main() -> None:
    """Follow the groups of each watched region for as long as the daemon lives and its folder is its own."""
    folder, daemon = Path(sys.argv[1]), int(sys.argv[2])
    fleets: dict[str, Fleet] = {}
    elsewhere: Path | None = None
    while os.getppid() == daemon and _is_home_of(folder.parent, daemon):
        for region in sorted(path.name for path in folder.glob("*") if path.is_dir()):
            fleet = fleets.setdefault(region, Fleet(folder, region))
            # The emulator may be busy or not there yet; the next look is soon.
            with suppress(ClientError, BotoCoreError, OSError):
                fleet.follow()
        databases = folder.parent / "databases"
        elsewhere = databases.resolve() if databases.is_symlink() else elsewhere
        time.sleep(_POLL_SECONDS)
    # The daemon was killed, or its folder was removed by hand: then nobody else would ever end what it has started.
    if os.getpgrp() == daemon:
        quit_databases(process for process in psutil.process_iter() if _group_of(process.pid) == daemon)
        if elsewhere:
            shutil.rmtree(elsewhere, ignore_errors=True)
        os.killpg(daemon, signal.SIGKILL)


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def _is_home_of(home: Path, daemon: int) -> bool:
    try:
        return json.loads((home / "daemon.json").read_text())["pid"] == daemon
    except (OSError, ValueError, KeyError):
        return home.is_dir() and not (home / "daemon.json").exists()  # it has just been started


if __name__ == "__main__":
    main()
