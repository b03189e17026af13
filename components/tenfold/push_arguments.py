"""What a program says of mobile push, and what it cannot say."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from tenfold.alarms import AlarmsArgs, alarm_faults
from tenfold.arguments import Children, bounded, is_known
from tenfold.errors import Fault
from tenfold.log_retention import retention_faults
from tenfold.push_credentials import MobilePushPlatform, document_faults
from tenfold.queue_access import key_faults


class MobilePushEvent(StrEnum):
    """What SNS tells of the devices of an application."""

    CREATED = "created"
    """A device was registered."""
    UPDATED = "updated"
    """The token of a device, its data, or whether it can be reached has changed."""
    DELETED = "deleted"
    """A device was removed."""
    FAILED = "failed"
    """A message that was pushed to one device cannot be delivered, now or later."""


class MobilePushApplicationArgs(TypedDict):
    """An app on one platform, with either `secret_arn` or `credentials`."""

    platform: MobilePushPlatform
    """The service that brings messages to its devices: `apns`, `fcm`, `adm`, `wns` or `baidu`. Another one replaces the
    application, whose devices are lost; give it a name of its own beside the old one. A plain value."""
    sandbox: NotRequired[bool]
    """Whether it is Apple's sandbox, for builds that developers install; False by default. A plain value."""
    secret_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the secret in Secrets Manager with the credentials, a JSON text. With `apns` it has `signing_key`,
    `key_id`, `team_id` and `bundle_id`, or `certificate` and `private_key`; with `fcm` it is the key file of a Google
    service account; with `adm` it has `client_id` and `client_secret`, with `wns` `package_sid` and `secret_key`, with
    `baidu` `api_key` and `secret_key`. It is read whenever the program runs; new credentials change the application in
    place."""
    credentials: NotRequired[pulumi.Input[str]]
    """The same JSON text as a secret of Pulumi, in place of `secret_arn`: `config.require_secret("apns")`. A plain text
    is taken for a secret too."""


class MobilePushCleaningArgs(TypedDict):
    """How devices are removed that can no longer be reached."""

    enabled: NotRequired[bool]
    """Whether they are removed; True by default. A plain value."""
    maximum_concurrency: NotRequired[pulumi.Input[int]]
    """How many batches of failures are worked on at the same time at the most, 2 to 1000; 2 by default, which SNS's
    limits on calls bear."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How many days logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""


class MobilePushDeliveryLogsArgs(TypedDict):
    """The logs of what became of each message."""

    enabled: NotRequired[bool]
    """Whether there are logs; True by default. A plain value."""
    success_percent: NotRequired[pulumi.Input[int]]
    """How many of the delivered messages are logged, 0 to 100 percent; 5 by default. Failures are all logged."""
    retention_days: NotRequired[pulumi.Input[int]]
    """How many days logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""


class MobilePushArgs(TypedDict):
    """Arguments of `MobilePush`."""

    applications: dict[str, MobilePushApplicationArgs]
    """The app on each platform, by a name that stays: `{"ios": {"platform": "apns", "secret_arn": ...}}`."""
    broadcast: NotRequired[list[str]]
    """The audiences that are told something all at once, each by a topic of that name: `["news"]`; none by default.
    The topic of one that is left out is deleted, with the subscriptions of its devices."""
    events: NotRequired[list[MobilePushEvent]]
    """What SNS tells of devices, each to a topic of its own: `created`, `updated`, `deleted`, `failed`; all by default.
    Without `failed` nothing is cleaned."""
    cleaning: NotRequired[MobilePushCleaningArgs]
    """How devices are removed that can no longer be reached; at once by default."""
    delivery_logs: NotRequired[MobilePushDeliveryLogsArgs]
    """The logs of what became of each message; all failures and 5 percent of the others by default."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the KMS key that encrypts the topics and the queue of failures; a key of its own for the topics by
    default. The key's policy must let `sns.amazonaws.com` use it."""
    deletion_protection: NotRequired[bool]
    """Whether Pulumi refuses to delete or replace applications and the topics of audiences, with which the tokens of
    all devices would go; True by default. A plain value."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not made; nobody by default."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"failure-alarm": {"threshold": 50}}`."""


_NAME = re.compile(r"[A-Za-z0-9_-]+")
# A role's name has 64 characters, of which "-cleaner-worker-role-" and Pulumi's seven random ones take 28.
_NAME_LIMIT = 36
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_KEYS = "1 to 40 letters, digits, underscores and hyphens"
_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+")


def concealed(args: Any) -> Any:
    """The arguments with credentials as secrets: messages show values that are wrong, and state shows inputs."""
    if not isinstance(args, Mapping) or not isinstance(args.get("applications"), Mapping):
        return args
    applications = {key: _concealed(application) for key, application in args["applications"].items()}
    return {**args, "applications": applications}


def push_rules(name: str, args: Any, alarm_children: Children, acting: Mapping[str, str]) -> Sequence[Any]:
    """Everything that makes arguments impossible, for one component.

    Args:
        name: The component's name in the program.
        args: What the program gave, with credentials as they are.
        alarm_children: The kinds of children among which alarms are.
        acting: The alarms that cannot be turned off, as `alarm_faults` takes them.
    """
    return (
        lambda _: _name_faults(name),
        _application_faults,
        lambda _: _credential_faults(args),
        _broadcast_faults,
        _event_faults,
        _cleaning_faults,
        _log_faults,
        _key_faults,
        partial(alarm_faults, children=alarm_children, acting=acting),
    )


def events_of(args: MobilePushArgs) -> list[MobilePushEvent]:
    """What SNS tells of devices."""
    return [*args.get("events", MobilePushEvent)]


def cleans(args: MobilePushArgs) -> bool:
    """Whether devices are removed that can no longer be reached."""
    return args.get("cleaning", {}).get("enabled", True) and MobilePushEvent.FAILED in events_of(args)


def logs_deliveries(args: MobilePushArgs) -> bool:
    """Whether there are logs of what became of messages."""
    return args.get("delivery_logs", {}).get("enabled", True)


def _concealed(application: Any) -> Any:
    if not isinstance(application, Mapping) or application.get("credentials") is None:
        return application
    return {**application, "credentials": pulumi.Output.secret(application["credentials"])}


def _name_faults(name: str) -> Iterable[Fault]:
    if len(name) > _NAME_LIMIT or not _NAME.fullmatch(name):
        allowed = f"1 to {_NAME_LIMIT} letters, digits, underscores and hyphens: names on AWS are made from it"
        yield Fault("name", f"{name!r} is given", allowed)


def _application_faults(args: MobilePushArgs) -> Iterable[Fault]:
    if not args["applications"]:
        yield Fault("applications", "none is given", "one or more, by name")
    for key, application in args["applications"].items():
        path = f"applications.{key}"
        if not _KEY.fullmatch(key):
            yield Fault(path, "it has this name", _KEYS)
        if application.get("sandbox") and application["platform"] is not MobilePushPlatform.APNS:
            allowed = "False: Apple alone has a sandbox"
            yield Fault(f"{path}.sandbox", f"True is given with {application['platform'].value}", allowed)
        if ("secret_arn" in application) == ("credentials" in application):
            given = "both are given" if "secret_arn" in application else "neither it nor credentials is given"
            yield Fault(f"{path}.secret_arn", given, "one of secret_arn and credentials")
        yield from _secret_faults(f"{path}.secret_arn", application.get("secret_arn"))


def _secret_faults(path: str, arn: object) -> Iterable[Fault]:
    if isinstance(arn, str) and is_known(arn) and not _SECRET.fullmatch(arn):
        # It may be the secret itself.
        yield Fault(path, "something else is given", "the ARN of a secret: arn:aws:secretsmanager:...:secret:...")


def _credential_faults(args: Any) -> Iterable[Fault]:
    given = args.get("applications") if isinstance(args, Mapping) else None
    for key, application in cast("Mapping[str, Any]", given).items() if isinstance(given, Mapping) else ():
        if isinstance(application, Mapping) and application.get("platform") in [*MobilePushPlatform]:
            platform = MobilePushPlatform(application["platform"])
            yield from document_faults(f"applications.{key}.credentials", platform, application.get("credentials"))


def _broadcast_faults(args: MobilePushArgs) -> Iterable[Fault]:
    audiences = args.get("broadcast", ())
    for index, audience in enumerate(audiences):
        if not _KEY.fullmatch(audience):
            yield Fault(f"broadcast[{index}]", f"{audience!r} is given", _KEYS)
        elif audience in audiences[:index]:
            yield Fault(f"broadcast[{index}]", f"{audience!r} is given twice", "each audience once")


def _event_faults(args: MobilePushArgs) -> Iterable[Fault]:
    events = args.get("events", ())
    for index, event in enumerate(events):
        if event in events[:index]:
            yield Fault(f"events[{index}]", f"{event.value!r} is given twice", "each event once")


def _cleaning_faults(args: MobilePushArgs) -> Iterable[Fault]:
    cleaning = args.get("cleaning", {})
    path = "cleaning.maximum_concurrency"
    yield from bounded(path, cleaning.get("maximum_concurrency"), 2, 1000, "batches at a time")
    yield from retention_faults("cleaning.log_retention_days", cleaning.get("log_retention_days"))
    if cleaning.get("enabled") and not cleans(args):
        yield Fault("cleaning.enabled", "True is given without the event failed", "events with failed, or False")


def _key_faults(args: MobilePushArgs) -> Iterable[Fault]:
    yield from key_faults(args.get("kms_key_arn"))


def _log_faults(args: MobilePushArgs) -> Iterable[Fault]:
    logs = args.get("delivery_logs", {})
    yield from bounded("delivery_logs.success_percent", logs.get("success_percent"), 0, 100, "percent")
    yield from retention_faults("delivery_logs.retention_days", logs.get("retention_days"))
