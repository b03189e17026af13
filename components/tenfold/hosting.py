"""Hosts the components for programs in other languages, where the SDK's own host falls short.

The SDK maps the names of arguments from the schema's, `zoneNames`, to Python's. It does so for plain values alone: a
value that is known only later, such as another component's `placement`, would arrive without its contents, and a number
of it as `5.0`. It tells of one missing argument where several may be missing, and drops one that does not exist. And it
shows a refusal of arguments with the host's traceback, in Python's names.
"""

import inspect
import json
from types import ModuleType
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition, PropertyType, TypeDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from tenfold.errors import ArgumentError, TenfoldError

# What no schema knows: the component says that it does not.
_UNKNOWN = PropertyDefinition()


def host(components: list[type[pulumi.ComponentResource]], version: str, arguments: list[str]) -> None:
    """Serve components to the engine until it ends this process.

    Args:
        components: What to serve.
        version: The package's version, `0.1.0`.
        arguments: What the engine started this process with.
    """
    main(Host(components, "tenfold", version=version), arguments)


def components_of(package: ModuleType) -> list[type[pulumi.ComponentResource]]:
    """The components among what a package exports."""
    exported = [getattr(package, name) for name in package.__all__]
    return [each for each in exported if inspect.isclass(each) and issubclass(each, pulumi.ComponentResource)]


class Host(ComponentProvider):
    """A provider of components."""

    def __init__(self, components: list[type[pulumi.ComponentResource]], name: str, *, version: str = "0.0.0") -> None:
        super().__init__(components, name, version=version)
        self.schema = _dedented(self.schema or "{}")

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Build a component.

        Raises:
            InputPropertiesError: The component refuses to be built; what it says is for the reader of the message.
        """
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if isinstance(error.inner, ArgumentError):
                component = resource_type.rpartition(":")[2]
                raise self._refusal(component, name, error.inner) from None
            if isinstance(error.inner, TenfoldError):
                raise InputPropertiesError(str(error.inner)) from None
            raise

    def _refusal(self, component: str, name: str, error: ArgumentError) -> InputPropertiesError:
        return InputPropertiesError(
            f"{component} {name!r} cannot be built from its arguments",
            [
                {"property_path": self._path(component, path), "reason": f"{given}; allowed: {allowed}"}
                for path, given, allowed in error.faults
            ],
        )

    def map_inputs(self, inputs: pulumi.Inputs, component_def: ComponentDefinition) -> pulumi.Inputs:
        """The inputs by their names in Python; those that do not exist or are missing are the component's to refuse."""
        return self._named_in_python(inputs, component_def)

    def _named_in_python(self, values: pulumi.Inputs, holder: ComponentDefinition | TypeDefinition) -> dict[str, Any]:
        properties, python = _held(holder)
        return {
            python.get(name, name): self._mapped(properties.get(name, _UNKNOWN), value)
            for name, value in values.items()
            if value is not None
        }

    def _mapped(self, definition: PropertyDefinition, value: Any) -> Any:
        """A value as a program in Python would give it, also where it or what it holds is known only later."""
        if isinstance(value, pulumi.Output):
            return value.apply(lambda known: self._mapped(definition, known))
        if isinstance(value, list) and definition.items:
            of_list = definition.items
            return [self._mapped(of_list, item) for item in value]
        if isinstance(value, dict) and definition.additional_properties:
            of_map = definition.additional_properties
            return {key: self._mapped(of_map, item) for key, item in value.items()}
        of = self._type(definition)
        if isinstance(value, dict) and of:
            return self._named_in_python(value, of)
        if definition.type is PropertyType.INTEGER and isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    def _type(self, definition: PropertyDefinition | None) -> TypeDefinition | None:
        return self.get_type_definition(definition) if definition and definition.ref else None

    def _path(self, component: str, path: str) -> str:
        """A path of Python's names in those of the schema: `zone_names[0]` as `zoneNames[0]`."""
        holder: ComponentDefinition | TypeDefinition | None = self._component_defs[component]
        of_map: PropertyDefinition | None = None
        parts: list[str] = []
        for part in path.split("."):
            if of_map is not None:
                # The user's own key of a map.
                parts.append(part)
                holder, of_map = self._type(of_map), None
                continue
            key, bracket, index = part.partition("[")
            properties, python = _held(holder) if holder else ({}, {})
            named = next((schema for schema, name in python.items() if name == key), key)
            parts.append(f"{named}{bracket}{index}")
            found = properties.get(named)
            of_map = found.additional_properties if found else None
            holder = self._type(found.items or found) if found else None
        return ".".join(parts)


def _held(holder: ComponentDefinition | TypeDefinition) -> tuple[dict[str, PropertyDefinition], dict[str, str]]:
    """What it holds by the schema's names, and Python's names by those."""
    if isinstance(holder, ComponentDefinition):
        return holder.inputs, holder.inputs_mapping
    return holder.properties, holder.properties_mapping


def _dedented(schema: str) -> str:
    """The schema with descriptions that do not begin each line as the source does: to Markdown that is code."""

    def clean(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {key: inspect.cleandoc(value) if _describes(key, value) else value for key, value in pairs}

    return json.dumps(json.loads(schema, object_pairs_hook=clean))


def _describes(key: str, value: Any) -> bool:
    return key == "description" and isinstance(value, str)
