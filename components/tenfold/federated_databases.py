"""Federation: databases by function, so that forums, users and products neither wait for nor fall with each other.

*Scaling on AWS (Part 4): > One Million Users* splits one database by function when its writes outgrow the largest
instance: each part is scaled alone, at the price of joins across functions, which the application then makes itself.

See https://aws.amazon.com/blogs/startups/scaling-on-aws-part-4-one-million-users/.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, alarm_faults, handed_on
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.database import DATABASE_CHILDREN, Database
from tenfold.database_arguments import DatabaseArgs
from tenfold.database_engine import facts_of
from tenfold.errors import TenfoldError
from tenfold.federated_arguments import (
    FederatedDatabasesArgs,
    FederatedFunctionArgs,
    clients_of,
    database_names,
    database_of,
    federated_faults,
    function_faults,
    moves,
    setting_faults,
    settings_of,
    shared_user_faults,
    user_of,
)

_CHILDREN: Children = {
    "peer-in": aws.vpc.SecurityGroupIngressRule,
    "peer-out": aws.vpc.SecurityGroupEgressRule,
}


class FederatedDatabases(pulumi.ComponentResource):
    """Databases by function: each a `Database` that is sized, scaled and restored alone, and each function's services
    reach and sign in to the one that their data is in.

    By default every function has a database of its own name. Functions may share one, `{"forum": {"database": "main"},
    "users": {"database": "main"}}`, and part later. A service gets the variables of `environments["users"]` and the
    policy of `connect_policies_json["users"]`, and so follows its function wherever that is. Within a shared database
    each function has a user of its own, whom SQL gives rights to its tables alone. What is added, resized or moved
    touches no other database.

    A function moves from a shared database to its own, without downtime, in four updates:

    1. `databases={"main": {"parameters": {"logical_replication": True}}}`; then reboot its instances with
    `aws rds reboot-db-instance`, which RDS does not do by itself. Nothing else changes.

    2. `functions={"users": {"database": "main", "also_in": "users"}}`: the new database appears, the services of the
    function may reach it, and it may reach the shared one. Copy the tables' definitions with `pg_dump --schema-only`,
    make the user, then `CREATE PUBLICATION` in the shared one and `CREATE SUBSCRIPTION` in the new one: the rows come
    over, and after them each change. On MySQL `mysql.rds_set_external_source` follows the shared one's binary log.

    3. When the subscription has caught up, `functions={"users": {"database": "users", "also_in": "main"}}`: the
    services' variables and policies name the new database. Let no one write while they restart; sequences do not
    follow, set them. The shared one is still there, to go back to.

    4. `functions={"users": {"database": "users"}}` closes the shared one to the function. Drop the subscription, the
    publication, and the tables that were left behind.

    Where an hour of downtime is cheaper, the new database starts from a snapshot of the shared one in the second
    update, `databases={"users": {"restore": {"snapshot_identifier": ...}}}`, taken when writes have stopped, and needs
    no subscription.

    A database that no function is in any more stays while `databases` names it. To let it go, set its
    `deletion_protection` to false in an update of its own, and take it away in the next.
    """

    endpoints: dict[str, pulumi.Output[str]]
    """The host that reads and writes, by function."""
    reader_endpoints: dict[str, pulumi.Output[str]]
    """The host that only reads, by function."""
    ports: dict[str, pulumi.Output[int]]
    """The port, by function."""
    secret_arns: dict[str, pulumi.Output[str]]
    """The ARN of the secret with the password of the master user of its database, by function."""
    environments: dict[str, pulumi.Output[dict[str, str]]]
    """The environment variables of a program that has a function, by function: `<FUNCTION>_DATABASE_HOST`,
    `_READER_HOST`, `_PORT`, `_NAME`, `_USER` and `_SECRET_ARN`, the function's name in capitals. None is a password."""
    connect_policies_json: dict[str, pulumi.Output[str]]
    """The IAM policy of those who sign in by IAM as a function's user, by function."""
    security_group_ids: dict[str, pulumi.Output[str]]
    """The id of its database's security group, by function."""
    identifiers: dict[str, pulumi.Output[str]]
    """The identifier on AWS, by database."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the databases' alarms, after the database's name: `users/memory-alarm`."""

    def __init__(self, name: str, args: FederatedDatabasesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        alarm_rule = partial(alarm_faults, children=DATABASE_CHILDREN)
        rules = (partial(federated_faults, name), function_faults, shared_user_faults, setting_faults, alarm_rule)
        args = checked("FederatedDatabases", name, FederatedDatabasesArgs, args, _CHILDREN, *rules)
        opts = inherited(name, args, _CHILDREN, opts)
        super().__init__("tenfold:index:FederatedDatabases", name, {**args}, opts)

        databases = {database: _database(self, args, database) for database in database_names(args)}
        for here, there in moves(args):
            _let_in(self, args, databases, here, there)
            _let_in(self, args, databases, there, here)

        functions = sorted(args["functions"].items())
        homes = {function: databases[database_of(function, given)] for function, given in functions}
        self.endpoints = {function: home.endpoint for function, home in homes.items()}
        self.reader_endpoints = {function: home.reader_endpoint for function, home in homes.items()}
        self.ports = {function: home.port for function, home in homes.items()}
        self.secret_arns = {function: home.secret_arn for function, home in homes.items()}
        self.environments = {function: _environment(homes[function], function, given) for function, given in functions}
        self.connect_policies_json = {
            function: _connect_policy(databases, function, given) for function, given in functions
        }
        self.security_group_ids = {function: home.security_group_id for function, home in homes.items()}
        self.identifiers = {name: database.identifier for name, database in databases.items()}
        self.alarm_arns = Alarms(self, args).arns({name: database.alarm_arns for name, database in databases.items()})
        self.register_outputs({output: getattr(self, output) for output in FederatedDatabases.__annotations__})
        self._databases = databases

    def database(self, name: str) -> Database:
        """One of the databases, for what a program does with it beside its functions.

        Raises:
            TenfoldError: There is none of this name.
        """
        if name not in self._databases:
            known = ", ".join(self._databases)
            raise TenfoldError(f"FederatedDatabases {self.pulumi_resource_name!r} has no {name!r}; it has: {known}")
        return self._databases[name]


def _database(federated: FederatedDatabases, args: FederatedDatabasesArgs, database: str) -> Database:
    shared = {key: value for key, value in args.items() if key in ("placement", "tags")}
    settings: Mapping[str, Any] = {
        **settings_of(args, database),
        **shared,
        **handed_on(args, DATABASE_CHILDREN),
        "clients": clients_of(args, database),
    }
    return Database(
        f"{federated.pulumi_resource_name}-{database}",
        cast("DatabaseArgs", settings),
        pulumi.ResourceOptions(parent=federated),
    )


def _let_in(
    federated: FederatedDatabases,
    args: FederatedDatabasesArgs,
    databases: Mapping[str, Database],
    server: str,
    follower: str,
) -> None:
    """Lets one database reach another, which it follows."""
    name, port = federated.pulumi_resource_name, facts_of(settings_of(args, server)).port
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-peer-in-{server}-from-{follower}",
        security_group_id=databases[server].security_group_id,
        referenced_security_group_id=databases[follower].security_group_id,
        description=f"The database {follower}",
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        opts=pulumi.ResourceOptions(parent=federated),
    )
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-peer-out-{follower}-to-{server}",
        security_group_id=databases[follower].security_group_id,
        referenced_security_group_id=databases[server].security_group_id,
        description=f"The database {server}",
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        opts=pulumi.ResourceOptions(parent=federated),
    )


def _environment(home: Database, function: str, given: FederatedFunctionArgs) -> pulumi.Output[dict[str, str]]:
    return home.environment_of(function, user_of(function, given), given.get("database_name"))


def _connect_policy(
    databases: Mapping[str, Database], function: str, given: FederatedFunctionArgs
) -> pulumi.Output[str]:
    """While it moves, both: services that still run as before the update must be able to sign in again."""
    servers = [databases[database_of(function, given)]]
    if "also_in" in given:
        servers.append(databases[given["also_in"]])
    return servers[0].connect_policy_json_of(user_of(function, given), *servers[1:])
