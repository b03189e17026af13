"""What AWS asks for resources by the month, for an estimate in a review; the bill is AWS's.

List prices on demand, for Linux, in us-east-1, as quoted in June 2026 from the pages in `SOURCES`; a month has 730
hours. What is paid by use (requests, gigabytes, traffic) is not in them, nor are Savings Plans, Spot and free tiers. A
type or size that is not here, and every other region, has no price rather than 0.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

AS_OF: Final = "2026-06"
REGION: Final = "us-east-1"
SOURCES: Final = {
    "EC2": "https://aws.amazon.com/ec2/pricing/on-demand/",
    "EBS": "https://aws.amazon.com/ebs/pricing/",
    "NAT gateways, addresses": "https://aws.amazon.com/vpc/pricing/",
    "load balancers": "https://aws.amazon.com/elasticloadbalancing/pricing/",
    "RDS": "https://aws.amazon.com/rds/postgresql/pricing/",
    "Aurora": "https://aws.amazon.com/rds/aurora/pricing/",
    "ElastiCache": "https://aws.amazon.com/elasticache/pricing/",
    "CloudWatch": "https://aws.amazon.com/cloudwatch/pricing/",
    "KMS": "https://aws.amazon.com/kms/pricing/",
    "Secrets Manager": "https://aws.amazon.com/secrets-manager/pricing/",
}
"""AWS's own pages, which are in force."""

HOURS_PER_MONTH: Final = 730

# US dollars an hour for `large`; the other sizes of a family are multiples of it.
_EC2_LARGE: Final = {
    "t3": 0.0832,
    "t3a": 0.0752,
    "t4g": 0.0672,
    "m5": 0.096,
    "m6g": 0.077,
    "m6i": 0.096,
    "m7g": 0.0816,
    "m7gd": 0.1068,
    "m7i": 0.1008,
    "m8g": 0.08976,
    "c5": 0.085,
    "c6g": 0.068,
    "c6i": 0.085,
    "c7g": 0.0725,
    "c7i": 0.08925,
    "c8g": 0.07976,
}
_TIMES_LARGE: Final = {
    "nano": 1 / 16,
    "micro": 1 / 8,
    "small": 1 / 4,
    "medium": 1 / 2,
    "large": 1,
    "xlarge": 2,
    "2xlarge": 4,
    "4xlarge": 8,
    "8xlarge": 16,
    "12xlarge": 24,
    "16xlarge": 32,
}
_BURSTABLE_SIZES: Final = ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge")
_RDS: Final = {
    "db.t4g.micro": 0.016,
    "db.t4g.small": 0.032,
    "db.t4g.medium": 0.065,
    "db.t4g.large": 0.129,
    "db.m7g.large": 0.168,
    "db.m7g.xlarge": 0.337,
    "db.m7g.2xlarge": 0.674,
    "db.m7g.4xlarge": 1.348,
    "db.r7g.large": 0.239,
    "db.r7g.xlarge": 0.478,
    "db.r7g.2xlarge": 0.956,
    "db.r7g.4xlarge": 1.913,
}
_AURORA: Final = {
    "db.t4g.medium": 0.073,
    "db.t4g.large": 0.146,
    "db.r6g.large": 0.260,
    "db.r6g.xlarge": 0.519,
    "db.r6g.2xlarge": 1.038,
    "db.r6g.4xlarge": 2.076,
    "db.r7g.large": 0.276,
    "db.r7g.xlarge": 0.553,
    "db.r7g.2xlarge": 1.106,
    "db.r7g.4xlarge": 2.211,
}
_CACHE: Final = {
    "cache.t4g.micro": 0.016,
    "cache.t4g.small": 0.032,
    "cache.t4g.medium": 0.065,
    "cache.m7g.large": 0.158,
    "cache.r7g.large": 0.219,
    "cache.r7g.xlarge": 0.437,
    "cache.r7g.2xlarge": 0.873,
    "cache.r7g.4xlarge": 1.745,
}
"""Nodes of Redis OSS; those of Valkey are a fifth cheaper."""

_VALKEY = 0.8
_POSTGRES_AND_MYSQL = ("postgres", "mysql", "mariadb")
_RDS_GB_MONTH = 0.115
_ACU_HOUR: Final = 0.12

BY_USE: Final = {
    "aws:apigatewayv2/api:Api": "API Gateway",
    "aws:cloudfront/distribution:Distribution": "CloudFront",
    "aws:cloudfront/function:Function": "CloudFront",
    "aws:cloudwatch/logGroup:LogGroup": "CloudWatch Logs",
    "aws:dynamodb/table:Table": "DynamoDB",
    "aws:dynamodb/tableItem:TableItem": "DynamoDB",
    "aws:ecr/repository:Repository": "ECR",
    "aws:efs/fileSystem:FileSystem": "EFS",
    "aws:elasticache/serverlessCache:ServerlessCache": "ElastiCache Serverless",
    "aws:lambda/function:Function": "Lambda",
    "aws:mediaconvert/queue:Queue": "MediaConvert",
    "aws:rds/cluster:Cluster": "Aurora storage",
    "aws:route53/record:Record": "Route 53",
    "aws:s3/bucket:Bucket": "S3",
    "aws:s3/bucketMetric:BucketMetric": "CloudWatch",
    "aws:s3/bucketObjectv2:BucketObjectv2": "S3",
    "aws:sfn/stateMachine:StateMachine": "Step Functions",
    "aws:sns/topic:Topic": "SNS",
    "aws:sqs/queue:Queue": "SQS",
    "aws:wafv2/webAcl:WebAcl": "WAF",
}
"""Types that are paid by use alone or in the main, and what they are counted under."""

_FREE_MODULES = ("aws:iam/", "aws:vpc/", "aws:autoscaling/policy:", "aws:autoscaling/schedule:", "aws:appautoscaling/")
_FREE: Final = {
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:autoscaling/lifecycleHook:LifecycleHook",
    "aws:budgets/budget:Budget",
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:cloudwatch/logDelivery:LogDelivery",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "aws:dynamodb/resourcePolicy:ResourcePolicy",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/flowLog:FlowLog",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/route:Route",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpc:Vpc",
    "aws:elasticache/parameterGroup:ParameterGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:elasticache/user:User",
    "aws:elasticache/userGroup:UserGroup",
    "aws:kms/alias:Alias",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:lambda/alias:Alias",
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:lambda/permission:Permission",
    "aws:lb/listener:Listener",
    "aws:lb/targetGroup:TargetGroup",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "aws:rds/parameterGroup:ParameterGroup",
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketNotification:BucketNotification",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:sesv2/configurationSet:ConfigurationSet",
    "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
    "aws:sesv2/emailIdentity:EmailIdentity",
    "aws:sesv2/emailIdentityFeedbackAttributes:EmailIdentityFeedbackAttributes",
    "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
    "aws:sns/platformApplication:PlatformApplication",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
}


def monthly_usd(type_: str, properties: Mapping[str, Any]) -> float | None:
    """US dollars a month for one resource; 0 where AWS asks nothing, None where its price is not known here.

    Args:
        type_: Pulumi's type token, such as `aws:ec2/natGateway:NatGateway`.
        properties: Its properties by Pulumi's names. A group of instances is priced at its least size, and needs its
            launch template's `instanceType` among them, a serverless instance its cluster's `minCapacity`.
    """
    if type_ in _FREE or type_.startswith(_FREE_MODULES):
        return 0.0
    if properties.get("region", REGION) != REGION or type_ not in _PRICES:
        return None
    return _PRICES[type_](properties)


def paid_by_use(type_: str) -> str | None:
    """The service whose use a type is paid by; None where it is paid by time, is free or is not known here."""
    return BY_USE.get(type_)


def ec2_hourly_usd(instance_type: Any) -> float | None:
    """US dollars an hour for an instance type such as `t4g.small`; None for one that is not here."""
    family, _, size = str(instance_type).partition(".")
    large, times = _EC2_LARGE.get(family), _TIMES_LARGE.get(size)
    known = size in _BURSTABLE_SIZES if family.startswith("t") else times is not None and times >= 1 / 2
    return round(large * times, 5) if large and times and known else None


def _by_hour(hourly: float | None, count: float = 1) -> float | None:
    return None if hourly is None else hourly * HOURS_PER_MONTH * count


def _instance(properties: Mapping[str, Any]) -> float | None:
    return _by_hour(ec2_hourly_usd(properties.get("instanceType")))


def _group(properties: Mapping[str, Any]) -> float | None:
    least = _number(properties.get("minSize"))
    if least is None or properties.get("mixedInstancesPolicy"):
        return None
    return _by_hour(ec2_hourly_usd(properties.get("instanceType")), least)


def _balancer(properties: Mapping[str, Any]) -> float | None:
    return _by_hour(0.0225) if properties.get("loadBalancerType", "application") in ("application", "network") else None


def _database(properties: Mapping[str, Any]) -> float | None:
    hourly, gigabytes = _RDS.get(str(properties.get("instanceClass"))), _number(properties.get("allocatedStorage"))
    if hourly is None or gigabytes is None or properties.get("engine", "postgres") not in _POSTGRES_AND_MYSQL:
        return None
    copies = 2 if properties.get("multiAz") else 1
    return (hourly * HOURS_PER_MONTH + gigabytes * _RDS_GB_MONTH) * copies


def _aurora_instance(properties: Mapping[str, Any]) -> float | None:
    if properties.get("instanceClass") == "db.serverless":
        least = _number(properties.get("minCapacity"))
        return None if least is None else _by_hour(_ACU_HOUR, least)
    return _by_hour(_AURORA.get(str(properties.get("instanceClass"))))


def _cache(properties: Mapping[str, Any]) -> float | None:
    hourly = _CACHE.get(str(properties.get("nodeType")))
    count = _nodes(properties)
    if hourly is None or count is None:
        return None
    return _by_hour(hourly * (_VALKEY if properties.get("engine") == "valkey" else 1), count)


def _nodes(properties: Mapping[str, Any]) -> float | None:
    """The nodes of a cache: as many as it says, or as many as its shards and their replicas make."""
    shards = _number(properties.get("numNodeGroups", 1))
    replicas = _number(properties.get("replicasPerNodeGroup"))
    if shards is None or replicas is None:
        return _number(properties.get("numCacheClusters"))
    return shards * (1 + replicas)


def _alarm(properties: Mapping[str, Any]) -> float | None:
    queries = properties.get("metricQueries") or [{"metric": {}}]
    if not isinstance(queries, list):
        return None
    return 0.10 * sum(1 for query in queries if isinstance(query, Mapping) and query.get("metric") is not None)


def _volume(properties: Mapping[str, Any]) -> float | None:
    gigabytes = _number(properties.get("size"))
    return None if gigabytes is None or properties.get("type") != "gp3" else 0.08 * gigabytes


def _endpoint(properties: Mapping[str, Any]) -> float | None:
    subnets = properties.get("subnetIds")
    if properties.get("vpcEndpointType", "Gateway") == "Gateway":
        return 0.0
    return _by_hour(0.01, len(subnets)) if isinstance(subnets, list) else None


def _number(value: Any) -> float | None:
    """A number as itself; None for what is known after the update alone, which is a text until then."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


_PRICES: Final[dict[str, Callable[[Mapping[str, Any]], float | None]]] = {
    "aws:autoscaling/group:Group": _group,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": lambda _: 0.50,
    "aws:cloudwatch/dashboard:Dashboard": lambda _: 3.00,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm,
    "aws:ebs/volume:Volume": _volume,
    "aws:ec2/eip:Eip": lambda _: _by_hour(0.005),
    "aws:ec2/instance:Instance": _instance,
    "aws:ec2/natGateway:NatGateway": lambda _: _by_hour(0.045),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:elasticache/replicationGroup:ReplicationGroup": _cache,
    "aws:kms/key:Key": lambda _: 1.00,
    "aws:lb/loadBalancer:LoadBalancer": _balancer,
    "aws:rds/clusterInstance:ClusterInstance": _aurora_instance,
    "aws:rds/instance:Instance": _database,
    "aws:secretsmanager/secret:Secret": lambda _: 0.40,
}
