"""The life of a resource in the embedded AWS: check, compare, create, read, update, delete.

Everything here is the same for all types; what differs stands in the catalogue.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jmespath
from botocore.exceptions import ClientError

from local.aws import calls
from local.aws.calls import Clients, Taken
from local.aws.catalogue.entry import Operation, Properties, ResourceType
from local.aws.model import Fault, to_pulumi
from local.aws.values import has_unknown, is_unknown, same


@dataclass(frozen=True)
class Account:
    """Where resources live: how to reach it, its number and its default region."""

    clients: Clients
    account: str
    region: str


@dataclass(frozen=True)
class Change:
    """What an update would do: the changed properties, and those of them that replace the resource."""

    changed: tuple[str, ...]
    replaces: tuple[str, ...]
    delete_first: bool


def check(
    account: Account, kind: ResourceType, name: str, seed: bytes, olds: Properties, news: Properties
) -> tuple[Properties, list[Fault]]:
    """The inputs with defaults and a name filled in, and every fault in them."""
    inputs = {**kind.defaults, **news}
    if kind.naming and kind.naming.property not in inputs:
        inputs[kind.naming.property] = _automatic_name(kind, name, seed, olds, inputs)
        inputs["__defaults"] = [kind.naming.property]
    client = account.clients(kind.service, inputs.get("region", account.region))
    properties = calls.prepared(kind, inputs)
    faults: list[Fault] = []
    known = {"tags"} if kind.tagging else set[str]()
    for operation in (kind.create, *kind.update):
        known |= calls.takes(client, kind, operation, properties, faults).keys()
    faults += [Fault(key, "is not in the embedded AWS's catalogue") for key in properties if key not in known]
    taken = {one.key for one in calls.takes(client, kind, kind.create, properties, []).values()}
    for member in () if kind.create.attributes else calls.input_shape(client, kind.create).required_members:
        if member not in taken and member not in kind.create.params and not kind.create.delivers:
            faults.append(Fault(member[0].lower() + member[1:], "is required and missing"))
    return inputs, list(dict.fromkeys(faults))


def compare(account: Account, kind: ResourceType, olds: Properties, news: Properties) -> Change:
    """What changes from the old inputs to the new ones, and what of it cannot be changed in place."""
    changed = [key for key in sorted(olds.keys() | news.keys()) if _differs(olds.get(key), news.get(key))]
    changed = [key for key in changed if key != "__defaults" and key not in kind.ignored]
    client = account.clients(kind.service, news.get("region", account.region))
    before, after = calls.prepared(kind, olds), calls.prepared(kind, news)
    replaces: list[str] = []
    for key in changed:
        reshaped = key not in before and key not in after
        if key in kind.replace_on or key == "region" or not (
            reshaped or (key == "tags" and kind.tagging) or _can_update(client, kind, key, before, after)
        ):
            replaces.append(key)
    naming = kind.naming.property if kind.naming else None
    keeps_name = naming is not None and not _differs(olds.get(naming), news.get(naming))
    return Change(tuple(changed), tuple(replaces), delete_first=keeps_name or naming is None)


def create(account: Account, kind: ResourceType, inputs: Properties, created: Callable[[str], None]) -> tuple[str, Properties]:
    """Make the resource and everything it is given; what fails half-way is taken back.

    ``created`` is told the id as soon as there is one, before the rest is set.
    """
    region = inputs.get("region", account.region)
    client = account.clients(kind.service, region)
    properties = calls.prepared(kind, inputs)
    taken = calls.takes(client, kind, kind.create, properties, [])
    scope = {**inputs, "account": account.account, "region": region}
    answer = calls.run(client, kind.create, taken, scope)
    identity = str(calls.fill(kind.id, scope) if "$" in kind.id else jmespath.search(kind.id, answer))
    created(identity)
    scope["id"] = identity
    try:
        description = calls.describe(client, kind.read, scope) or {}
        scope |= _outputs(kind, description, scope)
        rest = {key: value for key, value in properties.items() if key not in taken}
        _apply(client, kind, properties, rest.keys(), scope)
        if kind.tagging and "tags" in rest:
            calls.set_tags(client, kind.tagging, {}, inputs["tags"], scope)
        return identity, _state(client, kind, inputs, scope)
    except ClientError:
        delete(account, kind, identity, scope)
        raise


def read(account: Account, kind: ResourceType, identity: str, state: Properties, inputs: Properties) -> tuple[Properties, Properties] | None:
    """State and inputs as they are in AWS now; None where the resource is gone.

    A property that differs from what the inputs ask for has AWS's value, so that the next comparison shows it.
    """
    region = (inputs or state).get("region", account.region)
    client = account.clients(kind.service, region)
    scope = {**state, "id": identity, "account": account.account, "region": region}
    description = calls.describe(client, kind.read, scope)
    if description is None:
        return None
    if not inputs:  # adopted by its id alone: all that is known is what AWS says
        renamed = {member: name for name, member in kind.names.items()}
        found = {renamed.get(key, key): value for key, value in description.items()}
        state = to_pulumi(found) | _outputs(kind, description, scope)
        return state, {}
    inputs = _drifted(client, kind, inputs, description, scope)
    return {**state, **_visible(inputs), **_outputs(kind, description, scope)}, inputs


def update(account: Account, kind: ResourceType, identity: str, state: Properties, olds: Properties, news: Properties) -> Properties:
    """Change the resource in place, with the calls that the changed properties need and no other."""
    region = news.get("region", account.region)
    client = account.clients(kind.service, region)
    before, after = calls.prepared(kind, olds), calls.prepared(kind, news)
    scope = {**state, **news, "id": identity, "account": account.account, "region": region}
    changed = {key for key in before.keys() | after.keys() if _differs(before.get(key), after.get(key))}
    _apply(client, kind, after, changed, scope)
    if kind.tagging and "tags" in changed:
        calls.set_tags(client, kind.tagging, olds.get("tags", {}), news.get("tags", {}), scope)
    return _state(client, kind, news, scope)


def delete(account: Account, kind: ResourceType, identity: str, state: Properties) -> None:
    """Remove the resource. One that is gone already is no error."""
    if kind.delete is None:
        return
    region = state.get("region", account.region)
    client = account.clients(kind.service, region)
    try:
        calls.run(client, kind.delete, {}, {**state, "id": identity, "account": account.account, "region": region})
    except ClientError as error:
        if not calls.is_gone(error):
            raise


def _apply(client: Any, kind: ResourceType, properties: Properties, changed: Any, scope: Properties) -> None:
    """Run each update call that takes a changed property."""
    for operation in kind.update:
        taken = calls.takes(client, kind, operation, properties, [])
        if _is_triggered(client, kind, operation, taken, set(changed)):
            some = {key: one for key, one in taken.items() if key in changed} if operation.one_by_one else taken
            calls.run(client, operation, some, scope)


def _is_triggered(client: Any, kind: ResourceType, operation: Operation, taken: dict[str, Taken], changed: set[str]) -> bool:
    removed = dict.fromkeys(changed - taken.keys())
    return bool(changed & taken.keys()) or bool(
        operation.whole and calls.takes(client, kind, operation, removed, [])
    )


def _can_update(client: Any, kind: ResourceType, key: str, before: Properties, after: Properties) -> bool:
    """Whether an update call takes this property's new value, or, where it is removed, leaves it out."""
    for operation in kind.update:
        if key in calls.takes(client, kind, operation, {key: after.get(key, before.get(key))}, []):
            return key in after or operation.whole
    return False


def _state(client: Any, kind: ResourceType, inputs: Properties, scope: Properties) -> Properties:
    description = calls.describe(client, kind.read, scope)
    if description is None:
        raise LookupError(f"{kind.token} {scope['id']} is not there right after it was made")
    return _visible(inputs) | _outputs(kind, description, scope)


def _visible(inputs: Properties) -> Properties:
    state = {key: value for key, value in inputs.items() if not key.startswith("__")}
    return state | ({"tagsAll": inputs["tags"]} if "tags" in inputs else {})


def _outputs(kind: ResourceType, description: Properties, scope: Properties) -> Properties:
    result: Properties = {}
    for name, source in kind.outputs.items():
        if "$" in source:
            result[name] = calls.fill(source, scope | result)
        else:
            result[name] = jmespath.search(source, description)
    return {name: value for name, value in result.items() if value is not None}


def _drifted(client: Any, kind: ResourceType, inputs: Properties, description: Properties, scope: Properties) -> Properties:
    result = dict(inputs)
    properties = calls.prepared(kind, inputs)
    for operation in (kind.create, *kind.update):
        for name, taken in calls.takes(client, kind, operation, properties, []).items():
            if name in inputs and name != "tags" and taken.key in description:
                if not calls.covers(description[taken.key], taken.value):
                    result[name] = to_pulumi(description[taken.key])
    if kind.tagging and "tags" in inputs:
        found = calls.describe(client, (kind.tagging.read,), scope) if kind.tagging.read else description.get("Tags", [])
        actual = {pair["Key"]: pair["Value"] for pair in found} if isinstance(found, list) else found or {}
        if not same(actual, inputs["tags"]):
            result["tags"] = actual
    return result


def _differs(old: Any, new: Any) -> bool:
    return has_unknown(new) or not same(old, new)


def _automatic_name(kind: ResourceType, name: str, seed: bytes, olds: Properties, inputs: Properties) -> str:
    """The name it has already, or the program's name and seven hexadecimal digits within AWS's limit."""
    naming = kind.naming
    assert naming is not None
    if naming.property in olds and naming.property in olds.get("__defaults", []):
        return olds[naming.property]
    digits = random.Random(seed or None).randbytes(4).hex()[:7]  # noqa: S311 - a name, not a secret
    prefix = inputs.get("namePrefix") or f"{name}-"
    suffix = naming.suffix(inputs)
    if is_unknown(prefix):
        return prefix
    return prefix[: naming.limit - len(digits) - len(suffix)] + digits + suffix
