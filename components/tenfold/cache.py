"""A cache before the database: what is read often is answered from memory, and the database has time for the rest.

*Scaling on AWS (Part 4): > One Million Users* puts ElastiCache between the web tier and its database, and keeps the
sessions of stateless tiers in it. This is one such cache, of Valkey or Redis OSS: a primary with replicas in other
zones, a cluster of shards, or serverless.

See https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/BestPractices.html.
"""

from collections.abc import Mapping
from functools import partial

import pulumi
import pulumi_aws as aws

from tenfold.alarms import alarm_faults
from tenfold.arguments import Children, checked
from tenfold.cache_alarms import cache_alarms
from tenfold.cache_arguments import CacheArgs
from tenfold.cache_faults import RULES, name_faults, user_faults
from tenfold.cache_nodes import nodes
from tenfold.cache_server import PORT, CachePlace, is_serverless, shards_of
from tenfold.cache_serverless import serverless
from tenfold.cache_users import APP, access_strings, connect_policy, user_group, user_id, variables
from tenfold.children import inherited
from tenfold.database_network import security_group
from tenfold.errors import TenfoldError

_SERVERLESS_READER_PORT = 6380
CACHE_CHILDREN: Children = {
    "sg": aws.ec2.SecurityGroup,
    "client": aws.vpc.SecurityGroupIngressRule,
    "users": aws.elasticache.UserGroup,
    "user": aws.elasticache.User,
    "default-user": aws.elasticache.User,
    "subnets": aws.elasticache.SubnetGroup,
    "parameters": aws.elasticache.ParameterGroup,
    "logs": aws.cloudwatch.LogGroup,
    "group": aws.elasticache.ReplicationGroup,
    "serverless": aws.elasticache.ServerlessCache,
    "cpu-alarm": aws.cloudwatch.MetricAlarm,
    "memory-alarm": aws.cloudwatch.MetricAlarm,
    "eviction-alarm": aws.cloudwatch.MetricAlarm,
    "connections-alarm": aws.cloudwatch.MetricAlarm,
    "lag-alarm": aws.cloudwatch.MetricAlarm,
    "throttle-alarm": aws.cloudwatch.MetricAlarm,
    "connect-grant": aws.iam.RolePolicy,
}
"""The kinds of a cache's children."""


class Cache(pulumi.ComponentResource):
    """A cache with its network, users, snapshots, logs, alarms and the policies of its clients.

    By default it is Valkey on a primary and a replica that takes over in another zone. It is in the data subnets and
    nobody reaches it but the security groups of `clients`, over TLS. It is encrypted at rest, forgets what was not
    used for longest when it is full, has daily snapshots of 7 days, leaves one when it goes, and is not deleted or
    replaced in passing. Programs sign in by IAM and have no password: with the token that their role signs for
    `<NAME>_CACHE_NAME` and `<NAME>_CACHE_USER`, which is good for 15 minutes; a connection lasts up to 12 hours. The
    user `default` is disabled.

    All sizes change in place: the type of nodes, replicas, shards, the bounds of a serverless cache, a later version,
    Redis OSS to Valkey. AWS replaces a cache, and forgets what is in it, where its network or its encryption key is
    another, its version is an earlier one, or Valkey is to be Redis OSS; nodes that are no cluster, a cluster and a
    serverless cache do not become each other either. Pulumi does so in no preview while `deletion_protection` is on:
    make a second cache beside it, and move the clients, which fill it.

    A cache that goes is first unprotected, by an update with `deletion_protection` false.
    """

    endpoint: pulumi.Output[str]
    """The host that reads and writes; of a cluster and a serverless cache the one that tells clients of all shards."""
    reader_endpoint: pulumi.Output[str]
    """The host that only reads, from replicas in turn. In a cluster it is that of `endpoint`, whose clients find
    replicas by themselves; without replicas it leads to the primary."""
    port: pulumi.Output[int]
    """The port of `endpoint`: 6379."""
    reader_port: pulumi.Output[int]
    """The port of `reader_endpoint`: 6379, or 6380 of a serverless cache."""
    cluster: pulumi.Output[bool]
    """Whether clients must be such that know clusters: with shards, and of a serverless cache."""
    identifier: pulumi.Output[str]
    """The cache's name on AWS, which clients sign in for."""
    arn: pulumi.Output[str]
    """The ARN of the replication group or the serverless cache."""
    user: pulumi.Output[str]
    """The name that the user `app` has on AWS."""
    security_group_id: pulumi.Output[str]
    """The id of its security group."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that uses it: `<NAME>_CACHE_HOST`, `_PORT`, `_READER_HOST`,
    `_READER_PORT`, `_NAME`, `_USER`, `_TLS`, `_CLUSTER` and `_SERVERLESS`, the component's name in capitals; the last
    three are `true` or `false`. None is a password."""
    connect_policy_json: pulumi.Output[str]
    """The IAM policy of those who sign in as `app`."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind, `memory-alarm`, and in a cluster by kind and shard: `memory-alarm-0001-shard`."""

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        alarm_rule = partial(alarm_faults, children=CACHE_CHILDREN)
        rules = (lambda _: name_faults(name), partial(user_faults, name), *RULES, alarm_rule)
        args = checked("Cache", name, CacheArgs, args, CACHE_CHILDREN, *rules)
        super().__init__("tenfold:index:Cache", name, {**args}, inherited(name, args, CACHE_CHILDREN, opts))

        group = security_group(self, "sg", args["placement"], f"The cache {name}")
        _let_in(self, args, group)
        place = _place(self, args, group)
        server = serverless(self, args, place) if is_serverless(args) else nodes(self, args, place)
        self.alarm_arns = cache_alarms(self, args, place, server)

        self._users = list(access_strings(args))
        self._server = server
        self._is_serverless = is_serverless(args)
        self.endpoint = server.endpoint
        self.reader_endpoint = server.reader_endpoint
        self.port = server.port
        self.reader_port = server.reader_port
        self.cluster = pulumi.Output.from_input(is_serverless(args) or shards_of(args) is not None)
        self.identifier = place.identifier
        self.arn = server.arn
        self.user = self._user_id(APP)
        self.security_group_id = group.id
        self.environment = self.environment_of(f"{name}_CACHE")
        self.connect_policy_json = self.connect_policy_json_of(APP)
        self.register_outputs({output: getattr(self, output) for output in Cache.__annotations__})

    def environment_of(self, prefix: str, user: str = APP) -> pulumi.Output[dict[str, str]]:
        """The environment variables of a program that signs in as some user.

        Args:
            prefix: What the variables' names begin with, in capitals: `<PREFIX>_HOST`.
            user: The user.

        Raises:
            TenfoldError: The cache has no such user.
        """
        values: Mapping[str, pulumi.Input[str]] = {
            "HOST": self.endpoint,
            "PORT": self.port.apply(_number),
            "READER_HOST": self.reader_endpoint,
            "READER_PORT": self.reader_port.apply(_number),
            "NAME": self.identifier,
            "USER": self._user_id(user),
            "TLS": "true",
            "CLUSTER": self.cluster.apply(_truth),
            "SERVERLESS": _truth(self._is_serverless),
        }
        return pulumi.Output.all(**values).apply(lambda found: variables(prefix, found))

    def connect_policy_json_of(self, user: str) -> pulumi.Output[str]:
        """The IAM policy of those who sign in as `app` or one of `access.users`.

        Raises:
            TenfoldError: The cache has no such user.
        """
        known = pulumi.Output.all(self.arn, self._user_id(user))
        return known.apply(lambda found: connect_policy(found[0], found[1:]))

    def grant_connect(self, role: aws.iam.Role, user: str = APP) -> aws.iam.RolePolicy:
        """Lets a role sign in as `app` or another user.

        Raises:
            TenfoldError: The cache has no such user.
        """
        return aws.iam.RolePolicy(
            f"{self.pulumi_resource_name}-connect-grant-{role.pulumi_resource_name}",
            role=role.name,
            policy=self.connect_policy_json_of(user),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _user_id(self, user: str) -> pulumi.Output[str]:
        if user not in self._users:
            known = ", ".join(self._users)
            raise TenfoldError(f"Cache {self.pulumi_resource_name!r}: access.users has no {user!r}; it has: {known}")
        return self.identifier.apply(lambda found: user_id(found, user))


def _let_in(cache: Cache, args: CacheArgs, group: aws.ec2.SecurityGroup) -> None:
    """Lets the clients' security groups in, on the ports of writers and readers."""
    for key, client in args.get("clients", {}).items():
        aws.vpc.SecurityGroupIngressRule(
            f"{cache.pulumi_resource_name}-client-{key}",
            security_group_id=group.id,
            referenced_security_group_id=client,
            description=f"The client {key}",
            ip_protocol="tcp",
            from_port=PORT,
            to_port=_SERVERLESS_READER_PORT if is_serverless(args) else PORT,
            opts=pulumi.ResourceOptions(parent=cache),
        )


def _place(cache: Cache, args: CacheArgs, group: aws.ec2.SecurityGroup) -> CachePlace:
    name = cache.pulumi_resource_name
    # The end that Pulumi gave to the security group's name tells this cache from an earlier one of the same name: its
    # users and its final snapshot have names before it exists.
    identifier = group.name.apply(lambda found: found.replace(f"{name}-sg", name, 1))
    others = args.get("access", {}).get("security_group_ids", {})
    users = user_group(cache, args, identifier)
    return CachePlace(identifier, [group.id, *(others[key] for key in sorted(others))], users.user_group_id)


def _number(port: float) -> str:
    return str(int(port))


def _truth(value: bool) -> str:
    return "true" if value else "false"
