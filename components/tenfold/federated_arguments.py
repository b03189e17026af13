"""Which function's data is in which database, and which such arrangements are impossible."""

from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from tenfold.alarms import AlarmsArgs
from tenfold.arguments import override_faults
from tenfold.database import DATABASE_CHILDREN
from tenfold.database_arguments import DatabaseSettingsArgs
from tenfold.database_faults import KEY, NAME_LIMIT, RULES, USER, database_name_faults, group_faults, key_faults
from tenfold.errors import Fault
from tenfold.placement import NetworkPlacement


class FederatedFunctionArgs(TypedDict):
    """One function of the application: where its data is, and whose it is."""

    database: NotRequired[str]
    """The database that its data is in; by default one of the function's own name."""
    also_in: NotRequired[str]
    """Another database, while its data moves there or came from there: its clients reach and sign in to both, and the
    two reach each other, so that one can follow the other; none by default."""
    clients: NotRequired[dict[str, pulumi.Input[str]]]
    """The security groups of the services that have it, by the service's name, `{"web": web.security_group_id}`; nobody
    by default. In all functions a name stands for the same group, and each group has one name."""
    iam_user: NotRequired[str]
    """The user that its services sign in as by IAM; by default the function's name, with underscores. RDS makes no such
    user: give each the rights of its own tables with SQL."""
    database_name: NotRequired[str]
    """The name of its database within the server; by default the first one, `app`. Others are made with SQL."""


class FederatedDatabasesArgs(TypedDict):
    """Arguments of `FederatedDatabases`. What decides which resources there are is a plain value."""

    placement: pulumi.Input[NetworkPlacement]
    """The network, whose data subnets they are in. Another network replaces them, which is refused while protected."""
    functions: dict[str, FederatedFunctionArgs]
    """The functions of the application by name, `{"forum": {}, "users": {"clients": {...}}, "products": {}}`, up to 50.
    A name stays."""
    databases: NotRequired[dict[str, DatabaseSettingsArgs]]
    """What is particular to a database, by its name: `{"products": {"capacity": {"max_acu": 64}}}`. One that no
    function is in yet exists too."""
    defaults: NotRequired[DatabaseSettingsArgs]
    """The settings of all databases where their own say nothing, each as a whole; those of `Database` by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, those of the databases among them, and which are not made; nobody by default."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last; those of a database's children are in `databases`."""


def database_of(function: str, given: FederatedFunctionArgs) -> str:
    """The database that a function's data is in."""
    return given.get("database", function)


def user_of(function: str, given: FederatedFunctionArgs) -> str:
    """The user that a function's services sign in as."""
    return given.get("iam_user", function.replace("-", "_"))


def database_names(args: FederatedDatabasesArgs) -> list[str]:
    """All databases by name: those that a function is in or moves to, and those that are only described."""
    used = {database_of(function, given) for function, given in args["functions"].items()}
    moved = {given["also_in"] for given in args["functions"].values() if "also_in" in given}
    return sorted({*used, *moved, *args.get("databases", {})})


def functions_in(args: FederatedDatabasesArgs, database: str) -> dict[str, FederatedFunctionArgs]:
    """The functions that are in a database, or are about to be, or were until now."""
    return {
        function: given
        for function, given in sorted(args["functions"].items())
        if database in (database_of(function, given), given.get("also_in"))
    }


def settings_of(args: FederatedDatabasesArgs, database: str) -> DatabaseSettingsArgs:
    """The settings of a database, with its functions' users."""
    users = [user_of(function, given) for function, given in functions_in(args, database).items()]
    settings: Any = {**args.get("defaults", {}), **args.get("databases", {}).get(database, {})}
    access = settings.get("access", {})
    # Without a function it is made for the users that its settings name.
    known = dict.fromkeys([*users, *access.get("iam_users", [] if users else ["app"])])
    settings["access"] = {**access, "iam_users": list(known)}
    return settings


def clients_of(args: FederatedDatabasesArgs, database: str) -> dict[str, pulumi.Input[str]]:
    """The security groups that reach a database, each once, whatever it has there."""
    return {
        key: group
        for given in functions_in(args, database).values()
        for key, group in sorted(given.get("clients", {}).items())
    }


def moves(args: FederatedDatabasesArgs) -> list[tuple[str, str]]:
    """The pairs of databases between which a function moves, each once, in the order of names."""
    pairs = {
        (min(here, there), max(here, there))
        for function, given in args["functions"].items()
        for here, there in [(database_of(function, given), given.get("also_in", ""))]
        if there
    }
    return sorted(pairs)


def federated_faults(name: str, args: FederatedDatabasesArgs) -> Iterable[Fault]:
    """What is wrong with the names: those of AWS are made of the component's and a database's."""
    if not KEY.fullmatch(name) or name[0].isdigit() or len(name) > NAME_LIMIT - 2:
        allowed = f"up to {NAME_LIMIT - 2} lower-case letters, digits and single hyphens, a letter first: shop"
        yield Fault("name", f"{name!r} is given", allowed)
    functions = args["functions"]
    if not 1 <= len(functions) <= 50:
        yield Fault("functions", f"{len(functions)} are given", "1 to 50 functions")
    for function, given in functions.items():
        yield from _name_faults(name, function, given)
    for database in args.get("databases", {}):
        if not _fits(name, database):
            yield Fault(f"databases.{database}", "it has this name", _allowed(name))


def _name_faults(name: str, function: str, given: FederatedFunctionArgs) -> Iterable[Fault]:
    path = f"functions.{function}"
    if not KEY.fullmatch(function) or ("database" not in given and not _fits(name, function)):
        yield Fault(path, "it has this name", _allowed(name))
    for key, database in (("database", given.get("database")), ("also_in", given.get("also_in"))):
        if database is not None and not _fits(name, database):
            yield Fault(f"{path}.{key}", f"{database!r} is given", _allowed(name))


def _fits(name: str, database: str) -> bool:
    return bool(KEY.fullmatch(database)) and len(f"{name}-{database}") <= NAME_LIMIT


def _allowed(name: str) -> str:
    length = max(NAME_LIMIT - len(name) - 1, 1)
    return f"lower-case letters, digits and single hyphens, {length} at most after {name!r}: users"


def function_faults(args: FederatedDatabasesArgs) -> Iterable[Fault]:
    """What is wrong with where functions are, and who has them."""
    groups, names = dict[str, Any](), dict[str, str]()
    for function, given in sorted(args["functions"].items()):
        path = f"functions.{function}"
        if given.get("also_in") == database_of(function, given):
            yield Fault(f"{path}.also_in", f"{given.get('also_in')!r} is given", "another database than it is in")
        if not USER.fullmatch(user_of(function, given)):
            allowed = "up to 32 letters, digits and underscores, no digit first"
            yield Fault(f"{path}.iam_user", f"{user_of(function, given)!r} is given", allowed)
        if "database_name" in given:
            yield from database_name_faults(f"{path}.database_name", given["database_name"])
        yield from _client_faults(f"{path}.clients", given.get("clients", {}), groups, names)


def _client_faults(
    path: str, clients: Mapping[str, Any], groups: dict[str, Any], names: dict[str, str]
) -> Iterable[Fault]:
    """What is wrong with a function's clients, given what the names and the groups of others stand for."""
    faults = {fault.path: fault for fault in (*key_faults(path, clients), *group_faults(path, clients))}
    for key, group in clients.items():
        other = groups.setdefault(key, group)
        if not isinstance(group, str) or not isinstance(other, str):
            continue
        if group != other:
            given = f"{group!r} is given, and {other!r} elsewhere"
            faults.setdefault(f"{path}.{key}", Fault(f"{path}.{key}", given, "one group for a name"))
        elif names.setdefault(group, key) != key:
            given = f"{group!r} is given, which is {names[group]} elsewhere"
            faults.setdefault(f"{path}.{key}", Fault(f"{path}.{key}", given, "one name for a group"))
    yield from faults.values()


def shared_user_faults(args: FederatedDatabasesArgs) -> Iterable[Fault]:
    """A user of two functions would have the rights of both, and the master user those of all."""
    users = dict[str, str]()
    for function, given in sorted(args["functions"].items()):
        user, path = user_of(function, given), f"functions.{function}.iam_user"
        other = users.setdefault(user, function)
        if other != function:
            yield Fault(path, f"{user!r} is given", f"a user of its own: {other} has that one")
        elif user in _masters(args, function, given):
            yield Fault(path, f"{user!r} is given", "a user of its own: that is the master user")


def _masters(args: FederatedDatabasesArgs, function: str, given: FederatedFunctionArgs) -> set[str]:
    servers = {database_of(function, given), given.get("also_in", database_of(function, given))}
    return {settings_of(args, server).get("access", {}).get("master_username", "dbadmin") for server in servers}


def setting_faults(args: FederatedDatabasesArgs) -> Iterable[Fault]:
    """What is wrong with each database by itself, said of its own settings or of the defaults it comes from."""
    seen = set[str]()
    databases, defaults = args.get("databases", {}), args.get("defaults", {})
    for database in sorted(database_names(args)):
        own: Mapping[str, Any] = databases.get(database, {})
        for rule in RULES:
            for fault in rule(cast("DatabaseSettingsArgs", {**defaults, **own})):
                prefix = f"databases.{database}" if fault.path.split(".")[0] in own else "defaults"
                path = f"{prefix}.{fault.path}"
                if path not in seen:
                    seen.add(path)
                    yield fault._replace(path=path)
        yield from override_faults(f"databases.{database}.overrides", own.get("overrides"), DATABASE_CHILDREN)
    yield from override_faults("defaults.overrides", defaults.get("overrides"), DATABASE_CHILDREN)
