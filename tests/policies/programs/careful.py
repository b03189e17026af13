"""A small shop that every rule passes: a network, a web tier, a queue with its worker, a table."""

import json

import pulumi
import pulumi_aws as aws

ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]

vpc = aws.ec2.Vpc("shop", cidr_block="10.0.0.0/16")
aws.ec2.DefaultSecurityGroup("closed", vpc_id=vpc.id)
flows = aws.cloudwatch.LogGroup("flows", retention_in_days=30)
aws.ec2.FlowLog("flows", vpc_id=vpc.id, traffic_type="REJECT", log_destination=flows.arn)
igw = aws.ec2.InternetGateway("igw", vpc_id=vpc.id)
public: list[aws.ec2.Subnet] = []
private: list[aws.ec2.Subnet] = []
ways_out: list[aws.ec2.RouteTable] = []
for number, zone in enumerate(ZONES):
    for tier, subnets in (("public", public), ("app", private)):
        cidr = f"10.0.{number + 10 * (tier == 'app')}.0/24"
        subnet = aws.ec2.Subnet(f"{tier}-{zone}", vpc_id=vpc.id, cidr_block=cidr, availability_zone=zone)
        table = aws.ec2.RouteTable(f"{tier}-{zone}", vpc_id=vpc.id)
        aws.ec2.RouteTableAssociation(f"{tier}-{zone}", subnet_id=subnet.id, route_table_id=table.id)
        out = f"{tier}-{zone}-out"
        if tier == "public":
            aws.ec2.Route(out, route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=igw.id)
        else:
            address = aws.ec2.Eip(f"nat-{zone}", domain="vpc")
            nat = aws.ec2.NatGateway(f"nat-{zone}", subnet_id=public[-1].id, allocation_id=address.id)
            aws.ec2.Route(out, route_table_id=table.id, destination_cidr_block="0.0.0.0/0", nat_gateway_id=nat.id)
            ways_out.append(table)
        subnets.append(subnet)

for service in ("s3", "dynamodb"):
    aws.ec2.VpcEndpoint(
        service,
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.us-east-1.{service}",
        route_table_ids=[table.id for table in ways_out],
    )

door = aws.ec2.SecurityGroup("door", description="The shop's load balancer", vpc_id=vpc.id)
aws.vpc.SecurityGroupIngressRule(
    "https",
    description="Everyone, by HTTPS",
    security_group_id=door.id,
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ipv4="0.0.0.0/0",
)
balancer = aws.lb.LoadBalancer(
    "web",
    subnets=[subnet.id for subnet in public],
    security_groups=[door.id],
    enable_deletion_protection=True,
    drop_invalid_header_fields=True,
    access_logs={"bucket": "logs-of-all-shops", "enabled": True},
)
targets = aws.lb.TargetGroup(
    "web", port=8080, protocol="HTTP", vpc_id=vpc.id, health_check={"path": "/healthz"}, deregistration_delay=30
)
aws.lb.Listener(
    "web",
    load_balancer_arn=balancer.arn,
    port=80,
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
)
template = aws.ec2.LaunchTemplate(
    "web", image_id="ami-0123", instance_type="t3.micro", metadata_options={"http_tokens": "required"}
)
group = aws.autoscaling.Group(
    "web",
    min_size=3,
    max_size=9,
    vpc_zone_identifiers=[subnet.id for subnet in private],
    launch_template={"id": template.id, "version": "$Latest"},
    instance_refresh={"strategy": "Rolling"},
    target_group_arns=[targets.arn],
    health_check_type="ELB",
)
aws.autoscaling.Policy(
    "web",
    autoscaling_group_name=group.name,
    policy_type="TargetTrackingScaling",
    target_tracking_configuration={
        "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
        "target_value": 50,
    },
)

denial = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
dead = aws.sqs.Queue("orders-dead", message_retention_seconds=1_209_600)
orders = aws.sqs.Queue(
    "orders",
    visibility_timeout_seconds=60,
    redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5}),
)
for name, queue in (("orders", orders), ("orders-dead", dead)):
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    aws.sqs.QueuePolicy(name, queue_url=queue.url, policy=policy)
aws.sqs.RedriveAllowPolicy(
    "orders-dead",
    queue_url=dead.url,
    redrive_allow_policy=pulumi.Output.json_dumps({"redrivePermission": "byQueue", "sourceQueueArns": [orders.arn]}),
)
topic = aws.sns.Topic("oncall")
tls_alone = {"Version": "2012-10-17", "Statement": [denial | {"Action": "sns:Publish"}]}
aws.sns.TopicPolicy("oncall", arn=topic.arn, policy=json.dumps(tls_alone))
aws.cloudwatch.MetricAlarm(
    "orders-dead",
    namespace="AWS/SQS",
    metric_name="ApproximateNumberOfMessagesVisible",
    dimensions={"QueueName": dead.name},
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    threshold=0,
    alarm_actions=[topic.arn],
)
worker = aws.lambda_.Function("worker", role="arn:aws:iam::123456789012:role/worker", timeout=10, memory_size=256)
aws.lambda_.EventSourceMapping(
    "orders",
    event_source_arn=orders.arn,
    function_name=worker.arn,
    function_response_types=["ReportBatchItemFailures"],
)
aws.dynamodb.Table(
    "carts",
    hash_key="id",
    attributes=[{"name": "id", "type": "S"}],
    billing_mode="PAY_PER_REQUEST",
    point_in_time_recovery={"enabled": True},
    deletion_protection_enabled=True,
)
