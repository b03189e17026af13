"""A table that grows with its traffic: the state that stateless tiers must not keep.

*Scaling on AWS (Part 4): > One Million Users* moves some of the data, such as hot tables, sessions and metadata, to a
NoSQL database. This is a DynamoDB table: on demand unless told otherwise, and restorable to any second of the last
35 days.

What replaces a table, with all that is in it: another `hash_key` or `range_key`, another type of one of them, any
change to `local_indexes`, and a warm throughput that is lowered. `deletion_protection` refuses such a change in the
preview. Make a second table beside it and move the items. Everything else changes in place: `global_indexes`, capacity
and billing, the stream, replicas, expiry, encryption and protection.

See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices.html.
"""

from collections.abc import Sequence
from functools import partial

import pulumi
import pulumi_aws as aws

from tenfold.alarms import alarm_faults
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.environment import variable
from tenfold.errors import TenfoldError
from tenfold.grants import grant
from tenfold.table_access import READ, READ_WRITE, WRITE, stream_policy, table_policy
from tenfold.table_alarms import table_alarms
from tenfold.table_arguments import TableArgs
from tenfold.table_faults import RULES
from tenfold.table_properties import (
    attributes,
    global_indexes,
    local_indexes,
    recovery,
    replicas,
    source,
    stream_of,
    throughput,
    witness,
)
from tenfold.table_scaling import follow_traffic, followed_units

TABLE_CHILDREN: Children = {
    "table": aws.dynamodb.Table,
    "read-scaling-target": aws.appautoscaling.Target,
    "read-scaling": aws.appautoscaling.Policy,
    "write-scaling-target": aws.appautoscaling.Target,
    "write-scaling": aws.appautoscaling.Policy,
    "index-read-scaling-target": aws.appautoscaling.Target,
    "index-read-scaling": aws.appautoscaling.Policy,
    "index-write-scaling-target": aws.appautoscaling.Target,
    "index-write-scaling": aws.appautoscaling.Policy,
    "kinesis": aws.dynamodb.KinesisStreamingDestination,
    "resource-policy": aws.dynamodb.ResourcePolicy,
    "insights": aws.dynamodb.ContributorInsights,
    "index-insights": aws.dynamodb.ContributorInsights,
    "read-throttle-alarm": aws.cloudwatch.MetricAlarm,
    "write-throttle-alarm": aws.cloudwatch.MetricAlarm,
    "index-read-throttle-alarm": aws.cloudwatch.MetricAlarm,
    "index-write-throttle-alarm": aws.cloudwatch.MetricAlarm,
    "system-error-alarm": aws.cloudwatch.MetricAlarm,
    "replication-alarm": aws.cloudwatch.MetricAlarm,
    "read-grant": aws.iam.RolePolicy,
    "write-grant": aws.iam.RolePolicy,
    "read-write-grant": aws.iam.RolePolicy,
    "stream-grant": aws.iam.RolePolicy,
}
"""The kinds of a table's children."""
# They are looked at when a table is made. Afterwards AWS would replace it for their sake.
_ONLY_AT_FIRST = ["importTable", "restoreSourceTableArn", "restoreDateTime", "restoreToLatestTime"]


class Table(pulumi.ComponentResource):
    """A DynamoDB table with its indexes, backups, alarms and the policies of those who use it.

    By default it is on demand, can be restored to any second of the last 35 days, is encrypted with a key of
    DynamoDB's, cannot be deleted or replaced in passing, and has alarms on throttling and on DynamoDB's own errors.

    It changes between on demand and provisioned capacity in place. Where the capacity follows the traffic an update
    leaves the table's alone; that of an index is back at its least after `pulumi refresh` and an update, and rises
    again within minutes.
    """

    table_name: pulumi.Output[str]
    """The table's name on AWS."""
    table_arn: pulumi.Output[str]
    """The table's ARN."""
    stream_arn: pulumi.Output[str]
    """The ARN of its stream; empty without one."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that uses it: `<NAME>_TABLE`, the component's name in capitals."""
    read_policy_json: pulumi.Output[str]
    """The IAM policy of its readers, indexes included."""
    write_policy_json: pulumi.Output[str]
    """The IAM policy of its writers, who cannot read."""
    read_write_policy_json: pulumi.Output[str]
    """The IAM policy of those who read and write."""
    stream_policy_json: pulumi.Output[str]
    """The IAM policy of those who read its stream; empty without one."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind, and by kind and key where there are several: `read-throttle-alarm`,
    `index-read-throttle-alarm-by-time`."""

    def __init__(self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        rules = (*RULES, partial(alarm_faults, children=TABLE_CHILDREN))
        args = checked("Table", name, TableArgs, args, TABLE_CHILDREN, *rules)
        super().__init__("tenfold:index:Table", name, {**args}, inherited(name, args, TABLE_CHILDREN, opts))

        table = _table(self, args)
        follow_traffic(self, table, args)
        _kinesis(self, args, table)
        _resource_policy(self, args, table)
        _insights(self, args, table)
        self.alarm_arns = table_alarms(self, table, args)

        has_stream = stream_of(args) is not None
        self.table_name = table.name
        self.table_arn = table.arn
        self.stream_arn = table.stream_arn if has_stream else pulumi.Output.from_input("")
        self.environment = table.name.apply(lambda table_name: {variable(f"{name}_TABLE"): table_name})
        self.read_policy_json = _policy(args, table, READ)
        self.write_policy_json = _policy(args, table, WRITE)
        self.read_write_policy_json = _policy(args, table, READ_WRITE)
        self.stream_policy_json = _stream_policy(args, table)
        self.register_outputs({output: getattr(self, output) for output in Table.__annotations__})
        self._has_stream = has_stream

    def grant_read(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role read the table and its indexes."""
        return grant(self, "read-grant", role, self.read_policy_json)

    def grant_write(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role write items, and not read them."""
        return grant(self, "write-grant", role, self.write_policy_json)

    def grant_read_write(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role read the table and its indexes, and write items."""
        return grant(self, "read-write-grant", role, self.read_write_policy_json)

    def grant_stream(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role read the table's stream.

        Raises:
            TenfoldError: The table has none.
        """
        if not self._has_stream:
            name = self.pulumi_resource_name
            raise TenfoldError(f"Table {name!r} has no stream to read; give it one with the argument stream.")
        return grant(self, "stream-grant", role, self.stream_policy_json)


def _table(component: Table, args: TableArgs) -> aws.dynamodb.Table:
    capacity, stream = args.get("provisioned"), stream_of(args)
    protected = args.get("deletion_protection", True)
    return aws.dynamodb.Table(
        f"{component.pulumi_resource_name}-table",
        hash_key=args["hash_key"],
        range_key=args.get("range_key"),
        attributes=attributes(args),
        global_secondary_indexes=global_indexes(args),
        local_secondary_indexes=local_indexes(args),
        billing_mode="PROVISIONED" if capacity else "PAY_PER_REQUEST",
        read_capacity=capacity["read_units"] if capacity else None,
        write_capacity=capacity["write_units"] if capacity else None,
        **throughput(args.get("throughput", {})),
        point_in_time_recovery=recovery(args),
        ttl={"attribute_name": args["ttl_attribute"], "enabled": True} if "ttl_attribute" in args else None,
        stream_enabled=stream is not None,
        stream_view_type=stream.value.upper() if stream else None,
        server_side_encryption=(
            {"enabled": True, "kms_key_arn": args["kms_key_arn"]} if "kms_key_arn" in args else None
        ),
        replicas=replicas(args, protected=protected),
        global_table_witness=witness(args),
        **source(args),
        deletion_protection_enabled=protected,
        opts=pulumi.ResourceOptions(
            parent=component,
            # Where the table is not protected by itself it is as its component is.
            protect=True if protected else None,
            ignore_changes=[*_ONLY_AT_FIRST, *followed_units(args)],
        ),
    )


def _kinesis(component: Table, args: TableArgs, table: aws.dynamodb.Table) -> None:
    if "kinesis_stream_arn" in args:
        aws.dynamodb.KinesisStreamingDestination(
            f"{component.pulumi_resource_name}-kinesis",
            table_name=table.name,
            stream_arn=args["kinesis_stream_arn"],
            opts=pulumi.ResourceOptions(parent=component),
        )


def _resource_policy(component: Table, args: TableArgs, table: aws.dynamodb.Table) -> None:
    if "resource_policy_json" in args:
        aws.dynamodb.ResourcePolicy(
            f"{component.pulumi_resource_name}-resource-policy",
            resource_arn=table.arn,
            policy=args["resource_policy_json"],
            opts=pulumi.ResourceOptions(parent=component),
        )


def _insights(component: Table, args: TableArgs, table: aws.dynamodb.Table) -> None:
    if not args.get("contributor_insights"):
        return
    name = component.pulumi_resource_name
    for index in (None, *sorted(args.get("global_indexes", {}))):
        aws.dynamodb.ContributorInsights(
            f"{name}-index-insights-{index}" if index else f"{name}-insights",
            table_name=table.name,
            index_name=index,
            opts=pulumi.ResourceOptions(parent=component),
        )


def _policy(args: TableArgs, table: aws.dynamodb.Table, actions: Sequence[str]) -> pulumi.Output[str]:
    indexes: list[str] = sorted([*args.get("global_indexes", {}), *args.get("local_indexes", {})])
    return pulumi.Output.all(table.arn, args.get("kms_key_arn")).apply(
        lambda arns: table_policy(actions, arns[0], indexes, arns[1])
    )


def _stream_policy(args: TableArgs, table: aws.dynamodb.Table) -> pulumi.Output[str]:
    if stream_of(args) is None:
        return pulumi.Output.from_input("")
    return pulumi.Output.all(table.stream_arn, args.get("kms_key_arn")).apply(lambda arns: stream_policy(*arns))
