"""What a rule sees of a resource: each property is known, absent, or unknown until the update.

The engine sends numbers as floats, marks unknowns with sentinel strings, and the SDK hides both behind proxies that are
neither `dict` nor `list`. Here all of that is turned into plain values once, and a `Value` remembers which resource and
property it is, so that a message can name them.

Reading an unknown value raises `Undecided`, which says what was not known. It never escapes a rule: `rule.judge_all`
turns it into a finding for that one resource, and `attempt` keeps one unknown property from hiding the verdict on the
next.
"""

import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar, cast

from pulumi_policy import Secret, proxy

Plain = object
"""None, bool, int, float, str, list, dict, `UNKNOWN`, or an asset or archive, which rules do not look into."""


_T = TypeVar("_T")


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()

_SENTINELS: Final = frozenset(
    {
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
    }
)


def plain(value: object) -> Plain:
    """Properties as plain values, from the SDK's proxies or from anything that JSON can hold; a secret is its value."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, str):
        return UNKNOWN if value in _SENTINELS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        # The SDK's proxies raise on unknown elements; their raw content is under this key.
        raw = cast("Mapping[str, object]", value if isinstance(value, dict) else value["__target"])
        return {key: plain(element) for key, element in raw.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        raw_list = cast(
            "list[object]",
            value if isinstance(value, list) else value["__target"],  # pyright: ignore[reportArgumentType, reportCallIssue]
        )
        return [plain(element) for element in raw_list]
    return value


@dataclass(frozen=True)
class Change:
    """A property, by its path from the resource, and the value that it is to have."""

    path: str
    value: bool | int | str


@dataclass(frozen=True)
class Finding:
    """One thing that a rule has to say about one resource.

    Attributes:
        urn: The resource it is about.
        text: A sentence for the user; where nothing was decided, what stood in the way.
        decided: False where the rule could not be decided, because of a value that is not known yet.
        change: What would mend it, where that is one value; whether the engine may set it, the rule says.
    """

    urn: str
    text: str
    decided: bool = True
    change: Change | None = None

    @property
    def name(self) -> str:
        """The name of the resource it is about: what follows stack, project and type in its URN."""
        return self.urn.split("::", 3)[-1]


Findings = Iterator[Finding]


class Undecided(Exception):  # noqa: N818  not an error: the third verdict
    """A value that a verdict needs is not known yet, or lies outside of the stack."""

    def __init__(self, value: "Value", reason: str = "is not known until the update") -> None:
        resource = value.resource
        text = f"{resource.label} {value.path} {reason}"
        super().__init__(text)
        self.finding = Finding(resource.urn, text, decided=False)


class Value:
    """One property of one resource, by its path (`healthCheck.path`, `defaultActions[0].type`)."""

    __slots__ = ("path", "raw", "resource")

    def __init__(self, resource: "Resource", path: str, raw: Plain) -> None:
        self.resource = resource
        self.path = path
        self.raw = raw

    def __getitem__(self, path: str) -> "Value":
        """The value below this one. Below an unknown value all is unknown, below an absent one all is absent.

        A path leads into JSON text, too: AWS takes documents such as policies in that form.
        """
        raw, walked = self.raw, self.path
        for name in path.split("."):
            # What cannot be known is the first unknown ancestor: the message names that one.
            if raw is UNKNOWN:
                break
            if isinstance(raw, str):
                raw = _document(raw)
            raw = cast("dict[str, Plain]", raw).get(name) if isinstance(raw, dict) else None
            walked = f"{walked}.{name}" if walked else name
        return Value(self.resource, walked, raw)

    @property
    def unknown(self) -> bool:
        """Whether it will be known only after the update."""
        return self.raw is UNKNOWN

    @property
    def given(self) -> bool:
        """Whether it is set, be it to something that is not known yet."""
        return self.raw is UNKNOWN or not self.absent

    @property
    def absent(self) -> bool:
        """Whether it is not set; the provider writes what is not set as an empty text, list or object, too.

        Raises:
            Undecided: It is unknown whether it is set.
        """
        return self._known() in (None, "", [], {})

    def text(self) -> str | None:
        """Its text, or None where it is absent or something else."""
        return self.raw if isinstance(self._known(), str) and self.raw else None  # pyright: ignore[reportReturnType]

    def integer(self) -> int | None:
        """Its whole number, also where the provider writes it as text, or None where it is absent or no number."""
        raw = self._known()
        if isinstance(raw, bool):
            return None
        if isinstance(raw, int):
            return raw
        return int(raw) if isinstance(raw, str) and re.fullmatch(r"-?[0-9]{1,18}", raw) else None

    def flag(self) -> bool | None:
        """Its truth, also where the provider writes it as text, or None where it is absent or neither."""
        raw = self._known()
        if isinstance(raw, bool):
            return raw
        return {"true": True, "false": False}.get(raw.lower()) if isinstance(raw, str) else None

    def items(self) -> "list[Value]":
        """Its elements; a single value is a list of one. An element may itself be unknown."""
        if self._known() in (None, "", {}):
            return []
        if not isinstance(self.raw, list):
            return [self]
        return [Value(self.resource, f"{self.path}[{i}]", e) for i, e in enumerate(cast("list[Plain]", self.raw))]

    def elements(self) -> "list[Value]":
        """The elements of a list that AWS takes as JSON text, or of any list."""
        raw = self._known()
        return Value(self.resource, self.path, _document(raw) if isinstance(raw, str) else raw).items()

    def texts(self) -> list[str]:
        """The texts among its elements.

        Raises:
            Undecided: The list or one of its elements is unknown.
        """
        return [text for item in self.items() if (text := item.text()) is not None]

    def violates(
        self, *, allowed: str, fix: str, found: str | None = None, set_to: bool | int | str | None = None
    ) -> Finding:
        """The finding that this property breaks the rule: what it is, what it may be, what to do.

        Args:
            allowed: What it may be.
            fix: What to do.
            found: What it is, where that is not its value.
            set_to: The value that mends it, where one does.
        """
        found = self.shown() if found is None else found
        text = f"{self.resource.label} {self.path}: found {found}, allowed {allowed}. Fix: {fix}"
        return Finding(self.resource.urn, text, change=None if set_to is None else Change(self.path, set_to))

    def shown(self) -> str:
        """How a message shows it."""
        if self.raw in (None, "", [], {}):
            return "nothing"
        if self.raw is UNKNOWN or isinstance(self.raw, dict):
            return "a value"
        return json.dumps(self.raw, default=repr)

    def _known(self) -> Plain:
        if self.raw is UNKNOWN:
            raise Undecided(self)
        return self.raw


@dataclass(frozen=True, eq=False)
class Resource:
    """A resource as the engine shows it to a pack.

    Attributes:
        type: The type token, such as `aws:sqs/queue:Queue`.
        name: The name given in the program.
        urn: Its identity.
        properties: Inputs where the resource is judged alone, outputs where the stack is judged.
        references: Top-level property -> URNs of the resources it was made from; also there in a preview.
        protect: Whether Pulumi protects it from deletion.
        ignores: The properties whose changes the program ignores.
    """

    type: str
    name: str
    urn: str
    properties: Mapping[str, Plain]
    references: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    protect: bool = False
    ignores: frozenset[str] = frozenset()

    def as_given(self) -> "Resource":
        """The resource without what the provider fills in.

        In a preview the outputs hold an unknown for each property that the program left to the provider. An unknown
        that the program gave was made from something: the engine names a reference. Without one it was not given,
        hence is absent.
        """
        given = {
            key: value for key, value in self.properties.items() if value is not UNKNOWN or self.references.get(key)
        }
        return replace(self, properties=given)

    def __getitem__(self, path: str) -> Value:
        return Value(self, "", self.properties)[path]

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"{self.name} ({self.type})"


@dataclass(frozen=True)
class Links:
    """The resources that a property refers to.

    Attributes:
        value: The property.
        resources: Those that are certain.
        outside: Identifiers that no resource of the stack has: existing resources, or another stack's.
        hidden: How many more elements cannot be told yet; None where not even that is known.
        derived: The property as a whole is unknown: `resources` is what it was made from.
    """

    value: Value
    resources: tuple[Resource, ...] = ()
    outside: tuple[str, ...] = ()
    hidden: int | None = 0
    derived: bool = False

    def all(self) -> tuple[Resource, ...]:
        """Every resource referred to.

        Raises:
            Undecided: Some are outside of the stack or cannot be told yet.
        """
        if self.hidden != 0:
            raise Undecided(self.value)
        if self.outside:
            raise Undecided(self.value, outside_reason(self.outside))
        return self.resources

    def one(self) -> Resource:
        """The one resource referred to.

        Raises:
            Undecided: It is outside of the stack or cannot be told yet.
        """
        resources = self.all()
        if len(resources) != 1:
            raise Undecided(self.value)
        return resources[0]


@dataclass(frozen=True)
class Referrers:
    """The resources that refer to one by some property, and the doubts about others that may."""

    resources: tuple[Resource, ...]
    doubts: tuple[Undecided, ...]


class Stack:
    """All resources of a stack, and how they refer to each other.

    Look-ups are indexed, so that a rule's cost grows with the stack and not with its square.
    """

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        self._by_urn = {resource.urn: resource.as_given() for resource in resources}
        self._by_type: dict[str, list[Resource]] = {}
        for resource in self._by_urn.values():
            self._by_type.setdefault(resource.type, []).append(resource)
        self._by_identity: dict[str, dict[str, Resource]] = {}
        self._by_target: dict[tuple[str, str, str], tuple[dict[str, list[Resource]], tuple[Undecided, ...]]] = {}
        self._derived: dict[tuple[object, ...], Any] = {}

    def of(self, *types: str) -> list[Resource]:
        """The resources of these types."""
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]

    def links(self, value: Value, target_type: str) -> Links:
        """The resources of a type that a property refers to, by their id, ARN, URL or name.

        Where the property is not known yet, the engine still tells which resources it was made from.
        """
        made_from = [
            target
            for urn in value.resource.references.get(_top(value.path), ())
            if (target := self._by_urn.get(urn)) is not None and target.type == target_type
        ]
        if value.unknown:
            return Links(value, tuple(made_from), hidden=0 if made_from else None, derived=True)
        identities = self._identities(target_type)
        found: dict[str, Resource] = {}
        unmatched: list[Value] = []
        for item in value.items():
            target = None if item.unknown else identities.get(str(item.raw))
            if target is None:
                unmatched.append(item)
            else:
                found[target.urn] = target
        candidates = [target for target in made_from if target.urn not in found]
        if len(candidates) == len(unmatched):
            return Links(value, (*found.values(), *candidates))
        outside = tuple(str(item.raw) for item in unmatched if not item.unknown)
        return Links(value, tuple(found.values()), outside, hidden=len(unmatched) - len(outside))

    def referrers(self, target: Resource, type_: str, path: str) -> Referrers:
        """The resources of a type whose property refers to a resource."""
        index, doubts = self._index(type_, path, target.type)
        return Referrers(tuple(index.get(target.urn, ())), doubts)

    def doubts(self, target_type: str, type_: str, path: str) -> tuple[Undecided, ...]:
        """The doubts about whom a property of some resources refers to: the same for all that they may refer to."""
        return self._index(type_, path, target_type)[1]

    def once(self, derive: Callable[..., _T], *of: Hashable) -> _T:
        """What `derive(stack, *of)` returns, made once: what a rule has to know of all resources to judge each."""
        key = (derive, *of)
        if key not in self._derived:
            self._derived[key] = derive(self, *of)
        return self._derived[key]

    def _index(
        self, type_: str, path: str, target_type: str
    ) -> tuple[dict[str, list[Resource]], tuple[Undecided, ...]]:
        key = (type_, path, target_type)
        if key not in self._by_target:
            self._by_target[key] = self._referring(*key)
        return self._by_target[key]

    def _referring(
        self, type_: str, path: str, target_type: str
    ) -> tuple[dict[str, list[Resource]], tuple[Undecided, ...]]:
        index: dict[str, list[Resource]] = {}
        doubts: list[Undecided] = []
        for resource in self.of(type_):
            links = self.links(resource[path], target_type)
            for target in links.resources:
                index.setdefault(target.urn, []).append(resource)
            if links.hidden != 0:
                doubts.append(Undecided(links.value))
        return index, tuple(doubts)

    def _identities(self, type_: str) -> dict[str, Resource]:
        if type_ not in self._by_identity:
            self._by_identity[type_] = {
                identity: resource
                for resource in self.of(type_)
                for key in ("name", "url", "arn", "id")
                if isinstance(identity := resource.properties.get(key), str) and identity
            }
        return self._by_identity[type_]


def outside_reason(identifiers: Iterable[str]) -> str:
    """Why a reference that leaves the stack leaves a verdict open."""
    return f"names {', '.join(identifiers)}, outside of this stack"


def attempt(findings: Findings) -> Findings:
    """The findings of one check; an unknown value ends that check alone, and is said."""
    try:
        yield from findings
    except Undecided as undecided:
        yield undecided.finding


def some(referrers: Referrers, holds: Callable[[Resource], bool] = lambda _: True) -> bool:
    """Whether one of the referrers satisfies a condition.

    Raises:
        Undecided: None is known to, and one may.
    """
    doubt = next(iter(referrers.doubts), None)
    for resource in referrers.resources:
        try:
            if holds(resource):
                return True
        except Undecided as undecided:
            doubt = doubt or undecided
    if doubt:
        raise doubt
    return False


def _document(text: str) -> Plain:
    try:
        return plain(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _top(path: str) -> str:
    return re.split(r"[.\[]", path)[0]
