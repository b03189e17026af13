"""Tags, by which rules tell what belongs together."""

from .view import Resource, Value


def tag(resource: Resource, name: str) -> Value:
    """One tag of a resource. Its name may have dots in it, which a path may not."""
    tags = resource["tags"]
    if tags.unknown:
        return tags
    return Value(resource, f"tags.{name}", tags.raw.get(name) if isinstance(tags.raw, dict) else None)
