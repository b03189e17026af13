"""Hosts the components for programs in other languages, where the SDK's own host falls short.

The SDK maps the names of arguments from the schema's, `zoneNames`, to Python's. It does so for plain values alone: a
value that is known only later, such as another component's `placement`, would arrive without its contents. And it shows
a refusal of arguments with the host's traceback, in Python's names.
"""

import inspect
from types import ModuleType
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition, PropertyType, TypeDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from tenfold.errors import ArgumentError


def host(components: list[type[pulumi.ComponentResource]], arguments: list[str]) -> None:
    """Serve components to the engine until it ends this process.

    Args:
        components: What to serve.
        arguments: What the engine started this process with.
    """
    main(Host(components, "tenfold"), arguments)


def components_of(package: ModuleType) -> list[type[pulumi.ComponentResource]]:
    """The components among what a package exports."""
    exported = [getattr(package, name) for name in package.__all__]
    return [each for each in exported if inspect.isclass(each) and issubclass(each, pulumi.ComponentResource)]


class Host(ComponentProvider):
    """A provider of components."""

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Build a component.

        Raises:
            InputPropertiesError: The component refuses its arguments.
        """
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if not isinstance(error.inner, ArgumentError):
                raise
            component = resource_type.rpartition(":")[2]
            raise InputPropertiesError(
                f"{component} {name!r} cannot be built from its arguments",
                [
                    {"property_path": self._path(component, path), "reason": f"{given}; allowed: {allowed}"}
                    for path, given, allowed in error.inner.faults
                ],
            ) from None

    def map_input_properties(
        self,
        inputs: pulumi.Inputs,
        properties: dict[str, PropertyDefinition],
        mapping: dict[str, str],
        component_name: str,
        property_path: str,
    ) -> pulumi.Inputs:
        """The inputs by their names in Python, also where their values are known only later."""
        later = {
            name: inputs[name]
            for name, definition in properties.items()
            if name in inputs and self._is_beyond_the_sdk(definition, inputs[name])
        }
        # What is mapped here is not required of the rest.
        rest = {name: definition for name, definition in properties.items() if name not in later}
        mapped = dict(super().map_input_properties(inputs, rest, mapping, component_name, property_path))
        for name, value in later.items():
            path = f"{property_path}.{name}" if property_path else name
            mapped[mapping[name]] = self._mapped_later(properties[name], value, component_name, path)
        return mapped

    def _is_beyond_the_sdk(self, definition: PropertyDefinition, value: object) -> bool:
        if isinstance(value, pulumi.Output):
            return definition.ref is not None or definition.type is PropertyType.INTEGER
        # The names in a list are members of an enum, which a component looks up itself.
        of = self._type(definition.items or definition.additional_properties)
        return of is not None and of.enum is not None

    def _mapped_later(self, definition: PropertyDefinition, value: Any, component_name: str, path: str) -> Any:
        of = self._type(definition)
        if of is None or of.enum or not isinstance(value, pulumi.Output):
            return value
        return value.apply(
            lambda known: self.map_input_properties(known, of.properties, of.properties_mapping, component_name, path)
        )

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
            properties, names = _named(holder)
            parts.append(f"{names.get(key, key)}{bracket}{index}")
            found = properties.get(names.get(key, key))
            of_map = found.additional_properties if found else None
            holder = self._type(found.items or found) if found else None
        return ".".join(parts)


def _named(holder: ComponentDefinition | TypeDefinition | None) -> tuple[dict[str, PropertyDefinition], dict[str, str]]:
    """What it holds by the schema's names, and those by Python's."""
    if holder is None:
        return {}, {}
    properties, mapping = (
        (holder.inputs, holder.inputs_mapping)
        if isinstance(holder, ComponentDefinition)
        else (holder.properties, holder.properties_mapping)
    )
    return properties, {python: schema for schema, python in mapping.items()}
