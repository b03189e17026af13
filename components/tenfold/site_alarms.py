"""The alarms of a site. CloudFront's metrics are in us-east-1, and so are its alarms and who is told of them.

See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html.
"""

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, AlarmSeverity
from tenfold.site_arguments import EDGE_REGION, StaticSiteArgs


def site_alarms(
    site: pulumi.ComponentResource, args: StaticSiteArgs, served: aws.cloudfront.Distribution
) -> pulumi.Output[dict[str, str]]:
    """An alarm on requests that fail."""
    alarms = Alarms(site, args)
    alarms.add(
        "error-alarm",
        f"Too many requests to the site {site.pulumi_resource_name} fail with a 5XX: see whether its function throws, "
        "whether its bucket can be read, and AWS's health dashboard.",
        AlarmSeverity.CRITICAL,
        namespace="AWS/CloudFront",
        metric_name="5xxErrorRate",
        dimensions={"DistributionId": served.id, "Region": "Global"},
        statistic="Average",
        period=60,
        evaluation_periods=5,
        datapoints_to_alarm=3,
        threshold=args.get("error_alarm_percent", 1.0),
        region=EDGE_REGION,
    )
    return alarms.arns()
