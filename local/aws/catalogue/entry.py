"""What a catalogue entry says about a resource type, and nothing of how it is carried out.

Strings with a ``$`` are templates (``string.Template``) over the resource's inputs and outputs, ``$id``, ``$region``
and ``$account``. Strings that pick something out of an answer are JMESPath, as in boto3's own models.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Properties = dict[str, Any]
OWN_ID = "\0id"
"""Stands in a prepared value for the id that the resource gets, such as a group that lets itself in."""
Limit = range | tuple[str | int, ...]
"""The numbers or the choices that a property allows."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A boto3 call that takes properties.

    Attributes:
        name: the client's method, ``create_vpc``.
        params: parameters that are fixed or name the resource, ``{"VpcId": "$id"}``.
        only: the properties it takes; empty: each one whose name its input shape has.
        never: properties it does not take although its shape has the name.
        under: the member of the input that holds the properties, ``LaunchTemplateData``, or a list of which they are
            the one item.
        attributes: property -> key, for settings that AWS keeps as a map of strings in the member ``under``. Of other
            properties the call takes those in ``only``.
        one_by_one: a call of its own for each property, or for each item where it ``adds`` or ``removes``.
        adds: list property -> the member that takes the items which are new.
        removes: list property -> the member that takes the items which are no longer wanted.
        steps: the parameters of one call after the other, from the properties before and after.
        on: properties that are no parameter but whose change makes an update run it; ``*`` stands for any.
        when: runs only where this property is true.
        whole: it puts the whole setting, so a property that is left out goes back to AWS's default.
        delivers: adds what no property holds as it is, such as a function's code, also within ``under``.
        gives: name -> JMESPath into its answer, for the templates of later calls.
        recorded: why the emulator cannot do it; its properties are then checked and kept on record.
    """

    name: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    under: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    one_by_one: bool = False
    adds: Mapping[str, str] = field(default_factory=dict[str, str])
    removes: Mapping[str, str] = field(default_factory=dict[str, str])
    steps: Callable[[Properties, Properties], list[Properties]] | None = None
    on: frozenset[str] = frozenset()
    when: str = ""
    whole: bool = False
    delivers: Callable[[Properties], Properties] | None = None
    gives: Mapping[str, str] = field(default_factory=dict[str, str])
    recorded: str = ""


@dataclass(frozen=True, kw_only=True)
class Read:
    """A boto3 call that describes a resource, and where in its answer the description stands.

    What it describes has the names of the members that the create call takes. ``also`` adds those that AWS tells
    under another name: member -> JMESPath into what stands there, or a template. The first read of a type decides
    whether the resource is there; what others do not find is left out.
    """

    name: str
    params: Mapping[str, Any]
    at: str = "@"
    also: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A call for each thing that a resource still holds, ``each`` with the members of one thing as its templates.

    ``$item`` is the whole thing. ``when`` names the property that must be true for it.
    """

    found: Read
    each: Operation
    when: str = ""


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """How a service tags: two calls that take the same identity.

    Attributes:
        tag: the call that sets tags.
        untag: the call that takes tags away, or all of them where ``under`` is given.
        params: the identity.
        read: the call that lists them, where the description has none.
        under: the member in which all tags are put at once, where a service knows no other way.
    """

    tag: str
    untag: str
    params: Mapping[str, Any]
    read: Read | None = None
    under: str = ""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """The property that names the resource, and AWS's limits for it, for names that the program leaves open.

    Attributes:
        property: the property.
        limit: how many characters AWS allows.
        suffix: what the name must end with.
        lower: AWS allows lower case alone.
        prefix: what the name must begin with.
        prefix_property: the property through which a program gives the beginning alone.
    """

    property: str = "name"
    limit: int
    suffix: Callable[[Properties], str] = lambda _: ""
    lower: bool = False
    prefix: str = ""
    prefix_property: str = "namePrefix"


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One resource type of pulumi-aws.

    Attributes:
        token: Pulumi's type token, ``aws:ec2/vpc:Vpc``.
        service: boto3's name of the service.
        create: the call that makes it. What it does not take is set by ``update`` right after.
        id: JMESPath into the answer of ``create``, or a template.
        find: the call that tells the id of one with these properties, for a creation whose answer was lost.
        read: calls that describe it, merged; where the first finds nothing, the resource is gone.
        update: calls that change it in place, in this order. A property that none of them takes replaces the resource.
        delete: the call that removes it; None where AWS has nothing to remove.
        stays: why it does not vanish with ``delete``, so that nothing waits for it.
        versioned: calls that change it name its latest version, which is among its outputs and looked up before.
        ready: JMESPath over the description: true when creation or a change has come to its end.
        after_create: what AWS adds by itself and the real provider takes away.
        before_delete: what has to go before AWS deletes it.
        names: property -> AWS's member, where they differ; ``block.property`` where a name means two things.
        moved: ``block.property`` -> the name under which the calls and ``names`` know it, for blocks that AWS has not.
        defaults: values that stand in for properties left open.
        empty: what AWS is told when a property is taken away, ``{"environment": {}}``.
        outputs: what AWS adds: property -> JMESPath into the description, or a template.
        changing: outputs that an update changes.
        ignored: properties that steer the real provider and have no counterpart in AWS.
        required: properties that must be given although AWS's API could do without.
        limits: what a property allows, where botocore's models do not say it.
        documents: properties that hold a JSON document.
        replace_on: properties that replace the resource although an update call has their name.
        alone: properties of which AWS allows one resource with the same; a replacement that keeps them deletes first.
        ordered: list properties in which the order means something.
        not_returned: ``property`` or ``block.property`` -> why AWS does not say what it is, so that drift is not seen.
        derived: names for templates, from the properties.
        prepare: reshapes values to what AWS's API takes. A name it adds belongs to no property of the program.
        restore: the way back from ``prepare``, for what AWS says of a changed property.
        lacks: what is missing of one with these properties, which the emulator holds otherwise; empty where nothing is.
        recorded: why the emulator cannot hold this type; its inputs are then checked and kept on record.
        recorded_if: why the emulator cannot hold one with these properties, although it can hold others; empty where
            it can. A change from the one to the other replaces the resource.
        recorded_id: the id of one on record, where ``id`` needs an answer: a template with ``$digits``, which are new.
    """

    token: str
    service: str
    create: Operation
    id: str
    find: Read | None = None
    read: tuple[Read, ...] = ()
    delete: Operation | None = None
    update: tuple[Operation, ...] = ()
    stays: str = ""
    versioned: bool = False
    ready: str = ""
    after_create: tuple[Sweep, ...] = ()
    before_delete: tuple[Sweep, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    moved: Mapping[str, str] = field(default_factory=dict[str, str])
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    empty: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    changing: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    limits: Mapping[str, Limit] = field(default_factory=dict[str, Limit])
    documents: frozenset[str] = frozenset()
    replace_on: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    ordered: frozenset[str] = frozenset()
    not_returned: Mapping[str, str] = field(default_factory=dict[str, str])
    tagging: Tagging | None = None
    naming: Naming | None = None
    derived: Callable[[Properties], Properties] | None = None
    prepare: Callable[[Properties], Properties] | None = None
    restore: Callable[[Properties], Properties] | None = None
    lacks: Callable[[Properties], str] | None = None
    recorded: str = ""
    recorded_if: Callable[[Properties], str] | None = None
    recorded_id: str = ""

    def why_recorded(self, properties: Properties) -> str:
        """Why a resource with these properties is on record only; empty where the emulator holds it."""
        return self.recorded or (self.recorded_if(properties) if self.recorded_if else "")
