"""What the account may cost: told before the month is over, while something can be done.

See https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html.
"""

import pulumi
import pulumi_aws as aws

from tenfold.monitoring_arguments import MonitoringBudgetArgs


def budget(
    monitoring: pulumi.ComponentResource, args: MonitoringBudgetArgs, topic_arn: pulumi.Input[str]
) -> aws.budgets.Budget:
    """A budget that tells the topic of its forecast and of what was spent."""

    def told(kind: str, percent: pulumi.Input[float]) -> aws.budgets.BudgetNotificationArgsDict:
        return {
            "notification_type": kind,
            "comparison_operator": "GREATER_THAN",
            "threshold": percent,
            "threshold_type": "PERCENTAGE",
            "subscriber_sns_topic_arns": [topic_arn],
        }

    return aws.budgets.Budget(
        f"{monitoring.pulumi_resource_name}-budget",
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount=pulumi.Output.from_input(args["monthly_usd"]).apply(lambda usd: f"{usd:.2f}"),
        limit_unit="USD",
        notifications=[
            told("FORECASTED", args.get("forecast_percent", 80.0)),
            told("ACTUAL", args.get("actual_percent", 100.0)),
        ],
        opts=pulumi.ResourceOptions(parent=monitoring),
    )
