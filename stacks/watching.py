"""Monitoring and logging: one notification for each service that is in trouble, one look at all of them."""

import pulumi

from stacks.parts import Environment
from tenfold import Monitoring, MonitoringArgs

_EDGE_REGION = "us-east-1"
"""Where the metrics of CloudFront are, and so the alarms on them."""


def monitoring(environment: Environment) -> Monitoring:
    """The topics, the dashboard, an alarm for each service that is watched by now, and the budget."""
    given = environment.config.monitoring
    critical = given.critical_email or given.email
    args: MonitoringArgs = {"services": environment.services, "tags": environment.tags}
    if given.email:
        args["warning"] = {"emails": {"operators": given.email}}
    if critical:
        args["critical"] = {"emails": {"operators": critical}}
    if given.monthly_usd:
        args["budget"] = {"monthly_usd": given.monthly_usd}
    # Not where nothing is at the edge: the topics' key costs a dollar a month.
    if environment.config.site and pulumi.Config("aws").get("region", _EDGE_REGION) != _EDGE_REGION:
        args["edge_topics"] = True
    made = Monitoring("monitoring", args)
    pulumi.export("warning_topic_arn", made.topic_arn)
    pulumi.export("critical_topic_arn", made.critical_topic_arn)
    pulumi.export("dashboard", made.dashboard_name)
    return made
