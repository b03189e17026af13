"""Durability: data survives mistakes, and what happened can be read afterwards.

*Scaling on AWS (Part 4): > One Million Users* moves state off the tiers into data stores; these rules keep what is
there.
"""

from pulumi_policy import Severity

from .rule import ADVISORY, Parameter, Settings, Source, resource_rule
from .tokens import DYNAMODB_TABLE, LOAD_BALANCER, LOG_GROUP
from .view import Findings, Resource

_DELETION_PROTECTION = {DYNAMODB_TABLE: "deletionProtectionEnabled", LOAD_BALANCER: "enableDeletionProtection"}


@resource_rule(
    "dur-dynamodb-pitr",
    on=(DYNAMODB_TABLE,),
    title="Tables have point-in-time recovery",
    severity=Severity.HIGH,
    remediation="Set pointInTimeRecovery.enabled to true.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html#dynamodb-2",
        security_hub="DynamoDB.2",
        checkov=("CKV_AWS_28",),
        well_architected="REL09-BP03",
    ),
)
def table_has_recovery(table: Resource, _: Settings) -> Findings:
    """A DynamoDB table can be restored to any second of the last days.

    Replicas copy a bad write at once; only a copy of the past undoes it.
    """
    enabled = table["pointInTimeRecovery.enabled"]
    if enabled.flag() is not True:
        yield enabled.violates(allowed="true", fix="set pointInTimeRecovery.enabled to true.")


@resource_rule(
    "dur-deletion-protection",
    on=tuple(_DELETION_PROTECTION),
    title="Tables and load balancers are protected from deletion",
    severity=Severity.MEDIUM,
    remediation="Turn deletion protection on; to delete the resource on purpose, turn it off in an update of its own.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html#dynamodb-6",
        security_hub="DynamoDB.6",
        checkov=("CKV_AWS_150",),
        well_architected="REL09-BP01",
    ),
)
def protected_from_deletion(resource: Resource, _: Settings) -> Findings:
    """What holds data, or is the address of the service, cannot be deleted in passing.

    One renamed resource in a program is a delete and a create. Security Hub asks the same of load balancers in ELB.6.
    """
    protected = resource[_DELETION_PROTECTION[resource.type]]
    if protected.flag() is not True:
        yield protected.violates(allowed="true", fix=f"set {protected.path} to true.")


@resource_rule(
    "dur-log-retention",
    on=(LOG_GROUP,),
    title="Logs are kept for a stated time",
    severity=Severity.LOW,
    remediation="Set retentionInDays to how long the logs are needed.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-16",
        checkov=("CKV_AWS_66",),
        well_architected="COST04-BP05",
    ),
    level=ADVISORY,
    parameters=(Parameter("minimumDays", 7, "The least number of days.", minimum=1, maximum=3653),),
)
def logs_are_kept(group: Resource, settings: Settings) -> Findings:
    """A log group keeps its events for a stated number of days.

    By default they are kept, and paid for, for ever; kept for a day, they are gone before Monday.
    """
    days = group["retentionInDays"]
    least = settings.integer("minimumDays")
    if (days.integer() or 0) < least:
        yield days.violates(
            found="nothing, which is for ever" if not days.integer() else None,
            allowed=f"{least} days or more, stated",
            fix=f"set retentionInDays to {least} or more.",
        )
