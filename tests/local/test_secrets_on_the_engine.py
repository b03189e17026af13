"""No secret of a stack's configuration is readable in what a local run keeps or prints, whichever way it takes.

Each is planted in another argument of a component; the values are then looked for as text, and in Base64 and hex.
"""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.local.aws.test_on_the_engine import Stack, stack

__all__ = ["stack"]

# The first test on the engine may have to build it.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(2400)]

PROGRAM = """
import json

import pulumi
import pulumi_aws as aws

import tenfold

config = pulumi.Config()
planted = config.require_secret
code = pulumi.AssetArchive({"main.py": pulumi.StringAsset("def handle(event, context):\\n    return event\\n")})
worker = {"code": code, "handler": "main.handle"}
plain = {"deletion_protection": False}

network = tenfold.Network("main", {"zone_names": ["us-east-1a", "us-east-1b"], "nat": "none",
    "tags": {"owner": planted("network")}})
tenfold.Table("results", {"hash_key": "id", "attributes": {"id": "S"}, "tags": {"owner": planted("table")}, **plain})
tenfold.Database("orders", {"placement": network.placement, "tags": {"owner": planted("database")},
    "parameters": {"dynamic": {"log_line_prefix": planted("database_parameter")}}, **plain})
tenfold.Cache("pages", {"placement": network.placement, "tags": {"owner": planted("cache")}, **plain})
tenfold.Bucket("files", {"tags": {"owner": planted("bucket")}, **plain})
function = tenfold.Function("images", {"code": {"archive": code, "handler": "main.handle"},
    "environment": {"TOKEN": planted("function")}})
tenfold.QueueService("jobs", {"worker": {**worker, "environment": {"TOKEN": planted("queue")}}})
tenfold.Pipeline("videos", {"steps": [
    {"name": "cut", "worker": {**worker, "environment": {"TOKEN": planted("pipeline")}}}]})
web = tenfold.WebTier("web", {"placement": network.placement, **plain,
    "instances": {"user_data": planted("user_data").apply(lambda value: f"#!/bin/bash\\nexport TOKEN={value}\\n")}})
tenfold.WebTier("search", {"placement": network.placement,
    "container": {"image": "search:1", "environment": {"TOKEN": planted("container")}},
    "route": {"balancer": web.balancer, "priority": 10, "paths": ["/search/*"]}})
tenfold.Mailer("mail", {"domain": "shop.example.com", **plain,
    "templates": {"welcome": {"subject": "Welcome", "text": planted("template")}}})
tenfold.MobilePush("push", {"applications": {"android": {"platform": "fcm", "credentials": planted("push").apply(
    lambda value: json.dumps({"type": "service_account", "project_id": "shop", "client_email": "push@example.com",
        "private_key": f"-----BEGIN PRIVATE KEY-----\\n{value}\\n-----END PRIVATE KEY-----\\n"}))}}, **plain})
pager = planted("pager").apply(lambda value: f"https://events.example.com/{value}")
tenfold.Monitoring("health", {"critical": {"https": {"pager": pager}}})
tenfold.Topic("news", {"subscribers": {"partner": {"https": {"url": planted("topic").apply(
    lambda value: f"https://partner.example.com/{value}")}}}})
tenfold.Transcoder("films", {"start": {"environment": {"TOKEN": planted("transcoder")}}, **plain})
aws.ssm.Parameter("plain", type="SecureString", value=planted("parameter"))
pulumi.export("token", planted("output"))
"""
NAMES = [
    *("network", "table", "database", "database_parameter", "cache", "bucket", "function", "queue", "pipeline"),
    *("user_data", "container", "template", "push", "pager", "topic", "transcoder", "parameter", "output"),
]


def value(name: str) -> str:
    return f"planted{name.replace('_', '')}7f3a"


def spellings(text: str) -> Iterator[bytes]:
    """A value as it may stand in a file: as it is, in hex, and in Base64 wherever it begins in what is encoded."""
    raw = text.encode()
    yield raw
    yield raw.hex().encode()
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + raw)
        # What the neighbours share in at both ends is not its own.
        yield encoded[4 if before else 0 : -4]


def found_in(content: bytes) -> set[str]:
    return {name for name in NAMES if any(spelling in content for spelling in spellings(value(name)))}


def kept(stack: Stack) -> Iterator[Path]:
    """Every file of the run: state, configuration, journal, records, logs, events."""
    for folder in (stack.folder.parent, stack.folder):
        yield from (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def test_no_planted_secret_is_readable_in_anything_that_is_kept_or_printed(stack: Stack) -> None:
    # The log of events is the CLI's for its developers, and what `./tenfold up` reads.
    stack = replace(stack, environment=stack.environment | {"PULUMI_DEBUG_COMMANDS": "true"})
    (stack.root / "__main__.py").write_text(PROGRAM)
    pairs = [item for name in NAMES for item in ("--secret", f"{name}={value(name)}")]
    stack.run("config", "set-all", *pairs)
    events = stack.folder.parent / "events.json"
    said = {
        "preview --json": stack.run("preview", "--json"),
        "up": stack.up("--event-log", str(events)),
        "export": stack.run("stack", "export"),
        "output": stack.run("stack", "output", "--json"),
        "config": (stack.root / "Pulumi.local.yaml").read_text(),
    }
    stack.run("config", "set-all", *[item.replace("7f3a", "7f3a-new") for item in pairs])
    said["preview of a change"] = stack.run("preview", "--diff")
    said["refresh"] = stack.up("--refresh")
    assert {what: names for what, text in said.items() if (names := found_in(text.encode()))} == {}
    files = {str(path.relative_to(stack.folder.parent)): found_in(path.read_bytes()) for path in kept(stack)}
    assert {file: names for file, names in files.items() if names} == {}
    # They are all there, for those who have the passphrase.
    assert found_in(stack.run("stack", "export", "--show-secrets").encode()) == set(NAMES)
