"""Sessions off the tiers: any instance may go at any time, and nobody is signed out.

*Scaling on AWS (Part 4): > One Million Users* shifts the state of the web tier into ElastiCache or DynamoDB, as only
tiers without state scale and heal by themselves. This is the place for it: a table whose items expire, or a cache.

See https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_mitigate_interaction_failure_stateless.html.
"""

from functools import partial

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, alarm_faults
from tenfold.arguments import Children, checked
from tenfold.cache import CACHE_CHILDREN, Cache
from tenfold.children import inherited
from tenfold.environment import variable
from tenfold.grants import grant
from tenfold.session_arguments import (
    SessionStoreArgs,
    SessionStoreKind,
    cache_args,
    child_name,
    session_faults,
    store_of,
    table_args,
    ttl_seconds,
)
from tenfold.table import TABLE_CHILDREN, Table
from tenfold.table_access import table_policy

# Neither Query nor Scan: a tier reads the sessions whose ids it is shown, and cannot list those of others.
_ACTIONS = ("DeleteItem", "DescribeTable", "GetItem", "PutItem", "UpdateItem")
_CHILDREN: Children = {"use-grant": aws.iam.RolePolicy}


class SessionStore(pulumi.ComponentResource):
    """Sessions of tiers that keep no state, in a `Table` or a `Cache`, with all that a tier needs to use it.

    By default it is a table, paid by request: a session is the item whose `id` is the session's. It ends at
    `expires_at`, the seconds since 1970 that the tier writes: now and `<NAME>_SESSIONS_TTL_SECONDS`. DynamoDB removes
    it within some days of that, so a tier looks at `expires_at` when it reads. With `store="cache"` it is Valkey: a
    session is a key, written with `EX` and as many seconds.

    Either is encrypted, survives the loss of a zone, has its alarms, and lets a role that has
    `read_write_policy_json` read and write single sessions. Sessions can be lost at the price of signing in again, so
    a table can be restored for a day and a cache has no snapshots. The store itself is a child, `<name>-table` or
    `<name>-cache`, and grows as those do: in place.
    """

    store: pulumi.Output[str]
    """Where sessions are: `table` or `cache`."""
    arn: pulumi.Output[str]
    """The ARN of the table, the replication group or the serverless cache."""
    table_name: pulumi.Output[str]
    """The table's name on AWS; empty with a cache."""
    endpoint: pulumi.Output[str]
    """The host of the cache; empty with a table."""
    security_group_id: pulumi.Output[str]
    """The id of the cache's security group; empty with a table."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a tier that uses it, the component's name in capitals: `<NAME>_SESSIONS_STORE` and
    `_TTL_SECONDS`; with a table `_TABLE`; with a cache `_HOST`, `_PORT`, `_READER_HOST`, `_READER_PORT`, `_NAME`,
    `_USER`, `_TLS`, `_CLUSTER` and `_SERVERLESS`, as `Cache` says."""
    read_write_policy_json: pulumi.Output[str]
    """The IAM policy of a tier: reads and writes single items of the table, or signs in to the cache."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the store's alarms, after what it is: `table/read-throttle-alarm`, `cache/memory-alarm`."""

    def __init__(self, name: str, args: SessionStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        alarm_rule = partial(alarm_faults, children={**TABLE_CHILDREN, **CACHE_CHILDREN})
        args = checked("SessionStore", name, SessionStoreArgs, args, _CHILDREN, *session_faults(name), alarm_rule)
        super().__init__("tenfold:index:SessionStore", name, {**args}, inherited(name, args, _CHILDREN, opts))

        self.store = pulumi.Output.from_input(store_of(args).value)
        if store_of(args) is SessionStoreKind.TABLE:
            self._use_table(name, args)
        else:
            self._use_cache(name, args)
        self.register_outputs({output: getattr(self, output) for output in SessionStore.__annotations__})

    def grant_use(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a tier's role read and write sessions."""
        return grant(self, "use-grant", role, self.read_write_policy_json)

    def _use_table(self, name: str, args: SessionStoreArgs) -> None:
        table = Table(child_name(name, args), table_args(args), pulumi.ResourceOptions(parent=self))
        self.alarm_arns = Alarms(self, args).arns({"table": table.alarm_arns})
        self.arn = table.table_arn
        self.table_name = table.table_name
        self.endpoint = self.security_group_id = pulumi.Output.from_input("")
        self.read_write_policy_json = pulumi.Output.all(table.table_arn, args.get("kms_key_arn")).apply(
            lambda arns: table_policy(_ACTIONS, arns[0], [], arns[1])
        )
        place = table.table_name.apply(lambda found: {f"{_prefix(name)}_TABLE": found})
        self.environment = _environment(name, args, place)

    def _use_cache(self, name: str, args: SessionStoreArgs) -> None:
        cache = Cache(child_name(name, args), cache_args(args), pulumi.ResourceOptions(parent=self))
        self.alarm_arns = Alarms(self, args).arns({"cache": cache.alarm_arns})
        self.arn = cache.arn
        self.table_name = pulumi.Output.from_input("")
        self.endpoint = cache.endpoint
        self.security_group_id = cache.security_group_id
        self.read_write_policy_json = cache.connect_policy_json
        self.environment = _environment(name, args, cache.environment_of(_prefix(name)))


def _environment(
    name: str, args: SessionStoreArgs, place: pulumi.Output[dict[str, str]]
) -> pulumi.Output[dict[str, str]]:
    seconds = pulumi.Output.from_input(ttl_seconds(args)).apply(lambda found: str(int(found)))
    return pulumi.Output.all(place, seconds).apply(
        lambda found: {
            f"{_prefix(name)}_STORE": store_of(args).value,
            f"{_prefix(name)}_TTL_SECONDS": found[1],
            **found[0],
        }
    )


def _prefix(name: str) -> str:
    return variable(f"{name}_SESSIONS")
