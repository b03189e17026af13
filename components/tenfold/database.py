"""State in a relational database that survives the loss of a zone, and reads that scale beside its writes.

*Scaling on AWS (Part 4): > One Million Users* keeps users' data in a database with a standby in another zone and reads
from replicas, until it is split by function and by key. This is one such database, on Aurora or an RDS instance, with
its network, its credentials, its backups and its alarms.

See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.BestPractices.html.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import pulumi
import pulumi_aws as aws

from tenfold.alarms import alarm_faults
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.database_access import connect_policy, secret_policy, variables
from tenfold.database_alarms import database_alarms
from tenfold.database_arguments import DatabaseArgs
from tenfold.database_cluster import aurora
from tenfold.database_engine import facts_of
from tenfold.database_faults import RULES, client_faults, name_faults
from tenfold.database_instance import rds_instance
from tenfold.database_monitoring import event_subscription
from tenfold.database_network import let_in, security_group, subnet_group
from tenfold.database_proxy import DatabaseProxy, database_proxy
from tenfold.database_server import DatabasePlace, DatabaseServer
from tenfold.errors import TenfoldError
from tenfold.grants import grant

DATABASE_CHILDREN: Children = {
    "subnets": aws.rds.SubnetGroup,
    "sg": aws.ec2.SecurityGroup,
    "client": aws.vpc.SecurityGroupIngressRule,
    "logs": aws.cloudwatch.LogGroup,
    "cluster-parameters": aws.rds.ClusterParameterGroup,
    "cluster": aws.rds.Cluster,
    "writer": aws.rds.ClusterInstance,
    "reader": aws.rds.ClusterInstance,
    "readers": aws.appautoscaling.Target,
    "readers-by-load": aws.appautoscaling.Policy,
    "parameters": aws.rds.ParameterGroup,
    "instance": aws.rds.Instance,
    "replica": aws.rds.Instance,
    "rotation": aws.secretsmanager.SecretRotation,
    "monitoring-role": aws.iam.Role,
    "monitoring-policy": aws.iam.RolePolicy,
    "events": aws.rds.EventSubscription,
    "proxy": aws.rds.Proxy,
    "proxy-targets": aws.rds.ProxyDefaultTargetGroup,
    "proxy-target": aws.rds.ProxyTarget,
    "proxy-readers": aws.rds.ProxyEndpoint,
    "proxy-role": aws.iam.Role,
    "proxy-policy": aws.iam.RolePolicy,
    "proxy-sg": aws.ec2.SecurityGroup,
    "proxy-client": aws.vpc.SecurityGroupIngressRule,
    "proxy-out": aws.vpc.SecurityGroupEgressRule,
    "from-proxy": aws.vpc.SecurityGroupIngressRule,
    "load-alarm": aws.cloudwatch.MetricAlarm,
    "reader-load-alarm": aws.cloudwatch.MetricAlarm,
    "lag-alarm": aws.cloudwatch.MetricAlarm,
    "connections-alarm": aws.cloudwatch.MetricAlarm,
    "memory-alarm": aws.cloudwatch.MetricAlarm,
    "deadlock-alarm": aws.cloudwatch.MetricAlarm,
    "storage-alarm": aws.cloudwatch.MetricAlarm,
    "transaction-ids-alarm": aws.cloudwatch.MetricAlarm,
    "connect-grant": aws.iam.RolePolicy,
    "secret-grant": aws.iam.RolePolicy,
}
"""The kinds of a database's children."""


class Database(pulumi.ComponentResource):
    """A relational database with its network, credentials, backups, alarms and the policies of its clients.

    By default it is Aurora PostgreSQL, serverless, with a writer and a reader that takes over in another zone. It is in
    the data subnets and nobody reaches it but the security groups of `clients`, over TLS. It is encrypted, can be
    restored to any second of the last 7 days, leaves a snapshot when it goes, and cannot be deleted or replaced in
    passing. RDS makes up the master user's password, keeps it in Secrets Manager and changes it there; applications
    sign in by IAM and have none. There are alarms on load, connections, memory, lagging readers, deadlocks and
    transaction ids, and on the volume of an RDS instance.

    All sizes change in place: capacity, readers, storage, backups, a proxy before it, a later version. AWS replaces a
    database where its engine, encryption key, subnet group, master user or first database is another, and Pulumi cannot
    do so by itself: the new one would have the name of the old one, which AWS refuses, and while `deletion_protection`
    is on already the preview does. Make a second database beside it, move the data and then the clients.

    A database that goes is first unprotected, by an update with `deletion_protection` false.
    """

    endpoint: pulumi.Output[str]
    """The host that reads and writes: the proxy, or the writer."""
    reader_endpoint: pulumi.Output[str]
    """The host that only reads: on Aurora all readers in turn, on an RDS instance the first reader by name, past the
    proxy. Without readers it leads to where `endpoint` does."""
    direct_endpoint: pulumi.Output[str]
    """The host that reads and writes, past the proxy, for what a proxy pins to one connection, such as migrations."""
    port: pulumi.Output[int]
    """The port of all hosts: 5432 for PostgreSQL, 3306 for MySQL."""
    database_name: pulumi.Output[str]
    """The name of the first database in it."""
    identifier: pulumi.Output[str]
    """The cluster's or the instance's identifier on AWS."""
    arn: pulumi.Output[str]
    """The cluster's or the instance's ARN."""
    resource_id: pulumi.Output[str]
    """The id that policies name it by: `cluster-…` or `db-…`."""
    secret_arn: pulumi.Output[str]
    """The ARN of the secret with the master user's name and password."""
    security_group_id: pulumi.Output[str]
    """The id of its security group."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that uses it: `<NAME>_DATABASE_HOST`, `_READER_HOST`, `_PORT`, `_NAME`,
    `_USER` and `_SECRET_ARN`, the component's name in capitals. None is a password."""
    connect_policy_json: pulumi.Output[str]
    """The IAM policy of those who sign in by IAM, as the first of `access.iam_users`."""
    secret_policy_json: pulumi.Output[str]
    """The IAM policy of those who read the master user's password, such as a program that migrates schemas."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind, `memory-alarm`, and by kind and reader, `lag-alarm-reports`."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        rules = (lambda _: name_faults(name), *RULES, client_faults, partial(alarm_faults, children=DATABASE_CHILDREN))
        args = checked("Database", name, DatabaseArgs, args, DATABASE_CHILDREN, *rules)
        super().__init__("tenfold:index:Database", name, {**args}, inherited(name, args, DATABASE_CHILDREN, opts))

        place = _place(self, args)
        server = aurora(self, args, place) if facts_of(args).aurora else rds_instance(self, args, place)
        _rotation(self, args, server)
        proxy = _proxy(self, args, place, server)
        self.alarm_arns = database_alarms(self, args, server)
        event_subscription(self, args, [server.identifier, *server.replicas.values()])

        self._users: Sequence[str] = _users(args)
        self._connectable = [server.resource_id, *([proxy.resource_id] if proxy and proxy.resource_id else [])]
        self.endpoint = proxy.endpoint if proxy else server.endpoint
        self.reader_endpoint = proxy.reader_endpoint if proxy else server.reader_endpoint
        self.direct_endpoint = server.endpoint
        self.port = server.port
        self.database_name = pulumi.Output.from_input(args.get("database_name", "app"))
        self.identifier = server.identifier
        self.arn = server.arn
        self.resource_id = server.resource_id
        self.secret_arn = server.secret_arn
        self.security_group_id = place.group.id
        self.environment = self.environment_of(name, self._users[0])
        self.connect_policy_json = self.connect_policy_json_of(self._users[0])
        self.secret_policy_json = _secret_policy(args, server)
        self.register_outputs({output: getattr(self, output) for output in Database.__annotations__})

    def environment_of(self, name: str, user: str, database_name: str | None = None) -> pulumi.Output[dict[str, str]]:
        """The environment variables of a program that signs in as some user.

        Args:
            name: What the variables' names begin with, in capitals: `<NAME>_DATABASE_HOST`.
            user: The user.
            database_name: The database in it; the first one by default.
        """
        values: Mapping[str, pulumi.Input[str]] = {
            "HOST": self.endpoint,
            "READER_HOST": self.reader_endpoint,
            "PORT": self.port.apply(lambda port: str(int(port))),
            "NAME": database_name or self.database_name,
            "USER": user,
            "SECRET_ARN": self.secret_arn,
        }
        return pulumi.Output.all(**values).apply(lambda found: variables(name, found))

    def connect_policy_json_of(self, user: str, *others: "Database") -> pulumi.Output[str]:
        """The IAM policy of those who sign in by IAM, as one of `access.iam_users`.

        Args:
            user: The user.
            others: Further databases that they sign in to as the same user.

        Raises:
            TenfoldError: A database has no such user.
        """
        resource_ids: list[pulumi.Output[str]] = []
        for database in (self, *others):
            database._must_have(user)
            resource_ids += database._connectable
        known = pulumi.Output.all(self.arn, *resource_ids)
        return known.apply(lambda found: connect_policy(found[0], found[1:], [user]))

    def grant_connect(self, role: aws.iam.Role, user: str | None = None) -> aws.iam.RolePolicy:
        """Lets a role sign in by IAM, as the first of `access.iam_users` or another one of them."""
        return grant(self, "connect-grant", role, self.connect_policy_json_of(user or self._users[0]))

    def grant_secret(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role read the master user's password."""
        return grant(self, "secret-grant", role, self.secret_policy_json)

    def _must_have(self, user: str) -> None:
        if user not in self._users:
            known = ", ".join(self._users)
            raise TenfoldError(f"Database {self.pulumi_resource_name!r}: iam_users has no {user!r}; it has: {known}")


def _place(database: Database, args: DatabaseArgs) -> DatabasePlace:
    name = database.pulumi_resource_name
    subnets = subnet_group(database, args["placement"])
    group = security_group(database, "sg", args["placement"], f"The database {name}")
    let_in(database, "client", group, args.get("clients", {}), facts_of(args).port)
    # The end that Pulumi gave to the subnet group's name tells this database from an earlier one of the same name:
    # its logs and its final snapshot have names before it exists.
    identifier = subnets.name.apply(lambda found: found.replace(f"{name}-subnets", name, 1))
    others = args.get("access", {}).get("security_group_ids", {})
    return DatabasePlace(identifier, subnets, group, [group.id, *(others[key] for key in sorted(others))])


def _rotation(database: Database, args: DatabaseArgs, server: DatabaseServer) -> None:
    """Another rhythm than the 7 days that RDS has by itself."""
    access = args.get("access", {})
    if "rotation_days" in access:
        aws.secretsmanager.SecretRotation(
            f"{database.pulumi_resource_name}-rotation",
            secret_id=server.secret_arn,
            rotate_immediately=False,
            rotation_rules={"automatically_after_days": access["rotation_days"]},
            # What RDS manages it rotates: AWS has no way to end that, and the secret goes with its database.
            opts=pulumi.ResourceOptions(parent=database, retain_on_delete=True),
        )


def _proxy(
    database: Database, args: DatabaseArgs, place: DatabasePlace, server: DatabaseServer
) -> DatabaseProxy | None:
    return database_proxy(database, args, args["proxy"], place, server, _users(args)) if "proxy" in args else None


def _users(args: DatabaseArgs) -> Sequence[str]:
    return args.get("access", {}).get("iam_users", ["app"])


def _secret_policy(args: DatabaseArgs, server: DatabaseServer) -> pulumi.Output[str]:
    key = args.get("access", {}).get("secret_kms_key_arn")
    known = pulumi.Output.all(server.secret_arn, *([] if key is None else [key]))
    return known.apply(lambda found: secret_policy(found[:1], found[1:]))
