"""Messages to devices, in the form that each platform wants, and within the size that it takes.

Limits, each in bytes of UTF-8 of a platform's whole payload:

    apns    4096    https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification
    fcm     4096    https://firebase.google.com/docs/cloud-messaging/concept-options
    adm     6144    https://developer.amazon.com/docs/adm/send-message.html
    wns     5000    https://learn.microsoft.com/windows/apps/design/shell/tiles-and-notifications/push-request-response-headers
    baidu   4096    https://push.baidu.com/doc/restapi/restapi
    SNS   262144    all together; https://docs.aws.amazon.com/sns/latest/api/API_Publish.html

FCM counts less than the whole: what stands around its message is not counted against it. A message that is refused
here for a few bytes might have passed; one that passes here is never refused for its size.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

TOTAL_BYTES = 262_144
LIMITS = {
    "APNS": 4096,
    "APNS_SANDBOX": 4096,
    "GCM": 4096,
    "ADM": 6144,
    "WNS": 5000,
    "BAIDU": 4096,
}
"""The largest payload in bytes, by AWS's names of platforms."""
_TTL_SECONDS = {
    "APNS": 2_592_000,
    "APNS_SANDBOX": 2_592_000,
    "GCM": 2_419_200,
    "ADM": 2_678_400,
    "WNS": 2_592_000,
    "BAIDU": 604_800,
}
_TTL_NAMES = {"GCM": "FCM"}
_APPLE = frozenset({"APNS", "APNS_SANDBOX"})
# Words that stand for something else in the payload of one platform or another.
_RESERVED = frozenset({"aps", "title", "body", "from", "message_type", "notification", "collapse_key"})
_RESERVED_PREFIXES = ("google.", "gcm.")
_XML_ROOT = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(toast|tile|badge)\b")
_NOT_IN_XML = frozenset(map(chr, {*range(32), 0xFFFE, 0xFFFF} - {9, 10, 13}))


class Fault(NamedTuple):
    """One thing that is wrong with a message.

    Attributes:
        path: The field of the message, or the platform whose payload it is.
        given: What is given there.
        allowed: What may stand there.
    """

    path: str
    given: str
    allowed: str


class PushMessageError(ValueError):
    """A message cannot be sent as it is; it tells every fault, and nothing was sent."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [f"  {fault.path}: {fault.given}; allowed: {fault.allowed}" for fault in faults]
        super().__init__("\n".join(["The message cannot be sent:", *lines]))


@dataclass(frozen=True, kw_only=True)
class PushMessage:
    """What a device is told.

    Attributes:
        title: The first line that the user sees; none by default.
        body: What the user sees. Without title and body the app alone gets the data, and the user sees nothing.
        data: What the app gets beside it.
        badge: The number on the app's icon, on Apple's platforms; unchanged by default.
        sound: The sound that it makes, on Apple's platforms; none by default.
        ttl_seconds: How long a platform tries to reach a device that is off; as long as each sees fit by default.
        payloads: Whole payloads by AWS's names of platforms, in place of those that are made: `{"GCM": {...}}`.
    """

    title: str = ""
    body: str = ""
    data: Mapping[str, str] = field(default_factory=dict[str, str])
    badge: int | None = None
    sound: str = ""
    ttl_seconds: int | None = None
    payloads: Mapping[str, Mapping[str, Any] | str] = field(default_factory=dict[str, Mapping[str, Any] | str])


class Envelope(NamedTuple):
    """A message as SNS takes it.

    Attributes:
        text: The JSON text with the payload of each platform, for `MessageStructure="json"`.
        attributes: The message attributes.
    """

    text: str
    attributes: Mapping[str, Any]


def envelope(message: PushMessage, platforms: Iterable[str]) -> Envelope:
    """The message for some platforms.

    Args:
        message: The message.
        platforms: AWS's names of platforms: `["APNS", "GCM"]`.

    Raises:
        PushMessageError: It has no content, is too large for a platform, or has what a platform cannot take.
    """
    wanted = sorted({*platforms})
    faults = [*_message_faults(message, wanted)]
    if faults:
        raise PushMessageError(faults)
    payloads = {platform: _payload(message, platform) for platform in wanted}
    # SNS wants a text for subscribers of other kinds, of which an audience has none.
    text = json.dumps({"default": message.body or message.title or "data", **payloads}, ensure_ascii=False)
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in _attributes(message, payloads)}
    faults = [*_size_faults(payloads, text, attributes)]
    if faults:
        raise PushMessageError(faults)
    return Envelope(text, attributes)


def _payload(message: PushMessage, platform: str) -> str:
    given = message.payloads.get(platform)
    if given is None:
        return _FORMS[platform](message)
    return given if isinstance(given, str) else _compact(given)


def _apple(message: PushMessage) -> str:
    shown = _shown(message)
    aps: dict[str, Any] = {"alert": shown} if shown else {"content-available": 1}
    if message.badge is not None:
        aps["badge"] = message.badge
    if message.sound:
        aps["sound"] = message.sound
    return _compact({"aps": aps, **message.data})


def _google(message: PushMessage) -> str:
    shown = _shown(message)
    inner: dict[str, Any] = {"notification": shown} if shown else {}
    if message.data:
        inner["data"] = dict(message.data)
    # A message that shows nothing would else wait until the device is awake.
    inner["android"] = {"priority": "high" if shown else "normal"}
    return _compact({"fcmV1Message": {"message": inner}})


def _amazon(message: PushMessage) -> str:
    return _compact({"data": {**_shown(message), **message.data}})


def _windows(message: PushMessage) -> str:
    if not _shown(message):
        return _compact(dict(message.data))
    # A parser takes a carriage return for a line's end, unless it is written as a number.
    lines = "".join(f"<text>{escape(line, {chr(13): '&#13;'})}</text>" for line in _shown(message).values())
    launch = f" launch={quoteattr(_compact(dict(message.data)))}" if message.data else ""
    return f'<toast{launch}><visual><binding template="ToastGeneric">{lines}</binding></visual></toast>'


def _baidu(message: PushMessage) -> str:
    payload: dict[str, Any] = {"title": message.title, "description": message.body}
    return _compact({**payload, "custom_content": dict(message.data)} if message.data else payload)


_FORMS: Mapping[str, Callable[[PushMessage], str]] = {
    "APNS": _apple,
    "APNS_SANDBOX": _apple,
    "GCM": _google,
    "ADM": _amazon,
    "WNS": _windows,
    "BAIDU": _baidu,
}


def _shown(message: PushMessage) -> dict[str, str]:
    return {key: text for key, text in (("title", message.title), ("body", message.body)) if text}


def _attributes(message: PushMessage, payloads: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for platform in payloads:
        if message.ttl_seconds is not None:
            yield f"AWS.SNS.MOBILE.{_TTL_NAMES.get(platform, platform)}.TTL", str(message.ttl_seconds)
    apple = [payload for platform, payload in payloads.items() if platform in _APPLE]
    if apple:
        # Since iOS 13 Apple wants to know, and refuses a background message with the highest priority.
        shown = any(map(_is_shown_by_apple, apple))
        yield "AWS.SNS.MOBILE.APNS.PUSH_TYPE", "alert" if shown else "background"
        yield "AWS.SNS.MOBILE.APNS.PRIORITY", "10" if shown else "5"
    if "WNS" in payloads:
        root = _XML_ROOT.match(payloads["WNS"])
        yield "AWS.SNS.MOBILE.WNS.Type", f"wns/{root[1] if root else 'raw'}"
    if "BAIDU" in payloads:
        yield "AWS.SNS.MOBILE.BAIDU.MessageType", "1" if _shown(message) else "0"


def _is_shown_by_apple(payload: str) -> bool:
    try:
        aps = json.loads(payload)["aps"]
    except (KeyError, TypeError, ValueError):
        return True
    return not {"alert", "badge", "sound"}.isdisjoint(aps)


def _message_faults(message: PushMessage, platforms: Sequence[str]) -> Iterable[Fault]:
    for platform in platforms:
        if platform not in LIMITS:
            yield Fault("platforms", f"{platform!r} is given", ", ".join(LIMITS))
    for platform in message.payloads:
        if platform not in LIMITS:
            yield Fault(f"payloads.{platform}", "there is no such platform", ", ".join(LIMITS))
    if not (_shown(message) or message.data or message.payloads):
        yield Fault("body", "nothing is given", "a title, a body, data, or payloads")
    if message.badge is not None and message.badge < 0:
        yield Fault("badge", f"{message.badge} is given", "0 or more; 0 takes it away")
    yield from _time_faults(message, platforms)
    yield from _text_faults(message, platforms)
    for key in message.data:
        if key in _RESERVED or key.startswith(_RESERVED_PREFIXES) or not key:
            allowed = f"another name than {', '.join(sorted(_RESERVED))}, google.* and gcm.*: platforms use these"
            yield Fault(f"data.{key}", "it has this name", allowed)


def _time_faults(message: PushMessage, platforms: Sequence[str]) -> Iterable[Fault]:
    if message.ttl_seconds is None:
        return
    longest = min((_TTL_SECONDS[platform] for platform in platforms if platform in LIMITS), default=0)
    if not 1 <= message.ttl_seconds <= longest:
        allowed = f"1 to {longest} seconds, which {', '.join(platforms)} can keep it"
        yield Fault("ttl_seconds", f"{message.ttl_seconds} is given", allowed)


def _text_faults(message: PushMessage, platforms: Sequence[str]) -> Iterable[Fault]:
    texts = {
        "title": message.title,
        "body": message.body,
        "sound": message.sound,
        **{f"data.{key}": f"{key}{value}" for key, value in message.data.items()},
        **{f"payloads.{platform}": str(payload) for platform, payload in message.payloads.items()},
    }
    for path, text in texts.items():
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            yield Fault(path, "it holds half of a character", "text that UTF-8 can hold")
        elif path in ("title", "body") and "WNS" in platforms and not _NOT_IN_XML.isdisjoint(text):
            yield Fault(path, "it holds a control character", "text that XML can hold, for WNS")


def _size_faults(payloads: Mapping[str, str], text: str, attributes: Mapping[str, Any]) -> Iterable[Fault]:
    for platform, payload in payloads.items():
        size = len(payload.encode())
        if size > LIMITS[platform]:
            yield Fault(platform, f"its payload has {size} bytes", f"{LIMITS[platform]} bytes")
    of_attributes = sum(
        len(f"{name}{value['DataType']}{value['StringValue']}".encode()) for name, value in attributes.items()
    )
    total = len(text.encode()) + of_attributes
    if total > TOTAL_BYTES:
        yield Fault("message", f"it has {total} bytes for all platforms together", f"{TOTAL_BYTES} bytes")


def _compact(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
