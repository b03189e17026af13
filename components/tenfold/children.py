"""What holds for every child of a component: the caller's tags and the caller's overrides.

Both are applied where Pulumi itself applies them, in a transformation that children inherit from their parent, so that
a component's code shows the properties it means and nothing else.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from tenfold.arguments import Children, child_class


def inherited(name: str, args: Any, children: Children, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """The component's options, with its ``tags`` and ``overrides`` handed on to its children.

    An override is merged last: it wins over what the component sets. It reaches each child of its kind:
    ``{"nat": {...}}`` all NAT gateways of a network.
    """
    tags: Mapping[str, pulumi.Input[str]] = args.get("tags") or {}
    overrides: Mapping[str, Mapping[str, Any]] = args.get("overrides") or {}

    def transform(child: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        properties: dict[str, Any] = dict(child.props)
        if "tags" in properties and tags:
            properties["tags"] = _merged(tags, properties["tags"])
        kind = _kind(name, child.name, children)
        if kind in overrides and isinstance(child.resource, child_class(children, kind)):
            properties |= overrides[kind]
        return pulumi.ResourceTransformationResult(properties, child.opts)

    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(transformations=[transform]))


def _kind(name: str, child: str, children: Children) -> str:
    """The longest kind that the child's name starts with: ``main-nat-us-east-1a`` is a ``nat``."""
    suffix = child.removeprefix(f"{name}-")
    fitting = [kind for kind in children if suffix == kind or suffix.startswith(f"{kind}-")]
    return max(fitting, key=len, default="")


def _merged(tags: Mapping[str, pulumi.Input[str]], own: Any) -> Any:
    if own is None:
        return dict(tags)
    if isinstance(own, pulumi.Output):
        return pulumi.Output.all(tags, own).apply(lambda both: {**both[0], **(both[1] or {})})
    # An Auto Scaling group's tags are blocks, not a map; its component writes them itself.
    return {**tags, **own} if isinstance(own, Mapping) else own
