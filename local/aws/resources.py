"""The life of a resource in the embedded AWS: check, compare, create, read, update, delete.

Everything here is the same for all types; what differs stands in the catalogue.
"""

import random
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from local.aws import calls
from local.aws.calls import Clients
from local.aws.catalogue.entry import Properties, ResourceType
from local.aws.faults import faults_in
from local.aws.model import Fault, members_of, to_pulumi
from local.aws.values import has_unknown, is_unknown, same

READY_SECONDS = 60.0
"""How long a resource may take to be ready, or to be gone."""
IN_USE_SECONDS = 15.0
"""How long a deletion is repeated while AWS says that something still uses the resource."""

_IN_USE = ("DependencyViolation", "InUse", "DeleteConflict", "ConflictException", "OperationAborted", "NotEmpty")


@dataclass(frozen=True)
class Account:
    """Where resources live: how to reach it, its number, its default region and the tags that everything gets."""

    clients: Clients
    account: str
    region: str
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])


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
    if kind.tagging and account.default_tags and not is_unknown(inputs.get("tags")):
        inputs["tags"] = {**account.default_tags, **inputs.get("tags", {})}
    return inputs, faults_in(_client(account, kind, inputs), kind, inputs)


def compare(account: Account, kind: ResourceType, olds: Properties, news: Properties) -> Change:
    """What changes from the old inputs to the new ones, and what of it cannot be changed in place."""
    changed = [key for key in sorted(olds.keys() | news.keys()) if _differs(kind, key, olds, news)]
    changed = [key for key in changed if key != "__defaults"]
    client = _client(account, kind, news)
    before, after = calls.prepared(kind, olds), calls.prepared(kind, news)
    fixed = {
        calls.origin(kind, key) for key in before.keys() | after.keys() if _is_fixed(client, kind, key, before, after)
    }
    moves = bool(kind.why_recorded(olds)) != bool(kind.why_recorded(news))
    replaces = [
        key
        for key in changed
        if moves
        or key
        in {"region", kind.naming.prefix_property if kind.naming else "region"}
        | kind.replace_on
        | {_head(path) for path in fixed}
    ]
    return Change(tuple(changed), tuple(replaces), delete_first=_keeps_identity(kind, olds, news))


def create(
    account: Account, kind: ResourceType, inputs: Properties, created: Callable[[str], None]
) -> tuple[str, Properties]:
    """Make the resource and everything it is given; what fails half-way is taken back.

    ``created`` is told the id as soon as there is one, before the rest is set.
    """
    client = _client(account, kind, inputs)
    scope = _scope(account, kind, inputs, {})
    if kind.why_recorded(inputs):
        scope["id"] = str(calls.fill(kind.recorded_id or kind.id, {**scope, "digits": secrets.token_hex(9)[1:]}))
        scope = _scope(account, kind, inputs, {"id": scope["id"]})
        created(scope["id"])
        return scope["id"], _visible(inputs) | _outputs(kind, {}, scope)
    properties = calls.prepared(kind, inputs)
    taken = calls.takes(client, kind, kind.create, properties, [])
    values = calls.placed(client, kind.create, taken.values())
    answer = calls.run(client, kind.create, values, scope)
    identity = str(calls.fill(kind.id, scope) if "$" in kind.id else calls.search(kind.id, answer))
    created(identity)
    scope = _scope(account, kind, inputs, {"id": identity})
    try:
        scope |= _outputs(kind, _settled(client, kind, scope), scope)
        calls.sweep(client, kind.after_create, scope)
        done = {key: value for key, value in properties.items() if key in taken}
        _apply(client, kind, done, properties, scope, creating=True)
        if kind.tagging and inputs.get("tags") and "tags" not in taken:
            calls.set_tags(client, kind.tagging, {}, inputs["tags"], scope)
        return identity, _visible(inputs) | _outputs(kind, _settled(client, kind, scope), scope)
    except Exception as error:
        try:
            delete(account, kind, identity, scope)
        except Exception as left:  # noqa: BLE001 - the first failure is the one to tell
            error.add_note(f"{kind.token} {identity} is left behind: {left}")
        raise


def read(
    account: Account, kind: ResourceType, identity: str, state: Properties, inputs: Properties
) -> tuple[Properties, Properties] | None:
    """State and inputs as they are in AWS now; None where the resource is gone.

    A property that differs from what the inputs ask for has AWS's value, so that the next comparison shows it.
    """
    if kind.why_recorded(inputs or state):
        return state, inputs
    client = _client(account, kind, inputs or state)
    scope = _scope(account, kind, {**state, **inputs}, {"id": identity})
    description = calls.describe(client, kind.read, scope)
    if description is None:
        return None
    if not inputs:
        found = _adopted(client, kind, description)
        outputs = _outputs(kind, description, scope | found)
        if kind.tagging:
            found["tags"] = calls.tags(client, kind.tagging, description, scope | outputs | found)
        return found | outputs, found
    seen = _drifted(client, kind, inputs, description, scope)
    rest = {key: value for key, value in state.items() if key not in inputs and key != "tagsAll"}
    return {**rest, **_visible(seen), **_outputs(kind, description, scope)}, seen


def update(
    account: Account, kind: ResourceType, identity: str, state: Properties, olds: Properties, news: Properties
) -> Properties:
    """Change the resource in place, with the calls that the changed properties need and no other."""
    scope = _scope(account, kind, {**state, **news}, {"id": identity})
    if kind.why_recorded(news):
        return _visible(news) | _outputs(kind, {}, scope)
    client = _client(account, kind, news)
    scope |= _latest(client, kind, scope)
    before, after = (calls.own(calls.prepared(kind, inputs), scope) for inputs in (olds, news))
    _apply(client, kind, before, after, scope, creating=False)
    old_tags, new_tags = olds.get("tags") or {}, news.get("tags") or {}
    if kind.tagging and old_tags != new_tags:
        calls.set_tags(client, kind.tagging, old_tags, new_tags, scope)
    return _visible(news) | _outputs(kind, _settled(client, kind, scope), scope)


def delete(account: Account, kind: ResourceType, identity: str, state: Properties) -> None:
    """Remove the resource and wait until it is gone. One that is gone already is no error."""
    if kind.why_recorded(state) or kind.delete is None:
        return
    client = _client(account, kind, state)
    scope = _scope(account, kind, state, {"id": identity})
    deadline = time.monotonic() + IN_USE_SECONDS
    for pause in _pauses():
        try:
            calls.sweep(client, kind.before_delete, scope)
            calls.run(client, kind.delete, {}, scope | _latest(client, kind, scope))
            break
        except ClientError as error:
            if calls.is_gone(error):
                return
            if not _is_in_use(error) or time.monotonic() > deadline:
                raise
        time.sleep(pause)
    if not kind.stays:
        _wait(lambda: calls.describe(client, kind.read, scope) is None, f"{kind.token} {identity} is still there")


def _client(account: Account, kind: ResourceType, properties: Properties) -> BaseClient:
    region = properties.get("region", account.region)
    return account.clients(kind.service, account.region if is_unknown(region) else region)


def _scope(account: Account, kind: ResourceType, properties: Properties, more: Properties) -> Properties:
    """What templates may name: the properties, the account, the region and what the entry derives."""
    scope = {**properties, "account": account.account, "region": properties.get("region", account.region), **more}
    return scope | (kind.derived(scope) if kind.derived else {})


def _apply(
    client: BaseClient, kind: ResourceType, before: Properties, after: Properties, scope: Properties, *, creating: bool
) -> None:
    """Make the calls that lead from ``before`` to ``after``, and wait for each to come to its end."""
    if kind.tagging:
        before, after = ({key: value for key, value in one.items() if key != "tags"} for one in (before, after))
    for operation in kind.update:
        if operation.recorded or (operation.when and not scope.get(operation.when)) or (operation.on and creating):
            continue
        for values in calls.plan(client, kind, operation, before, after):
            calls.run(client, operation, values, scope)
            _settled(client, kind, scope)
            scope |= _latest(client, kind, scope)


def _latest(client: BaseClient, kind: ResourceType, scope: Properties) -> Properties:
    """The outputs of now, where a call has to name the version that it changes."""
    description = calls.describe(client, kind.read, scope) if kind.versioned else None
    return _outputs(kind, description, scope) if description else {}


def _is_fixed(client: BaseClient, kind: ResourceType, key: str, before: Properties, after: Properties) -> bool:
    """Whether this property changes and no update call takes it."""
    old, new = before.get(key), after.get(key)
    if key == "tags" and kind.tagging:
        return False
    if same(old, new, ordered=key in kind.ordered) and not has_unknown(new):
        return False
    value = {key: old if new is None else new}
    return not any(calls.takes(client, kind, operation, value, []) for operation in kind.update)


def _keeps_identity(kind: ResourceType, olds: Properties, news: Properties) -> bool:
    """Whether a replacement would meet the resource that it replaces, so that this one has to go first."""
    if kind.naming:
        name = kind.naming.property
        return name not in news.get("__defaults", []) and same(olds.get(name), news.get(name))
    named = kind.alone or re.findall(r"\$\{?(\w+)", kind.id)
    return bool(named) and all(same(olds.get(key), news.get(key)) for key in named)


def _settled(client: BaseClient, kind: ResourceType, scope: Properties) -> Properties:
    """The description of a resource as soon as it is ready."""
    seen: list[Properties] = []

    def is_ready() -> bool:
        description = calls.describe(client, kind.read, scope)
        seen[:] = [] if description is None else [description]
        return description is not None and bool(not kind.ready or calls.search(kind.ready, description))

    _wait(is_ready, f"{kind.token} {scope['id']} is not ready")
    return seen[0]


def _wait(is_done: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    for pause in _pauses():
        if is_done():
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"{complaint} after {READY_SECONDS:.0f} s")
        time.sleep(pause)


def _pauses() -> Any:
    pause = 0.02
    while True:
        yield pause
        pause = min(1.0, pause * 1.6)


def _is_in_use(error: ClientError) -> bool:
    code: str = error.response.get("Error", {}).get("Code", "")
    return any(word in code for word in _IN_USE)


def _visible(inputs: Properties) -> Properties:
    state = {key: value for key, value in inputs.items() if not key.startswith("__")}
    return state | ({"tagsAll": inputs["tags"]} if isinstance(inputs.get("tags"), dict) else {})


def _outputs(kind: ResourceType, description: Properties, scope: Properties) -> Properties:
    result: Properties = {} if kind.service == "iam" else {"region": scope["region"]}
    for name, source in kind.outputs.items():
        if "$" in source:
            result[name] = calls.fill(source, {**scope, **result})
        else:
            result[name] = to_pulumi(calls.search(source, description))
    return {name: value for name, value in result.items() if value is not None}


def _adopted(client: BaseClient, kind: ResourceType, description: Properties) -> Properties:
    """The inputs of a resource that is known by its id alone, but its tags: what AWS says, as far as calls take it."""
    names = {member: name for name, member in kind.names.items() if "." not in name}
    found: Properties = {}
    for operation in (kind.create, *kind.update):
        keys = {key: name for name, key in operation.attributes.items()}
        members: Any = keys if operation.attributes else members_of(calls.input_shape(client, operation))
        for member in description.keys() & members:
            name = keys.get(member) or names.get(member) or next(iter(to_pulumi({member: None})))
            if (not operation.only or name in operation.only) and name not in found and description[member] is not None:
                found[name] = to_pulumi(description[member])
    for name in found.keys() & set(kind.moved.values()):
        _put(found, calls.origin(kind, name).split("."), found.pop(name))
    if kind.restore:
        found |= kind.restore(found)
    return found


def _drifted(
    client: BaseClient, kind: ResourceType, inputs: Properties, description: Properties, scope: Properties
) -> Properties:
    """The inputs with AWS's value for each property of which it says something else."""
    result = dict(inputs)
    different: Properties = {}
    properties = calls.own(calls.prepared(kind, inputs), scope)
    for name, value in properties.items():
        path = calls.origin(kind, name)
        if path not in kind.not_returned and not (name == "tags" and kind.tagging):
            actual = _actual(client, kind, name, value, description)
            if actual != value:
                different[name] = actual
    if kind.restore:
        different = kind.restore(different)
    for name, value in different.items():
        _put(result, calls.origin(kind, name).split("."), value)
    if kind.tagging and "tags" in inputs:
        tags = calls.tags(client, kind.tagging, description, scope)
        result |= {} if same(tags, inputs["tags"] or {}) else {"tags": tags}
    return result


def _actual(client: BaseClient, kind: ResourceType, name: str, value: Any, description: Properties) -> Any:
    """What AWS says of a property, in the program's spelling; ``value`` itself where it says the same."""
    candidates = [
        taken
        for operation in (kind.create, *kind.update)
        if not operation.recorded
        for taken in calls.takes(client, kind, operation, {name: value}, []).values()
        if not taken.silent or taken.key in description
    ]
    if not candidates:
        return value
    told = next((taken for taken in candidates if taken.key in description), candidates[0])
    return calls.seen(kind, calls.origin(kind, name), value, told, description.get(told.key))


def _put(properties: Properties, path: list[str], value: Any) -> None:
    """Set what stands at ``path``; None takes it away."""
    head, *rest = path
    if rest:
        block = properties.get(head, {})
        inner = dict(block[0] if isinstance(block, list) else block)
        _put(inner, rest, value)
        properties[head] = [inner] if isinstance(block, list) else inner
    elif value is None:
        properties.pop(head, None)
    else:
        properties[head] = value


def _head(path: str) -> str:
    return path.partition(".")[0]


def _differs(kind: ResourceType, key: str, olds: Properties, news: Properties) -> bool:
    old, new = olds.get(key), news.get(key)
    return has_unknown(new) or not same(old, new, ordered=key in kind.ordered)


def _automatic_name(kind: ResourceType, name: str, seed: bytes, olds: Properties, inputs: Properties) -> str:
    """The name it has already, or the program's name and seven hexadecimal digits within AWS's limit."""
    naming = kind.naming
    assert naming is not None
    if naming.property in olds and naming.property in olds.get("__defaults", []):
        return olds[naming.property]
    digits = random.Random(seed or None).randbytes(4).hex()[:7]  # noqa: S311 - a name, not a secret
    prefix = inputs.get(naming.prefix_property) or f"{naming.prefix}{name}-"
    suffix = naming.suffix(inputs)
    if is_unknown(prefix):
        return prefix
    whole = prefix[: naming.limit - len(digits) - len(suffix)] + digits + suffix
    return whole.lower() if naming.lower else whole
