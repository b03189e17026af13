"""What a database can be made of."""

from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs
from tenfold.placement import NetworkPlacement


class DatabaseEngine(StrEnum):
    """What a database speaks, and how it is stored."""

    AURORA_POSTGRESQL = "aurora-postgresql"
    """PostgreSQL on Aurora: storage in three zones that all instances share."""
    AURORA_MYSQL = "aurora-mysql"
    """MySQL on Aurora: storage in three zones that all instances share."""
    POSTGRES = "postgres"
    """PostgreSQL on an RDS instance, with a standby in another zone."""
    MYSQL = "mysql"
    """MySQL on an RDS instance, with a standby in another zone."""


class DatabaseStorageType(StrEnum):
    """The volumes of an RDS instance."""

    GP3 = "gp3"
    """General purpose."""
    IO2 = "io2"
    """A stated number of operations a second, at less than a millisecond."""


class DatabaseInsights(StrEnum):
    """How far Database Insights looks."""

    NONE = "none"
    """Not at all."""
    STANDARD = "standard"
    """The load by query, wait and user, of the last 7 days, at no charge."""
    ADVANCED = "advanced"
    """Execution plans, locks and fleets as well, of the last 15 months, charged by vCPU."""


class DatabaseCapacityArgs(TypedDict):
    """How much a database can do: serverless instances of Aurora between two bounds, or instances of a class."""

    min_acu: NotRequired[float]
    """The least capacity of each serverless instance of Aurora, 0 to 256 ACU in steps of 0.5, of about 2 GB of memory
    each; 0.5 by default. With 0 an idle database pauses, and its next client waits for about 15 seconds."""
    max_acu: NotRequired[float]
    """The greatest capacity of each serverless instance of Aurora, 1 to 256 ACU; 16 by default."""
    seconds_until_pause: NotRequired[int]
    """How long a database is idle before it pauses, 300 to 86400 seconds, with `min_acu` 0; 300 by default."""
    instance_class: NotRequired[str]
    """The class of each instance, in place of the bounds: `db.r8g.large`; on Aurora none by default, else
    `db.m7g.large`. Changing it restarts the instances, one after the other, and keeps the data."""
    memory_gib: NotRequired[float]
    """The memory of `instance_class` in GiB, which alarms are computed from; known for t, m, r and c classes."""
    multi_az: NotRequired[bool]
    """Whether an RDS instance has a standby in another zone that takes over; true by default. Aurora has readers."""


class DatabaseReaderArgs(TypedDict):
    """One reader: an instance of Aurora that also takes over from the writer, or a read replica of an RDS instance."""

    zone: NotRequired[pulumi.Input[str]]
    """Its availability zone, `us-east-1b`; by default the zones of the placement in turn, after the writer's. It is
    looked at when the reader is made: to move one, give it another name."""
    instance_class: NotRequired[str]
    """Its class; the writer's by default."""
    promotion_tier: NotRequired[pulumi.Input[int]]
    """How soon it takes over on Aurora, from 0, the first, to 15; 1 by default, and with 0 or 1 a serverless reader is
    kept as large as the writer."""


class DatabaseReaderScalingArgs(TypedDict):
    """How many readers of Aurora there are: between two bounds, at a target."""

    min_readers: NotRequired[int]
    """The least number of readers, 0 to 15, those of `readers` among them; as many as `readers` by default."""
    max_readers: int
    """The greatest number of readers, 1 to 15, those of `readers` among them."""
    cpu_percent: NotRequired[float]
    """How busy the readers are to be, 1 to 100 percent of CPU; 70 by default."""
    connections: NotRequired[float]
    """How many connections each reader is to have, in place of `cpu_percent`."""


class DatabaseStorageArgs(TypedDict):
    """Where a database keeps its data. Storage is always encrypted."""

    allocated_gb: NotRequired[int]
    """The volume of an RDS instance, 20 to 65536 GB; 100 by default. It never shrinks. Aurora's grows by itself."""
    max_gb: NotRequired[int]
    """How far the volume of an RDS instance grows by itself, in GB; ten times `allocated_gb` by default."""
    type: NotRequired[DatabaseStorageType]
    """The volumes of an RDS instance: `gp3` (default) or `io2`."""
    iops: NotRequired[int]
    """The operations a second of an RDS instance's volume: with `io2`, or with `gp3` from 400 GB, which has 12000."""
    throughput_mbps: NotRequired[int]
    """The MB a second of an RDS instance's `gp3` volume, from 400 GB, which has 500."""
    io_optimized: NotRequired[bool]
    """Whether Aurora charges no operations and more for storage, which pays where they are a quarter of the bill; false
    by default."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the key that encrypts it; the account's `aws/rds` key by default. Changing it replaces the database,
    which is refused while it is protected."""


class DatabaseAccessArgs(TypedDict):
    """Who signs in, and how. IAM authentication is always on."""

    master_username: NotRequired[str]
    """The name of the master user, for administrators; `dbadmin` by default. RDS makes up its password, keeps it in
    Secrets Manager and changes it there. Changing the name replaces the database, which is refused while protected."""
    iam_users: NotRequired[list[str]]
    """The users who sign in by IAM, without a password; `["app"]` by default. The first is the one of `environment` and
    `connect_policy_json`. RDS makes no such user: on PostgreSQL `CREATE USER app; GRANT rds_iam TO app`, on MySQL
    `CREATE USER app IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'`."""
    rotation_days: NotRequired[int]
    """After how many days the master user's password is another, 1 to 1000; 7 by default. Taken away again, the last
    number stays."""
    secret_kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the key that encrypts the password; the account's `aws/secretsmanager` key by default."""
    security_group_ids: NotRequired[dict[str, pulumi.Input[str]]]
    """Further security groups that it is in, by a name of your own, such as one that several databases share; none by
    default."""


class DatabaseProxyArgs(TypedDict):
    """An RDS Proxy, which shares connections among clients and hides most of a failover from them."""

    iam: NotRequired[bool]
    """Whether clients sign in to it by IAM, and it does so to the database, so that no password exists; true by
    default. With false clients have the passwords of `secret_arns`."""
    secret_arns: NotRequired[dict[str, pulumi.Input[str]]]
    """The secrets of the users who sign in by password, by a name of your own, beside the master user's; with `iam`
    false."""
    secret_kms_key_arns: NotRequired[dict[str, pulumi.Input[str]]]
    """The ARNs of the keys that encrypt those secrets, by a name of your own."""
    max_connections_percent: NotRequired[pulumi.Input[int]]
    """How many of the database's connections it may use, 1 to 100 percent; 90 by default."""
    idle_client_timeout_seconds: NotRequired[pulumi.Input[int]]
    """How long a client's connection may be idle, 1 to 28800 seconds; 1800 by default."""
    borrow_timeout_seconds: NotRequired[pulumi.Input[int]]
    """How long a client waits for a connection to the database, 0 to 300 seconds; 120 by default."""


class DatabaseParametersArgs(TypedDict):
    """Parameters of the engine, beside those that the component sets. TLS is always required."""

    logical_replication: NotRequired[bool]
    """Whether changes can be followed by other databases, for moves without downtime; false by default. It takes
    effect with the next restart."""
    dynamic: NotRequired[dict[str, pulumi.Input[str]]]
    """Parameters that take effect at once, `{"work_mem": "65536"}`; none by default."""
    static: NotRequired[dict[str, pulumi.Input[str]]]
    """Parameters that take effect with the next restart, `{"max_connections": "2000"}`; none by default."""


class DatabaseBackupArgs(TypedDict):
    """Copies of the past."""

    retention_days: NotRequired[pulumi.Input[int]]
    """How many days back the database can be restored to any second, 7 to 35; 7 by default."""
    window: NotRequired[str]
    """When the daily snapshot is taken, in UTC, `03:00-04:00`; by default AWS chooses a time of its night."""
    final_snapshot: NotRequired[bool]
    """Whether a snapshot is taken when the database is deleted; true by default."""
    keep_after_deletion: NotRequired[bool]
    """Whether automated backups outlive a deletion until `retention_days` are over; true by default."""


class DatabaseRestoreArgs(TypedDict):
    """What a new database starts from. It is looked at when the database is made: a later change changes nothing.

    `database_name` and `access.master_username` must say what the source has. An unencrypted source needs
    `storage.kms_key_arn`. From a snapshot of Aurora, IAM authentication is off until the second `pulumi up`.
    """

    snapshot_identifier: NotRequired[pulumi.Input[str]]
    """The name or ARN of a snapshot."""
    source_identifier: NotRequired[pulumi.Input[str]]
    """The identifier of a database of the same kind, a cluster or an RDS instance, for a moment of its past."""
    time: NotRequired[pulumi.Input[str]]
    """That moment in UTC, `2026-03-01T12:00:00Z`; the latest by default."""


class DatabaseMaintenanceArgs(TypedDict):
    """When and how a database changes."""

    window: NotRequired[str]
    """When AWS patches it, in UTC, `sun:04:00-sun:05:00`; by default AWS chooses a time of its night."""
    auto_minor_version_upgrade: NotRequired[bool]
    """Whether minor versions come by themselves, in the window; true by default."""
    allow_major_version_upgrade: NotRequired[bool]
    """Whether `engine_version` may be another major version; false by default."""
    apply_immediately: NotRequired[bool]
    """Whether changes that interrupt it, such as another class, are made at once and not in the window; false by
    default."""
    blue_green: NotRequired[bool]
    """Whether such changes are made to a copy that then takes over, on an RDS instance without readers or a proxy;
    false by default. Pulumi cannot do so on Aurora."""


class DatabaseMonitoringArgs(TypedDict):
    """What is seen of a database."""

    insights: NotRequired[DatabaseInsights]
    """How far Database Insights looks: `none`, `standard` or `advanced`; `standard` by default."""
    enhanced_seconds: NotRequired[int]
    """How often the operating system is looked at: every 1, 5, 10, 15, 30 or 60 seconds, or 0 for never; 0 by
    default."""
    slow_query_ms: NotRequired[int]
    """From how many milliseconds a statement is logged, 0 to 3600000; 1000 by default."""
    log_retention_days: NotRequired[int]
    """How many days its logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""
    event_topic_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the topic that RDS tells of failovers, failures and maintenance; its policy must let
    `events.rds.amazonaws.com` publish, as a topic's own policy does. Nobody is told by default."""


class DatabaseArgs(TypedDict):
    """Arguments of `Database`. What decides which resources there are is a plain value."""

    placement: pulumi.Input[NetworkPlacement]
    """The network, whose data subnets it is in. Another network replaces it, which is refused while protected."""
    clients: NotRequired[dict[str, pulumi.Input[str]]]
    """The security groups that may connect, each once, by a name of your own, `{"web": web.security_group_id}`; nobody
    by default."""
    engine: NotRequired[DatabaseEngine]
    """What it speaks and how it is stored: `aurora-postgresql` (default), `aurora-mysql`, or on an RDS instance
    `postgres` or `mysql`. Changing it replaces the database, which is refused while it is protected."""
    engine_version: NotRequired[str]
    """The version, a prefix of it where minor versions come by themselves; by default `17` for PostgreSQL, `8.0` for
    MySQL on Aurora, `8.4` for MySQL. A later major version needs `maintenance.allow_major_version_upgrade`."""
    capacity: NotRequired[DatabaseCapacityArgs]
    """How much it can do; by default serverless, 0.5 to 16 ACU, on Aurora, and `db.m7g.large` in two zones else."""
    readers: NotRequired[dict[str, DatabaseReaderArgs]]
    """Its readers by name, up to 15; one on Aurora by default, `{"standby": {}}`, which takes over from the writer, and
    none else, where the standby takes over and cannot be read."""
    reader_scaling: NotRequired[DatabaseReaderScalingArgs]
    """Further readers of Aurora that come and go with the load; none by default. Those that came by themselves are no
    resources of the program: before it deletes the database, take this away and delete them."""
    storage: NotRequired[DatabaseStorageArgs]
    """Where it keeps its data; by default on Aurora's storage or 100 to 1000 GB of `gp3`."""
    database_name: NotRequired[str]
    """The name of the first database in it; `app` by default. Changing it replaces all, which is refused while it is
    protected: make further databases with SQL."""
    access: NotRequired[DatabaseAccessArgs]
    """Who signs in, and how; by default `app` by IAM, and `dbadmin` by a password in Secrets Manager."""
    proxy: NotRequired[DatabaseProxyArgs]
    """An RDS Proxy before it, `{}` for one as it is by default; none by default."""
    parameters: NotRequired[DatabaseParametersArgs]
    """Parameters of the engine; by default those of AWS with TLS required and slow statements logged."""
    backup: NotRequired[DatabaseBackupArgs]
    """Copies of the past; by default 7 days, and a final snapshot."""
    restore: NotRequired[DatabaseRestoreArgs]
    """What a new database starts from; by default from nothing."""
    maintenance: NotRequired[DatabaseMaintenanceArgs]
    """When and how it changes; by default in AWS's window, with minor versions."""
    monitoring: NotRequired[DatabaseMonitoringArgs]
    """What is seen of it; by default standard insights, and logs of 30 days."""
    deletion_protection: NotRequired[bool]
    """Whether neither AWS nor Pulumi deletes or replaces it; true by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, and which are not made; without it they change state and notify nobody."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"cluster": {"enable_http_endpoint": True}}`."""


class DatabaseSettingsArgs(TypedDict):
    """What is particular to one of several databases: arguments of `Database`, which says more of each."""

    engine: NotRequired[DatabaseEngine]
    """What it speaks and how it is stored; `aurora-postgresql` by default."""
    engine_version: NotRequired[str]
    """The version; by default the one of `Database`."""
    capacity: NotRequired[DatabaseCapacityArgs]
    """How much it can do; by default serverless on Aurora, 0.5 to 16 ACU."""
    readers: NotRequired[dict[str, DatabaseReaderArgs]]
    """Its readers by name; one on Aurora by default, `{"standby": {}}`."""
    reader_scaling: NotRequired[DatabaseReaderScalingArgs]
    """Further readers of Aurora that come and go with the load; none by default."""
    storage: NotRequired[DatabaseStorageArgs]
    """Where it keeps its data; Aurora's storage by default."""
    database_name: NotRequired[str]
    """The name of the first database in it; `app` by default."""
    access: NotRequired[DatabaseAccessArgs]
    """Who signs in, and how; by default `dbadmin` by a password in Secrets Manager, and no one else."""
    proxy: NotRequired[DatabaseProxyArgs]
    """An RDS Proxy before it; none by default."""
    parameters: NotRequired[DatabaseParametersArgs]
    """Parameters of the engine; by default those of AWS with TLS required and slow statements logged."""
    backup: NotRequired[DatabaseBackupArgs]
    """Copies of the past; by default 7 days, and a final snapshot."""
    restore: NotRequired[DatabaseRestoreArgs]
    """What a new database starts from; by default from nothing."""
    maintenance: NotRequired[DatabaseMaintenanceArgs]
    """When and how it changes; by default in AWS's window, with minor versions."""
    monitoring: NotRequired[DatabaseMonitoringArgs]
    """What is seen of it; by default standard insights, and logs of 30 days."""
    deletion_protection: NotRequired[bool]
    """Whether neither AWS nor Pulumi deletes or replaces it; true by default."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"cluster": {"enable_http_endpoint": True}}`."""
