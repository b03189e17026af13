"""Resources of a Pulumi program as a plan of Terraform, for tools that read those.

A plan has the known values and, in its configuration, which resource a property was made from. Names follow pulumi-aws,
which makes its own of Terraform's; the few that follow no rule and stand in the platform are listed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import proxy

_UNKNOWN = {value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")}
_TYPES = {
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:mediaconvert/queue:Queue": "aws_media_convert_queue",
    "aws:rds/instance:Instance": "aws_db_instance",
    "aws:rds/parameterGroup:ParameterGroup": "aws_db_parameter_group",
    "aws:rds/subnetGroup:SubnetGroup": "aws_db_subnet_group",
}
# Objects whose keys are the user's own; all others are blocks.
_MAPS = {"tags", "tags_all", "variables", "dimensions"}

Properties = Mapping[str, Any]


def plan(resources: Iterable[analyzer_pb2.AnalyzerResource]) -> dict[str, Any]:
    """The plan, as `terraform show -json` prints it, that creates some resources of AWS."""
    each = list(resources)
    addresses = {resource.urn: _address(resource, number) for number, resource in enumerate(each)}
    planned: list[Properties] = []
    configured: list[Properties] = []
    for resource in each:
        type_, name = addresses[resource.urn].split(".")
        head = {"address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name}
        planned.append({**head, "values": _values(json_format.MessageToDict(resource.properties))})
        configured.append({**head, "expressions": _references(resource, addresses)})
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": [
            {**resource, "change": {"actions": ["create"], "before": None, "after": resource["values"]}}
            for resource in planned
        ],
        "configuration": {"root_module": {"resources": configured}},
    }


def _address(resource: analyzer_pb2.AnalyzerResource, number: int) -> str:
    name = re.sub(r"\W", "_", resource.name)
    return f"{_type(resource.type)}.{name}_{number}"


def _type(token: str) -> str:
    """`aws_sqs_queue` for `aws:sqs/queue:Queue`; what is of EC2 has no service in its name."""
    _, module, name = token.split(":")
    service = module.partition("/")[0]
    return _TYPES.get(token) or (f"aws_{_snake(name)}" if service == "ec2" else f"aws_{service}_{_snake(name)}")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _values(properties: Properties) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in properties.items():
        name = _snake(key)
        if isinstance(value, dict):
            found[name] = value if name in _MAPS else [_values(value)]
        elif isinstance(value, list) and value and all(isinstance(element, dict) for element in value):
            # A block is written once for each, under a singular name.
            found[name.removesuffix("s")] = [_values(element) for element in value]
        elif value not in _UNKNOWN if isinstance(value, str) else True:
            found[name] = value
    return found


def _references(resource: analyzer_pb2.AnalyzerResource, addresses: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, targets in resource.propertyDependencies.items():
        references: Sequence[str] = [addresses[urn] for urn in targets.urns if urn in addresses]
        if references:
            found[_snake(key)] = {"references": [text for each in references for text in (f"{each}.id", each)]}
    return found
