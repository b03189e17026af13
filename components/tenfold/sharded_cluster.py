"""One function's data over many databases: the key says which, by a map that is published and grows.

*Scaling on AWS (Part 4): > One Million Users* splits one table by key at last, "users with last names in the A through
M range in one database and the rest in another", and leaves it to the application to find the right one. This is such a
cluster: a database for each shard, the table with the map of who owns what, and the policies of those who route by it
and of those who move data. The application's side is the package `tenfold-shards`.

See https://aws.amazon.com/blogs/startups/scaling-on-aws-part-4-one-million-users/.
"""

import json
from collections.abc import Mapping, Sequence
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
from tenfold.database_network import let_in, security_group
from tenfold.environment import variable
from tenfold.errors import TenfoldError
from tenfold.grants import grant
from tenfold.placement import NetworkPlacement, placed
from tenfold.sharded_access import mover_policy, router_policy
from tenfold.sharded_alarms import imbalance_alarms
from tenfold.sharded_arguments import (
    ShardedClusterArgs,
    client_faults,
    first_map,
    map_faults,
    name_faults,
    range_faults,
    setting_faults,
    settings_of,
    shard_faults,
)
from tenfold.sharded_map import checked_version, location, map_table, publish_first
from tenfold.table import TABLE_CHILDREN

_CHILDREN: Children = {
    "sg": aws.ec2.SecurityGroup,
    "client": aws.vpc.SecurityGroupIngressRule,
    "peer-in": aws.vpc.SecurityGroupIngressRule,
    "peer-out": aws.vpc.SecurityGroupEgressRule,
    "map-version": aws.dynamodb.TableItem,
    "map-head": aws.dynamodb.TableItem,
    "busy-alarm": aws.cloudwatch.MetricAlarm,
    "size-alarm": aws.cloudwatch.MetricAlarm,
    "route-grant": aws.iam.RolePolicy,
    "move-grant": aws.iam.RolePolicy,
}


class ShardedCluster(pulumi.ComponentResource):
    """Databases that share one function's data by key, and the map that says which key is where.

    Each shard is a `Database`, on Aurora PostgreSQL by default, with its writer in another zone than its neighbour's,
    logical replication on and alarms of its own. All are in one security group, by which clients reach them and they
    follow each other while data moves. The map's first version is published with them: 16,384 buckets in the proportion
    of the weights, and ranges of text where `ranges` are given. There are alarms on shards that are much busier or
    larger than others.

    After the first update the map belongs to `tenfold-shards`: no update of a program overwrites it.

    1. Once, and for each shard that is added: `tenfold-shards install MAP --shards "$USERS_SHARDS"` makes the fence in
    each database and lets it take writes for the buckets that the map gives it. `MAP` is `map_location`.

    2. A shard that is added to `shards` is empty and on no map; nothing else changes. `tenfold-shards plan add MAP
    NAME` says what moves to it.

    3. A shard is drained before it is taken away: while the map in force places anything there, a preview refuses to
    let it go, and says what it owns. A shard that goes is first unprotected, by an update with `deletion_protection`
    false, in `database` for all.
    """

    endpoints: dict[str, pulumi.Output[str]]
    """The host that reads and writes, by shard."""
    reader_endpoints: dict[str, pulumi.Output[str]]
    """The host that only reads, by shard."""
    ports: dict[str, pulumi.Output[int]]
    """The port, by shard."""
    secret_arns: dict[str, pulumi.Output[str]]
    """The ARN of the secret with the master user's password, by shard."""
    identifiers: dict[str, pulumi.Output[str]]
    """The identifier on AWS, by shard."""
    security_group_id: pulumi.Output[str]
    """The id of the security group that all shards are in."""
    map_table_name: pulumi.Output[str]
    """The name of the table that the map is published in."""
    map_table_arn: pulumi.Output[str]
    """The ARN of that table."""
    map_location: pulumi.Output[str]
    """The map as `tenfold-shards` takes it: `dynamodb:TABLE/NAME`."""
    map_version: pulumi.Output[int]
    """The version of the map in force when the program last ran."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that routes: `<NAME>_SHARD_MAP`, the map's location, and `<NAME>_SHARDS`,
    the shards' hosts, ports, databases, users and secrets as JSON; the component's name in capitals. None is a
    password."""
    router_policy_json: pulumi.Output[str]
    """The IAM policy of those who route: they read the map and sign in to every shard by IAM."""
    mover_policy_json: pulumi.Output[str]
    """The IAM policy of those who move data: they read and publish the map, and the master users' passwords."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind and group of neighbours, `busy-alarm-east`, those of a shard after its name,
    `east/memory-alarm`, and those of the map's table after `map_table`."""

    def __init__(self, name: str, args: ShardedClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        alarm_rule = partial(alarm_faults, children={**_CHILDREN, **DATABASE_CHILDREN, **TABLE_CHILDREN})
        rules = (partial(shard_faults, name), range_faults, setting_faults, client_faults, map_faults, alarm_rule)
        args = checked("ShardedCluster", name, ShardedClusterArgs, args, _CHILDREN, lambda _: name_faults(name), *rules)
        super().__init__("tenfold:index:ShardedCluster", name, {**args}, inherited(name, args, _CHILDREN, opts))

        group = _group(self, args)
        shards = {shard: _shard(self, args, shard, at, group) for at, shard in enumerate(sorted(args["shards"]))}
        map_name = args.get("map_name", "main")
        table = map_table(self, args)
        head = publish_first(self, table, map_name, first_map(args))
        alarms = Alarms(self, args)
        imbalance_alarms(alarms, name, shards, aurora=facts_of(args.get("database", {})).aurora)

        self.endpoints = {shard: database.endpoint for shard, database in shards.items()}
        self.reader_endpoints = {shard: database.reader_endpoint for shard, database in shards.items()}
        self.ports = {shard: database.port for shard, database in shards.items()}
        self.secret_arns = {shard: database.secret_arn for shard, database in shards.items()}
        self.identifiers = {shard: database.identifier for shard, database in shards.items()}
        self.security_group_id = group.id
        self.map_table_name = table.table_name
        self.map_table_arn = table.table_arn
        self.map_location = table.table_name.apply(lambda table_name: location(table_name, map_name))
        self.map_version = checked_version(self, table, head, map_name, shards)
        self.environment = _environment(self, shards, _user(args))
        self.router_policy_json = _policy(
            table.table_arn, router_policy, [one.connect_policy_json for one in shards.values()]
        )
        self.mover_policy_json = _policy(
            table.table_arn, mover_policy, [one.secret_policy_json for one in shards.values()]
        )
        of_shards = {shard: database.alarm_arns for shard, database in shards.items()}
        self.alarm_arns = alarms.arns({**of_shards, "map_table": table.alarm_arns})
        self.register_outputs({output: getattr(self, output) for output in ShardedCluster.__annotations__})
        self._shards = shards

    def shard(self, name: str) -> Database:
        """One of the shards, for what a program does with it alone.

        Raises:
            TenfoldError: There is none of this name.
        """
        if name not in self._shards:
            known = ", ".join(self._shards)
            raise TenfoldError(f"ShardedCluster {self.pulumi_resource_name!r} has no shard {name!r}; it has: {known}")
        return self._shards[name]

    def grant_route(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role read the map and sign in to every shard by IAM."""
        return grant(self, "route-grant", role, self.router_policy_json)

    def grant_move(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role read and publish the map, and read the master users' passwords."""
        return grant(self, "move-grant", role, self.mover_policy_json)


def _group(cluster: ShardedCluster, args: ShardedClusterArgs) -> aws.ec2.SecurityGroup:
    """One group for all: a rule for each pair of shards would be too many for AWS."""
    name, port = cluster.pulumi_resource_name, facts_of(args.get("database", {})).port
    group = security_group(cluster, "sg", args["placement"], f"The shards of {name}")
    clients = args.get("clients", {})
    let_in(cluster, "client", group, {key: clients[key] for key in sorted(clients)}, port)
    among: Any = {
        "security_group_id": group.id,
        "referenced_security_group_id": group.id,
        "description": "The shards follow each other while data moves",
        "ip_protocol": "tcp",
        "from_port": port,
        "to_port": port,
        "opts": pulumi.ResourceOptions(parent=cluster),
    }
    aws.vpc.SecurityGroupIngressRule(f"{name}-peer-in", **among)
    aws.vpc.SecurityGroupEgressRule(f"{name}-peer-out", **among)
    return group


def _shard(
    cluster: ShardedCluster, args: ShardedClusterArgs, shard: str, position: int, group: aws.ec2.SecurityGroup
) -> Database:
    settings: Mapping[str, Any] = settings_of(args, shard)
    access = settings.get("access", {})
    groups = {**access.get("security_group_ids", {}), "shards": group.id}
    return Database(
        f"{cluster.pulumi_resource_name}-{shard}",
        cast(
            "DatabaseArgs",
            {
                **settings,
                # By these a policy pack, and a bill, tell which shard a resource belongs to.
                "tags": {**args.get("tags", {}), "ShardedCluster": cluster.pulumi_resource_name, "Shard": shard},
                **handed_on(args, DATABASE_CHILDREN),
                "placement": _turned(args["placement"], position),
                "access": {**access, "security_group_ids": groups},
            },
        ),
        pulumi.ResourceOptions(parent=cluster),
    )


def _turned(placement: pulumi.Input[NetworkPlacement], by: int) -> Any:
    """The placement with its zones turned, so that the loss of one does not take the writers of all shards.

    A shard's instances keep the zones they were made in, also when another shard comes before it.
    """
    zones: pulumi.Output[Any] = pulumi.Output.from_input(placed(placement, "zones"))
    keys = ("vpc_id", "cidr_block", "data_subnet_ids")
    return {
        **{key: placed(placement, key) for key in keys},
        "public_subnet_ids": [],
        "app_subnet_ids": [],
        "zones": zones.apply(lambda names: [names[(at + by) % len(names)] for at in range(len(names))]),
    }


def _user(args: ShardedClusterArgs) -> str:
    return args.get("database", {}).get("access", {}).get("iam_users", ["app"])[0]


def _policy(table_arn: pulumi.Output[str], policy: Any, others: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
    return pulumi.Output.all(table_arn, *others).apply(lambda found: policy(found[0], found[1:]))


def _environment(cluster: ShardedCluster, shards: Mapping[str, Database], user: str) -> pulumi.Output[dict[str, str]]:
    prefix = variable(cluster.pulumi_resource_name)
    places = {
        shard: {
            "host": database.endpoint,
            "port": database.port.apply(int),
            "database": database.database_name,
            "user": user,
            "secret_arn": database.secret_arn,
        }
        for shard, database in shards.items()
    }
    known = pulumi.Output.all(cluster.map_location, places)
    return known.apply(
        lambda found: {f"{prefix}_SHARD_MAP": found[0], f"{prefix}_SHARDS": json.dumps(found[1], sort_keys=True)}
    )
