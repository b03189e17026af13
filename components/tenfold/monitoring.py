"""Monitoring and logging: who is told of what, one look at everything, and what was logged and traced.

*Scaling on AWS (Part 4): > One Million Users* counts monitoring, metrics and logging among what one must have by then.
The components of this package have their own alarms; this one gives them someone to notify, makes one notification of
all that a fault rings, shows every tier on one dashboard, holds web tiers to an objective, and keeps what applications
log.

See https://docs.aws.amazon.com/wellarchitected/latest/operational-excellence-pillar/utilizing-workload-observability.html.
"""

from typing import cast

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmsArgs, alarm_faults
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.monitoring_arguments import MonitoringArgs
from tenfold.monitoring_budget import budget
from tenfold.monitoring_dashboard import dashboard
from tenfold.monitoring_faults import monitoring_faults
from tenfold.monitoring_logs import log_groups, queries
from tenfold.monitoring_services import service_alarms
from tenfold.monitoring_topics import EDGE_REGION, edge_topics, topics, undelivered_alarm
from tenfold.monitoring_traces import traces

_CHILDREN: Children = {
    "key": aws.kms.Key,
    "key-policy": aws.kms.KeyPolicy,
    "warning-topic": aws.sns.Topic,
    "warning-topic-policy": aws.sns.TopicPolicy,
    "warning-email": aws.sns.TopicSubscription,
    "warning-https": aws.sns.TopicSubscription,
    "warning-sqs": aws.sns.TopicSubscription,
    "warning-lambda": aws.sns.TopicSubscription,
    "warning-call": aws.lambda_.Permission,
    "critical-topic": aws.sns.Topic,
    "critical-topic-policy": aws.sns.TopicPolicy,
    "critical-email": aws.sns.TopicSubscription,
    "critical-https": aws.sns.TopicSubscription,
    "critical-sqs": aws.sns.TopicSubscription,
    "critical-lambda": aws.sns.TopicSubscription,
    "critical-call": aws.lambda_.Permission,
    "undelivered": aws.sqs.Queue,
    "undelivered-policy": aws.sqs.QueuePolicy,
    "undelivered-alarm": aws.cloudwatch.MetricAlarm,
    "burn-alarm": aws.cloudwatch.MetricAlarm,
    "traffic-alarm": aws.cloudwatch.MetricAlarm,
    "service-critical": aws.cloudwatch.CompositeAlarm,
    "service-warning": aws.cloudwatch.CompositeAlarm,
    "service-quiet": aws.cloudwatch.CompositeAlarm,
    "dashboard": aws.cloudwatch.Dashboard,
    "logs": aws.cloudwatch.LogGroup,
    "errors": aws.cloudwatch.LogMetricFilter,
    "log-error-alarm": aws.cloudwatch.MetricAlarm,
    "query": aws.cloudwatch.QueryDefinition,
    "sampling": aws.xray.SamplingRule,
    "traces": aws.xray.Group,
    "budget": aws.budgets.Budget,
}


class Monitoring(pulumi.ComponentResource):
    """Topics by severity, a composite alarm per service, objectives, a dashboard, logs and traces of an environment.

    By default there are two encrypted topics, for what is critical and for warnings. Each service in `services` has two
    composite alarms and a row on the dashboard; each web tier also has alarms on how fast the error budget of its 99.9
    percent is spent. A service's composite alarms notify once, however many of its alarms ring, and its warnings do
    not notify while it is critical.

    So that nobody is told twice, give the components in `services` no `alarms.topic_arn`: their alarms change state,
    and the composite alarms notify. Give this one's `alarms`, as theirs, to components that are not in `services`.
    """

    topic_arn: pulumi.Output[str]
    """The ARN of the topic of warnings."""
    critical_topic_arn: pulumi.Output[str]
    """The ARN of the topic of what is critical."""
    alarms: AlarmsArgs
    """The topics as other components take them: `Bucket("files", {"alarms": monitoring.alarms})`."""
    edge_alarms: AlarmsArgs
    """The topics of us-east-1, for a `StaticSite`; without `edge_topics` those of the environment."""
    dashboard_name: pulumi.Output[str]
    """The dashboard's name."""
    composite_alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the composite alarms by service, part and severity: `web/critical`, `shards/east/warning`."""
    log_group_names: pulumi.Output[dict[str, str]]
    """The names of the log groups on AWS by theirs here, for the applications that write to them."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of the alarms that notify by themselves: on errors in logs, and on notifications that were lost."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked(
            "Monitoring",
            name,
            MonitoringArgs,
            args,
            _CHILDREN,
            *monitoring_faults(name),
            lambda given: alarm_faults(given, _CHILDREN),
        )
        # An input of an output's name would come back as that output.
        inputs = {key: value for key, value in args.items() if key != "alarms"}
        super().__init__("tenfold:index:Monitoring", name, inputs, inherited(name, args, _CHILDREN, opts))

        home = topics(self, args)
        edge = edge_topics(self, args, home)
        off = args.get("alarms", {}).get("off", ())
        # Those of services ring a composite alarm, which notifies.
        of_services = Alarms(self, {"alarms": {"off": off}})
        own = Alarms(self, {"alarms": {**home.alarms(), "off": off}})
        at_the_edge = Alarms(self, {"alarms": {**edge.alarms(), "off": off}})
        undelivered_alarm(own, self, home, None)
        if edge is not home:
            undelivered_alarm(at_the_edge, self, edge, EDGE_REGION)
        composites = service_alarms(self, args, of_services, home, edge)
        board = dashboard(self, args, composites, home.warning)
        groups = log_groups(self, args, own)
        queries(self, args, groups)
        if "traces" in args:
            traces(self, args["traces"])
        if "budget" in args:
            budget(self, args["budget"], home.warning)

        self.topic_arn = pulumi.Output.from_input(home.warning)
        self.critical_topic_arn = pulumi.Output.from_input(home.critical)
        self.alarms = home.alarms()
        self.edge_alarms = edge.alarms()
        self.dashboard_name = board.dashboard_name
        self.composite_alarm_arns = _known(composites)
        self.log_group_names = _known(groups)
        self.alarm_arns = pulumi.Output.all(own.arns(), at_the_edge.arns()).apply(
            lambda found: cast("dict[str, str]", found[0] | found[1])
        )
        self.register_outputs({output: getattr(self, output) for output in Monitoring.__annotations__})


def _known(values: dict[str, pulumi.Output[str]]) -> pulumi.Output[dict[str, str]]:
    return pulumi.Output.all(values).apply(lambda found: cast("dict[str, str]", found[0]))
