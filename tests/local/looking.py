"""Asks AWS for each resource of a stack."""

from collections.abc import Callable
from typing import Any


def look_ups(aws: Callable[[str], Any]) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """How AWS is asked for one resource of each type, by what the state says of it; each raises or is empty if not.

    Args:
        aws: Makes a client of boto3 for a service.
    """
    ec2, elb, sqs = aws("ec2"), aws("elbv2"), aws("sqs")
    iam, fn, db = aws("iam"), aws("lambda"), aws("dynamodb")
    asg, cloudwatch, logs, sns = (aws(name) for name in ("autoscaling", "cloudwatch", "logs", "sns"))
    s3, ses, events, kms = (aws(name) for name in ("s3", "sesv2", "events", "kms"))
    cdn, caches, rds = aws("cloudfront"), aws("elasticache"), aws("rds")

    def table(routes: dict[str, Any]) -> dict[str, Any]:
        return ec2.describe_route_tables(RouteTableIds=[routes["routeTableId"]])["RouteTables"][0]

    def rule(one: dict[str, Any]) -> Any:
        return ec2.describe_security_group_rules(SecurityGroupRuleIds=[one["id"]])["SecurityGroupRules"]

    def attributes(url: str, name: str) -> Any:
        return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]

    return {
        "aws:ec2/vpc:Vpc": lambda one: ec2.describe_vpcs(VpcIds=[one["id"]])["Vpcs"],
        "aws:ec2/subnet:Subnet": lambda one: ec2.describe_subnets(SubnetIds=[one["id"]])["Subnets"],
        "aws:ec2/internetGateway:InternetGateway": lambda one: ec2.describe_internet_gateways(
            InternetGatewayIds=[one["id"]]
        )["InternetGateways"][0]["Attachments"],
        "aws:ec2/eip:Eip": lambda one: ec2.describe_addresses(AllocationIds=[one["id"]])["Addresses"],
        "aws:ec2/natGateway:NatGateway": lambda one: [
            gateway
            for gateway in ec2.describe_nat_gateways(NatGatewayIds=[one["id"]])["NatGateways"]
            if gateway["State"] == "available"
        ],
        "aws:ec2/routeTable:RouteTable": lambda one: ec2.describe_route_tables(RouteTableIds=[one["id"]])[
            "RouteTables"
        ],
        "aws:ec2/route:Route": lambda one: [
            route for route in table(one)["Routes"] if route["DestinationCidrBlock"] == one["destinationCidrBlock"]
        ],
        "aws:ec2/routeTableAssociation:RouteTableAssociation": lambda one: [
            found for found in table(one)["Associations"] if found.get("SubnetId") == one["subnetId"]
        ],
        "aws:ec2/vpcEndpoint:VpcEndpoint": lambda one: ec2.describe_vpc_endpoints(VpcEndpointIds=[one["id"]])[
            "VpcEndpoints"
        ],
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": lambda one: ec2.describe_security_groups(
            GroupIds=[one["id"]]
        )["SecurityGroups"],
        "aws:ec2/securityGroup:SecurityGroup": lambda one: ec2.describe_security_groups(GroupIds=[one["id"]])[
            "SecurityGroups"
        ],
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule,
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule,
        "aws:ec2/flowLog:FlowLog": lambda one: ec2.describe_flow_logs(FlowLogIds=[one["id"]])["FlowLogs"],
        "aws:ec2/launchTemplate:LaunchTemplate": lambda one: ec2.describe_launch_templates(
            LaunchTemplateIds=[one["id"]]
        )["LaunchTemplates"],
        "aws:lb/loadBalancer:LoadBalancer": lambda one: elb.describe_load_balancers(LoadBalancerArns=[one["arn"]])[
            "LoadBalancers"
        ],
        "aws:lb/targetGroup:TargetGroup": lambda one: elb.describe_target_groups(TargetGroupArns=[one["arn"]])[
            "TargetGroups"
        ],
        "aws:lb/listener:Listener": lambda one: elb.describe_listeners(ListenerArns=[one["arn"]])["Listeners"],
        "aws:autoscaling/group:Group": lambda one: asg.describe_auto_scaling_groups(
            AutoScalingGroupNames=[one["name"]]
        )["AutoScalingGroups"],
        "aws:autoscaling/policy:Policy": lambda one: asg.describe_policies(
            AutoScalingGroupName=one["autoscalingGroupName"], PolicyNames=[one["name"]]
        )["ScalingPolicies"],
        "aws:s3/bucket:Bucket": lambda one: s3.get_bucket_location(Bucket=one["bucket"]),
        "aws:s3/bucketPolicy:BucketPolicy": lambda one: s3.get_bucket_policy(Bucket=one["bucket"])["Policy"],
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": lambda one: s3.get_public_access_block(
            Bucket=one["bucket"]
        )["PublicAccessBlockConfiguration"],
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
            lambda one: s3.get_bucket_lifecycle_configuration(Bucket=one["bucket"])["Rules"]
        ),
        "aws:sqs/queue:Queue": lambda one: attributes(one["url"], "QueueArn"),
        "aws:sqs/queuePolicy:QueuePolicy": lambda one: attributes(one["queueUrl"], "Policy"),
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": lambda one: attributes(one["queueUrl"], "RedriveAllowPolicy"),
        "aws:lambda/function:Function": lambda one: fn.get_function(FunctionName=one["name"])["Configuration"],
        "aws:lambda/eventSourceMapping:EventSourceMapping": lambda one: fn.get_event_source_mapping(UUID=one["id"]),
        "aws:iam/role:Role": lambda one: iam.get_role(RoleName=one["name"])["Role"],
        "aws:iam/rolePolicy:RolePolicy": lambda one: iam.get_role_policy(RoleName=one["role"], PolicyName=one["name"]),
        "aws:iam/instanceProfile:InstanceProfile": lambda one: iam.get_instance_profile(
            InstanceProfileName=one["name"]
        )["InstanceProfile"]["Roles"],
        "aws:dynamodb/table:Table": lambda one: db.describe_table(TableName=one["name"])["Table"],
        "aws:cloudwatch/metricAlarm:MetricAlarm": lambda one: cloudwatch.describe_alarms(AlarmNames=[one["name"]])[
            "MetricAlarms"
        ],
        "aws:cloudwatch/logGroup:LogGroup": lambda one: logs.describe_log_groups(logGroupNamePrefix=one["name"])[
            "logGroups"
        ],
        "aws:sns/topic:Topic": lambda one: sns.get_topic_attributes(TopicArn=one["arn"])["Attributes"],
        "aws:sns/topicPolicy:TopicPolicy": lambda one: sns.get_topic_attributes(TopicArn=one["arn"])["Attributes"][
            "Policy"
        ],
        "aws:sns/topicSubscription:TopicSubscription": lambda one: sns.get_subscription_attributes(
            SubscriptionArn=one["arn"]
        )["Attributes"],
        "aws:cloudwatch/compositeAlarm:CompositeAlarm": lambda one: cloudwatch.describe_alarms(
            AlarmNames=[one["alarmName"]], AlarmTypes=["CompositeAlarm"]
        )["CompositeAlarms"],
        "aws:cloudwatch/dashboard:Dashboard": lambda one: cloudwatch.get_dashboard(DashboardName=one["dashboardName"])[
            "DashboardBody"
        ],
        "aws:cloudwatch/eventRule:EventRule": lambda one: events.describe_rule(Name=one["name"])["EventPattern"],
        "aws:cloudwatch/eventTarget:EventTarget": lambda one: events.list_targets_by_rule(Rule=one["rule"])["Targets"],
        "aws:kms/key:Key": lambda one: kms.describe_key(KeyId=one["keyId"])["KeyMetadata"],
        "aws:kms/keyPolicy:KeyPolicy": lambda one: kms.get_key_policy(KeyId=one["keyId"], PolicyName="default"),
        "aws:s3/bucketNotification:BucketNotification": lambda one: [
            kind
            for kind in s3.get_bucket_notification_configuration(Bucket=one["bucket"])
            if kind.endswith("Configurations")
        ],
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (
            lambda one: s3.get_bucket_ownership_controls(Bucket=one["bucket"])["OwnershipControls"]
        ),
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
            lambda one: s3.get_bucket_encryption(Bucket=one["bucket"])["ServerSideEncryptionConfiguration"]
        ),
        "aws:s3/bucketVersioning:BucketVersioning": (
            lambda one: s3.get_bucket_versioning(Bucket=one["bucket"])["Status"] == "Enabled"
        ),
        "aws:sesv2/configurationSet:ConfigurationSet": lambda one: ses.get_configuration_set(
            ConfigurationSetName=one["configurationSetName"]
        )["ConfigurationSetName"],
        "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination": (
            lambda one: ses.get_configuration_set_event_destinations(ConfigurationSetName=one["configurationSetName"])[
                "EventDestinations"
            ]
        ),
        "aws:sesv2/emailIdentity:EmailIdentity": lambda one: ses.get_email_identity(EmailIdentity=one["emailIdentity"]),
        "aws:cloudfront/distribution:Distribution": lambda one: cdn.get_distribution(Id=one["id"])["Distribution"],
        "aws:cloudfront/function:Function": lambda one: cdn.describe_function(Name=one["name"], Stage="LIVE")[
            "FunctionSummary"
        ],
        "aws:cloudfront/originAccessControl:OriginAccessControl": (
            lambda one: cdn.get_origin_access_control(Id=one["id"])["OriginAccessControl"]
        ),
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": (
            lambda one: cdn.get_response_headers_policy(Id=one["id"])["ResponseHeadersPolicy"]
        ),
        "aws:cloudwatch/logDelivery:LogDelivery": lambda one: logs.get_delivery(id=one["id"])["delivery"],
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": (
            lambda one: logs.get_delivery_destination(name=one["name"])["deliveryDestination"]
        ),
        "aws:cloudwatch/logDeliverySource:LogDeliverySource": (
            lambda one: logs.get_delivery_source(name=one["name"])["deliverySource"]
        ),
        "aws:dynamodb/tableItem:TableItem": lambda one: db.scan(TableName=one["tableName"])["Items"],
        "aws:elasticache/parameterGroup:ParameterGroup": lambda one: caches.describe_cache_parameter_groups(
            CacheParameterGroupName=one["name"]
        )["CacheParameterGroups"],
        "aws:elasticache/replicationGroup:ReplicationGroup": lambda one: caches.describe_replication_groups(
            ReplicationGroupId=one["replicationGroupId"]
        )["ReplicationGroups"],
        "aws:elasticache/subnetGroup:SubnetGroup": lambda one: caches.describe_cache_subnet_groups(
            CacheSubnetGroupName=one["name"]
        )["CacheSubnetGroups"],
        "aws:elasticache/user:User": lambda one: caches.describe_users(UserId=one["userId"])["Users"],
        "aws:elasticache/userGroup:UserGroup": lambda one: caches.describe_user_groups(UserGroupId=one["userGroupId"])[
            "UserGroups"
        ],
        "aws:lambda/alias:Alias": lambda one: fn.get_alias(FunctionName=one["functionName"], Name=one["name"]),
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": (
            lambda one: fn.get_function_event_invoke_config(
                FunctionName=one["functionName"], Qualifier=one.get("qualifier") or "$LATEST"
            )
        ),
        "aws:lambda/permission:Permission": lambda one: fn.get_policy(
            FunctionName=one["function"], **({"Qualifier": one["qualifier"]} if one.get("qualifier") else {})
        )["Policy"],
        "aws:rds/cluster:Cluster": lambda one: rds.describe_db_clusters(DBClusterIdentifier=one["clusterIdentifier"])[
            "DBClusters"
        ],
        "aws:rds/clusterInstance:ClusterInstance": lambda one: rds.describe_db_instances(
            DBInstanceIdentifier=one["identifier"]
        )["DBInstances"],
        "aws:rds/clusterParameterGroup:ClusterParameterGroup": lambda one: rds.describe_db_cluster_parameter_groups(
            DBClusterParameterGroupName=one["name"]
        )["DBClusterParameterGroups"],
        "aws:rds/subnetGroup:SubnetGroup": lambda one: rds.describe_db_subnet_groups(DBSubnetGroupName=one["name"])[
            "DBSubnetGroups"
        ],
        "aws:s3/bucketObjectv2:BucketObjectv2": lambda one: s3.head_object(Bucket=one["bucket"], Key=one["key"]),
        # On record only, as the end of `up` says.
        "aws:mediaconvert/queue:Queue": lambda _: True,
        "aws:s3/bucketMetric:BucketMetric": lambda _: True,
        "aws:sesv2/emailIdentityFeedbackAttributes:EmailIdentityFeedbackAttributes": lambda _: True,
        "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes": lambda _: True,
    }
