"""A shop that is watched: the pager rings for what its customers notice, and the team has mail about the rest."""

import pulumi

from tenfold import Bucket, Database, Monitoring, MonitoringServiceKind, Network, QueueService, WebTier

network = Network("main", {"zones": 3})
shop = WebTier("shop", {"placement": network.placement, "container": {"image": "nginx:1.29", "cpu": 256}})
orders = Database("orders", {"placement": network.placement, "clients": {"shop": shop.security_group_id}})
mails = QueueService("mails", {})

monitoring = Monitoring(
    "shop-health",
    {
        "services": {
            "shop": {
                "kind": MonitoringServiceKind.WEB_TIER,
                "alarm_arns": shop.alarm_arns,
                "identifiers": {
                    "load_balancer_arn": shop.load_balancer_arn,
                    "target_group_arn": shop.target_group_arn,
                },
                # 43 minutes a month in which everything fails.
                "objective": {"availability_percent": 99.9},
            },
            "orders": {
                "kind": MonitoringServiceKind.DATABASE,
                "alarm_arns": orders.alarm_arns,
                "identifiers": {"cluster": orders.identifier},
            },
            "mails": {
                "kind": MonitoringServiceKind.QUEUE,
                "alarm_arns": mails.alarm_arns,
                "identifiers": {"queue_name": mails.queue_name, "dlq_name": mails.dlq_name},
            },
        },
        "critical": {"https": {"pager": "https://events.pagerduty.com/integration/1a2b3c/enqueue"}},
        "warning": {"emails": {"team": "shop@example.com"}},
        # Counts the errors of the shop, and is asked by the saved queries.
        "log_groups": {"shop": {"log_group_name": shop.log_group_name, "error_threshold": 20}},
        "budget": {"monthly_usd": 5000},
    },
)

# What is not among the services notifies by itself.
Bucket("receipts", {"alarms": monitoring.alarms})

pulumi.export("dashboard", monitoring.dashboard_name)
pulumi.export("critical_topic", monitoring.critical_topic_arn)
