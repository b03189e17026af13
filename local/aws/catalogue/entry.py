"""What a catalogue entry says about a resource type, and nothing of how it is carried out.

Strings with a ``$`` are templates (``string.Template``) over the resource's inputs and outputs, ``$id``, ``$region``
and ``$account``. Strings that pick something out of an answer are JMESPath, as in boto3's own models.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Properties = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A boto3 call that takes properties.

    Attributes:
        name: the client's method, ``create_vpc``.
        params: parameters that are fixed or name the resource, ``{"VpcId": "$id"}``.
        only: the properties it takes; empty: each one whose name its input shape has.
        never: properties it does not take although its shape has the name.
        under: the member of the input that holds the properties, ``LaunchTemplateData``.
        attributes: property -> key, for settings that AWS keeps as a map of strings in the member ``under``.
        one_by_one: a call of its own for each property.
        whole: it puts the whole setting, so a property that is left out goes back to AWS's default.
        delivers: adds what no property holds as it is, such as a function's code.
    """

    name: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    under: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    one_by_one: bool = False
    whole: bool = False
    delivers: Callable[[Properties], Properties] | None = None


@dataclass(frozen=True, kw_only=True)
class Read:
    """A boto3 call that describes a resource, and where in its answer the description stands."""

    name: str
    params: Mapping[str, Any]
    at: str = "@"


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """How a service tags: two calls that take the same identity. ``read`` where the description has no tags."""

    tag: str
    untag: str
    params: Mapping[str, Any]
    read: Read | None = None


@dataclass(frozen=True, kw_only=True)
class Naming:
    """The property that names the resource, and AWS's limit for it, for names that the program leaves open."""

    property: str = "name"
    limit: int
    suffix: Callable[[Properties], str] = lambda _: ""


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One resource type of pulumi-aws.

    Attributes:
        token: Pulumi's type token, ``aws:ec2/vpc:Vpc``.
        service: boto3's name of the service.
        create: the call that makes it. What it does not take is set by ``update`` right after.
        id: JMESPath into the answer of ``create``, or a template.
        read: calls that describe it, merged; where the first finds nothing, the resource is gone.
        update: calls that change it in place. A property that none of them takes replaces the resource.
        delete: the call that removes it; None where AWS has nothing to remove.
        names: property -> AWS's member, where they differ.
        defaults: values that stand in for properties left open.
        outputs: what AWS adds: property -> JMESPath into the description, or a template.
        changing: outputs that an update changes.
        ignored: properties that steer the real provider and have no counterpart in AWS.
        replace_on: properties that replace the resource although an update call has their name.
        prepare: reshapes the properties to what AWS's API takes.
        recorded: why the emulator cannot hold this type; its inputs are then checked and kept on record.
    """

    token: str
    service: str
    create: Operation
    id: str
    read: tuple[Read, ...]
    delete: Operation | None
    update: tuple[Operation, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    changing: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    replace_on: frozenset[str] = frozenset()
    tagging: Tagging | None = None
    naming: Naming | None = None
    prepare: Callable[[Properties], Properties] | None = None
    recorded: str = ""
