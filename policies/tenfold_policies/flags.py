"""What must be switched on or off, as many rules ask it."""

from .view import Findings, Resource, Value


def switched_on(value: Value, fix: str | None = None) -> Findings:
    """A violation unless a flag is true; one that is not set is false."""
    if value.flag() is not True:
        yield value.violates(allowed="true", fix=fix or f"set {value.path} to true.", set_to=True)


def not_switched_off(value: Value, fix: str | None = None) -> Findings:
    """A violation where a flag is false; one that is not set is true."""
    if value.flag() is False:
        yield value.violates(allowed="true", fix=fix or f"set {value.path} to true, or remove it.", set_to=True)


def not_switched_on(value: Value, fix: str | None = None) -> Findings:
    """A violation where a flag is true."""
    if value.flag() is True:
        yield value.violates(allowed="false", fix=fix or f"set {value.path} to false.", set_to=False)


def switched_on_in_cache(cache: Resource, name: str) -> Findings:
    """A violation unless a cache has a flag on. Valkey has it by itself, a global cache where its primary has it."""
    enabled = cache[name]
    valkey = not enabled.given and cache["engine"].text() == "valkey"
    if not valkey and not cache["globalReplicationGroupId"].given:
        yield from switched_on(enabled)
