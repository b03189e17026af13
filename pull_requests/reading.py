"""Reads a preview as the engine tells it.

Two forms are read. The events, one JSON object a line, have everything: `pulumi preview --json` prints them where
PULUMI_ENABLE_STREAMING_JSON_PREVIEW is set, and `--event-log` writes them to a file. The digest, one JSON object, is
what plain `pulumi preview --json` prints; the engine leaves out the policy pack's findings there. Text around either is
what the CLI said where it failed. Sources: `apitype.EngineEvent` and `display.PreviewDigest` in pulumi/pulumi.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pull_requests.preview import Action, Change, Preview, State, Violation, name_of, type_of

_COLOURS = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*[A-Za-z]")
_STACK: Final = "pulumi:pulumi:Stack"
UNDECIDED: Final = "undecided"
EXEMPTED: Final = "exempted"


# What it failed of was said before; with --expect-no-changes the changes themselves are the news.
_SAYS_NOTHING: Final = (
    "",
    "preview failed",
    "no changes were expected for preview but changes were proposed",
)


class UnreadablePreviewError(Exception):
    """A file is no preview; the message says which, what it holds, and what it should."""


_ACTIONS: Final = {
    "create": Action.CREATED,
    "update": Action.CHANGED,
    "delete": Action.DESTROYED,
    "replace": Action.REPLACED,
    "create-replacement": Action.REPLACED,
    "delete-replaced": Action.REPLACED,
    "import": Action.IMPORTED,
    "import-replacement": Action.REPLACED,
}


def read(path: Path, environment: str | None = None) -> Preview:
    """Read a preview from a file.

    Args:
        path: The engine's events or digest.
        environment: The stack's name; by default the one in its resources, else the file's name without its ending.

    Raises:
        UnreadablePreviewError: There is no such file, or it holds other JSON.
    """
    try:
        text = path.read_text(errors="replace")
    except OSError as error:
        raise UnreadablePreviewError(f"{path}: cannot be read: {error.strerror}") from None
    return parse(text, environment, path.name.removesuffix(path.suffix), str(path))


def parse(text: str, environment: str | None, otherwise: str, source: str = "the preview") -> Preview:
    """Read a preview from text; `otherwise` is the environment where neither the caller nor a resource names one."""
    digest, rest = _digest(text)
    told = _Told()
    if digest is not None:
        told.digest(digest)
        told.said.append(rest)
    else:
        for item in _lines(text, source):
            if isinstance(item, str):
                told.said.append(item)
            else:
                told.event(item)
    return told.preview(environment, otherwise)


def _digest(text: str) -> tuple[dict[str, Any] | None, str]:
    """The digest at the start of a text, and what follows it."""
    stripped = text.lstrip()
    try:
        found, end = json.JSONDecoder().raw_decode(stripped)
    except ValueError:
        return None, text
    is_digest = isinstance(found, dict) and bool(found.keys() & {"steps", "changeSummary", "diagnostics", "config"})
    return (found, stripped[end:]) if is_digest else (None, text)


def _lines(text: str, source: str) -> Iterator[dict[str, Any] | str]:
    for number, line in enumerate(text.split("\n"), 1):
        try:
            found = json.loads(line)
        except ValueError:
            yield line
            continue
        if not isinstance(found, dict):
            yield line
            continue
        if not any(key.endswith("Event") for key in found):
            raise UnreadablePreviewError(
                f"{source}: line {number} is JSON, but no event of Pulumi's engine. Give what "
                "`pulumi preview --json` prints, or what its --event-log writes."
            )
        yield found


class _Told:
    """What the engine has told so far."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._steps: dict[tuple[str, Action], dict[str, Any]] = {}
        self._drift: dict[str, dict[str, Any]] = {}
        self._findings: dict[Violation, None] = {}
        self._notes: dict[str, list[str]] = {UNDECIDED: [], EXEMPTED: []}
        self._mended: list[str] = []
        self._diagnostics: dict[str, list[str]] = {"error": [], "warning": []}
        self._before: dict[str, State] = {}
        self._after: dict[str, State] = {}
        self._urns: list[str] = []
        self._judged = self._ended = False
        self._unchanged: int | None = None

    def digest(self, digest: Mapping[str, Any]) -> None:
        for step in digest.get("steps") or []:
            self._step(
                {
                    **step,
                    "old": step.get("oldState"),
                    "new": step.get("newState"),
                    "diffs": step.get("diffReasons"),
                    "keys": step.get("replaceReasons"),
                }
            )
        for diagnostic in digest.get("diagnostics") or []:
            self._diagnose(diagnostic)
        self._summarise(digest.get("changeSummary"))

    def event(self, event: Mapping[str, Any]) -> None:
        if step := event.get("resourcePreEvent"):
            self._step(step["metadata"])
        elif (step := event.get("resOutputsEvent")) and step["metadata"].get("op") == "refresh":
            self._refreshed(step["metadata"])
        elif finding := event.get("policyEvent"):
            self._find(finding)
        elif mended := event.get("policyRemediationEvent"):
            self._mended.append(f"{mended.get('policyName')}: {name_of(str(mended.get('resourceUrn', '')))}")
        elif diagnostic := event.get("diagnosticEvent"):
            self._diagnose(diagnostic)
        elif error := event.get("errorEvent"):
            self._diagnose({"severity": "error", "message": error.get("error", "")})
        elif summary := event.get("summaryEvent"):
            self._judged |= bool(summary.get("PolicyPacks"))
            self._summarise(summary.get("resourceChanges"))

    def _step(self, step: Mapping[str, Any]) -> None:
        urn, op = str(step.get("urn", "")), step.get("op")
        self._urns.append(urn)
        old, new = _state(step.get("old")), _state(step.get("new"))
        if op == "refresh":
            return
        if old and op != "create":
            self._before[urn] = old
        if new and op not in ("delete", "delete-replaced"):
            self._after[urn] = new
        action = _ACTIONS.get(str(op))
        if action and _counts(urn, old, new):
            # A replacement is three steps, of which the last one knows only what goes.
            known = self._steps.get((urn, action), {})
            self._steps[urn, action] = {key: step.get(key) or known.get(key) for key in {*step, *known}}

    def _refreshed(self, step: Mapping[str, Any]) -> None:
        urn = str(step.get("urn", ""))
        if _counts(urn, _state(step.get("old")), _state(step.get("new"))) and (
            step.get("diffs") or not step.get("new")
        ):
            self._drift[urn] = {**step, "op": "update" if step.get("new") else "delete"}

    def _find(self, event: Mapping[str, Any]) -> None:
        self._judged = True
        message = _plain(str(event.get("message", ""))).strip()
        # The engine puts the rule's description first, on a line of its own.
        _, _, told = message.partition("\n")
        rule, level = str(event.get("policyName", "")), str(event.get("enforcementLevel", ""))
        if rule in self._notes and level != "mandatory":
            self._notes[rule] += [line for line in (told or message).splitlines() if line.strip()]
            return
        resource = name_of(str(event.get("resourceUrn", "")))
        found, _, fix = " ".join((told or message).split()).partition(" Fix: ")
        # tenfold's pack begins with the resource and its type, which have a column of their own.
        found = re.sub(rf"^{re.escape(resource)} \([\w:/-]+\):? ", "", found)
        self._findings[Violation(level, rule, resource, found, fix)] = None

    def _diagnose(self, diagnostic: Mapping[str, Any]) -> None:
        severity = str(diagnostic.get("severity", ""))
        message = _plain(str(diagnostic.get("message", ""))).strip().removeprefix(f"{severity}: ")
        if severity in self._diagnostics and message not in _SAYS_NOTHING:
            self._diagnostics[severity].append(message)

    def _summarise(self, changes: Mapping[str, int] | None) -> None:
        if changes is not None:
            self._ended = True
            self._unchanged = changes.get("same", 0)

    def preview(self, environment: str | None, otherwise: str) -> Preview:
        errors = [_without_traceback(message) for message in self._diagnostics["error"]]
        said = _plain("\n".join(self.said)).strip().removeprefix("error: ")
        if said not in _SAYS_NOTHING:
            errors.append(said)
        if not self._ended and not errors:
            errors = ["The engine ended without a word. The log of its run says more."]
        changes = [self._change(urn, action, step) for (urn, action), step in self._steps.items()]
        named = next((urn.split(":")[2] for urn in self._urns if urn.startswith("urn:pulumi:")), "")
        return Preview(
            environment=environment or named or otherwise,
            # The engine works at several things at once; the comment on the next commit has them in the same order.
            changes=tuple(sorted(changes, key=lambda one: (list(Action).index(one.action), one.name, one.urn))),
            drift=tuple(self._change(urn, _ACTIONS[step["op"]], step) for urn, step in self._drift.items()),
            unchanged=self._unchanged,
            violations=tuple(sorted(self._findings, key=lambda finding: finding.level != "mandatory")),
            undecided=tuple(dict.fromkeys(self._notes[UNDECIDED])),
            exemptions=tuple(dict.fromkeys(self._notes[EXEMPTED])),
            remediations=tuple(dict.fromkeys(self._mended)),
            judged=self._judged,
            errors=tuple(dict.fromkeys(errors)),
            warnings=tuple(dict.fromkeys(self._diagnostics["warning"])),
            # Where the program or a resource fails, the engine does not come to what it would destroy.
            ended=self._ended and (not errors or any(action == Action.DESTROYED for _, action in self._steps)),
            before=self._before,
            after=self._after,
        )

    def _change(self, urn: str, action: Action, step: Mapping[str, Any]) -> Change:
        old, new = _state(step.get("old")), _state(step.get("new"))
        return Change(
            urn=urn,
            action=action,
            type=(new or old or State(type_of(urn))).type or type_of(urn),
            owner=self._owner(new or old),
            old=old,
            new=new,
            reasons=tuple(map(str, step.get("keys") or ())),
            paths=_paths(step),
        )

    def _owner(self, state: State | None) -> str:
        """The outermost component around a resource."""
        owner, seen = "", set[str]()
        parent = state.parent if state else ""
        while parent and type_of(parent) != _STACK and parent not in seen:
            seen.add(parent)
            owner = parent
            known = self._after.get(parent) or self._before.get(parent)
            parent = known.parent if known else ""
        return owner


def _state(given: Any) -> State | None:
    if not isinstance(given, dict):
        return None
    return State(
        type=str(given.get("type", "")),
        parent=str(given.get("parent") or ""),
        inputs=given.get("inputs") or {},
        outputs=given.get("outputs") or {},
        custom=bool(given.get("custom")),
        protect=bool(given.get("protect")),
        retained=bool(given.get("retainOnDelete")),
    )


def _counts(urn: str, *states: State | None) -> bool:
    """Whether a reviewer cares: the stack, its components and providers are not in AWS."""
    return not type_of(urn).startswith("pulumi:") and any(state.custom for state in states if state)


def _paths(step: Mapping[str, Any]) -> dict[str, bool]:
    detailed: Mapping[str, Any] = step.get("detailedDiff") or {}
    if detailed:
        return {str(path): bool((about or {}).get("inputDiff")) for path, about in detailed.items()}
    return {str(key): True for key in step.get("diffs") or ()}


def _plain(text: str) -> str:
    return _COLOURS.sub("", text)


def _without_traceback(message: str) -> str:
    """What a program died of: the last line of a traceback says it, and the lines before are in the log."""
    before, found, trace = message.partition("Traceback (most recent call last):\n")
    if not found:
        return message
    frames = trace.split("\n")
    ends = [number for number, line in enumerate(frames) if line.startswith((" ", "\t"))]
    words = "\n".join(frames[ends[-1] + 1 :] if ends else frames).strip()
    return f"{before.strip()}\n{words}".strip()
