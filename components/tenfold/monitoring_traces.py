"""Which requests X-Ray traces, and which traces are looked at together.

See https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html.
"""

import pulumi
import pulumi_aws as aws

from tenfold.monitoring_arguments import MonitoringTracesArgs

GROUPS = {"errors": "fault = true OR error = true"}
"""The groups that are always there."""


def traces(monitoring: pulumi.ComponentResource, args: MonitoringTracesArgs) -> None:
    """Sampling rules and groups."""
    name = monitoring.pulumi_resource_name
    for key, rule in args.get("sampling", {}).items():
        aws.xray.SamplingRule(
            f"{name}-sampling-{key}",
            rule_name=traces_name(name, key),
            fixed_rate=rule.get("rate", 0.05),
            reservoir_size=rule.get("reservoir_per_second", 1),
            priority=rule.get("priority", 1000),
            service_name=rule.get("service_name", "*"),
            http_method=rule.get("http_method", "*"),
            url_path=rule.get("url_path", "*"),
            service_type="*",
            host="*",
            resource_arn="*",
            version=1,
            opts=pulumi.ResourceOptions(parent=monitoring),
        )
    for key, expression in {**GROUPS, **args.get("groups", {})}.items():
        aws.xray.Group(
            f"{name}-traces-{key}",
            group_name=traces_name(name, key),
            filter_expression=expression,
            opts=pulumi.ResourceOptions(parent=monitoring),
        )


def traces_name(monitoring: str, key: str) -> str:
    """What X-Ray calls a rule or a group: its names have 32 characters, and are an account's and region's."""
    return f"{monitoring}-{pulumi.get_stack()}-{key}"
