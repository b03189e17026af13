"""Rules of exposure, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses
from tests.policies.sharding import AURORA


def instance(**properties: Any) -> None:
    aws.rds.Instance("orders", instance_class="db.m7g.large", engine="postgres", **properties)


BLOCKED = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


def block(**properties: Any) -> None:
    all_four: dict[str, Any] = dict.fromkeys(BLOCKED, True)
    aws.s3.BucketPublicAccessBlock("files", bucket="files", **(all_four | properties))


def bucket_acl(acl: Any) -> None:
    aws.s3.BucketAcl("files", bucket="files", acl=acl)


def permission(principal: Any, **properties: Any) -> None:
    aws.lambda_.Permission("call", action="lambda:InvokeFunction", function="f", principal=principal, **properties)


def route(**properties: Any) -> None:
    aws.apigatewayv2.Route("orders", api_id="a", route_key="GET /orders", **properties)


def subnet(**properties: Any) -> None:
    aws.ec2.Subnet("app", vpc_id="vpc-1", cidr_block="10.0.0.0/24", **properties)


def service(**network: Any) -> None:
    configuration: Any = {"subnets": ["subnet-1"], **network}
    aws.ecs.Service("web", network_configuration=configuration)


def kubernetes(**vpc: Any) -> None:
    configuration: Any = {"subnet_ids": ["subnet-1"], **vpc}
    aws.eks.Cluster("work", role_arn="arn:aws:iam::123456789012:role/eks", vpc_config=configuration)


def search(**properties: Any) -> None:
    aws.opensearch.Domain("search", **properties)


def brokers(access: Any = None) -> None:
    nodes: Any = {"client_subnets": ["subnet-1"], "instance_type": "kafka.m7g.large", "security_groups": ["sg-1"]}
    nodes |= {"connectivity_info": {"public_access": {"type": access}}} if access is not None else {}
    aws.msk.Cluster("events", kafka_version="3.8.x", number_of_broker_nodes=3, broker_node_group_info=nodes)


ARN = "arn:aws:s3:::files"

CASES = [
    passes("sec-rds-public", "the default", instance),
    passes("sec-rds-public", "not known", lambda: instance(publicly_accessible=later(False)), left=("orders",)),
    refuses(
        "sec-rds-public",
        "public",
        lambda: instance(publicly_accessible=True),
        ("orders", "publiclyAccessible", "true", "false"),
    ),
    passes("sec-s3-bpa", "all four", block),
    passes("sec-s3-bpa", "not known", lambda: block(block_public_acls=later(True)), left=("files",)),
    refuses(
        "sec-s3-bpa",
        "three, of which one is off",
        lambda: block(block_public_policy=False, ignore_public_acls=None),
        ("files", "blockPublicPolicy", "false", "true"),
        ("files", "ignorePublicAcls", "nothing", "true"),
    ),
    passes("sec-s3-acl", "private", lambda: bucket_acl("private")),
    passes("sec-s3-acl", "none", lambda: aws.s3.Bucket("files")),
    passes("sec-s3-acl", "not known", lambda: bucket_acl(later("private")), left=("files",)),
    refuses(
        "sec-s3-acl",
        "read by everyone",
        lambda: bucket_acl("public-read"),
        ("files", "acl", '"public-read"', '"private", or no ACL'),
    ),
    passes("sec-lambda-public", "a service", lambda: permission("s3.amazonaws.com")),
    passes("sec-lambda-public", "an organisation", lambda: permission("*", principal_org_id="o-1")),
    passes("sec-lambda-public", "not known", lambda: permission(later("123456789012")), left=("call",)),
    refuses(
        "sec-lambda-public",
        "everyone",
        lambda: permission("*"),
        ("call", "principal", '"*"', "a service or an account"),
    ),
    passes("sec-lambda-source", "a bucket", lambda: permission("s3.amazonaws.com", source_arn=ARN)),
    passes(
        "sec-lambda-source",
        "a bucket that is not there yet",
        lambda: permission("s3.amazonaws.com", source_arn=later(ARN)),
    ),
    passes("sec-lambda-source", "an account", lambda: permission("123456789012")),
    passes("sec-lambda-source", "not known", lambda: permission(later("123456789012")), left=("call",)),
    refuses(
        "sec-lambda-source",
        "every bucket",
        lambda: permission("s3.amazonaws.com"),
        ("call", "sourceArn", "nothing", "the ARN of what calls"),
    ),
    passes("sec-api-auth", "tokens", lambda: route(authorization_type="JWT", authorizer_id="x")),
    passes("sec-api-auth", "not known", lambda: route(authorization_type=later("JWT")), left=("orders",)),
    refuses("sec-api-auth", "open", route, ("orders", "authorizationType", "nothing", "JWT, AWS_IAM or CUSTOM")),
    passes("sec-subnet-public-ip", "the default", subnet),
    passes("sec-subnet-public-ip", "not known", lambda: subnet(map_public_ip_on_launch=later(False)), left=("app",)),
    refuses(
        "sec-subnet-public-ip",
        "public",
        lambda: subnet(map_public_ip_on_launch=True),
        ("app", "mapPublicIpOnLaunch", "true", "false"),
    ),
    passes("sec-ecs-public-ip", "the default", service),
    passes("sec-ecs-public-ip", "not known", lambda: service(assign_public_ip=later(False)), left=("web",)),
    refuses(
        "sec-ecs-public-ip",
        "public",
        lambda: service(assign_public_ip=True),
        ("web", "networkConfiguration.assignPublicIp", "true", "false"),
    ),
    passes("sec-eks-endpoint", "private", lambda: kubernetes(endpoint_public_access=False)),
    passes("sec-eks-endpoint", "one office", lambda: kubernetes(public_access_cidrs=["198.51.100.0/24"])),
    passes("sec-eks-endpoint", "not known", lambda: kubernetes(endpoint_public_access=later(False)), left=("work",)),
    refuses(
        "sec-eks-endpoint",
        "the default",
        kubernetes,
        ("work", "vpcConfig.publicAccessCidrs", "everywhere", "known networks"),
    ),
    passes("sec-opensearch-vpc", "in subnets", lambda: search(vpc_options={"subnet_ids": ["subnet-1"]})),
    passes(
        "sec-opensearch-vpc",
        "not known",
        lambda: search(vpc_options={"subnet_ids": later(["subnet-1"])}),
        left=("search",),
    ),
    refuses("sec-opensearch-vpc", "public", search, ("search", "vpcOptions.subnetIds", "nothing", "private subnets")),
    passes("sec-msk-public", "the default", brokers),
    passes("sec-msk-public", "not known", lambda: brokers(later("DISABLED")), left=("events",)),
    refuses(
        "sec-msk-public",
        "public",
        lambda: brokers("SERVICE_PROVIDED_EIPS"),
        (
            "events",
            "brokerNodeGroupInfo.connectivityInfo.publicAccess.type",
            '"SERVICE_PROVIDED_EIPS"',
            '"DISABLED"',
        ),
    ),
    refuses(
        "sec-rds-public",
        "an instance of a cluster",
        lambda: aws.rds.ClusterInstance(
            "reader",
            cluster_identifier="orders",
            engine=AURORA,
            instance_class="db.r7g.large",
            publicly_accessible=True,
        ),
        ("reader", "publiclyAccessible", "true", "false"),
    ),
    refuses(
        "sec-rds-public",
        "a warehouse",
        lambda: aws.redshift.Cluster(
            "facts", cluster_identifier="facts", node_type="ra3.large", publicly_accessible=True
        ),
        ("facts", "publiclyAccessible", "true", "false"),
    ),
    refuses(
        "sec-rds-public",
        "a cluster of several zones",
        lambda: aws.rds.Cluster("orders", engine="postgres", publicly_accessible=True),
        ("orders", "publiclyAccessible", "true", "false"),
    ),
    refuses(
        "sec-s3-acl",
        "written by everyone, in the bucket's own",
        lambda: aws.s3.Bucket("files", acl="public-read-write"),
        ("files", "acl", '"public-read-write"', '"private", or no ACL'),
    ),
    *(
        passes("sec-lambda-public", title, lambda given=given: permission("*", **given))
        for title, given in {
            "for a bucket": {"source_arn": ARN},
            "for an account": {"source_account": "123456789012"},
            "by a URL of the function": {"function_url_auth_type": "NONE"},
            "of a URL of the function": {"invoked_via_function_url": True},
        }.items()
    ),
    passes("sec-lambda-source", "our buckets", lambda: permission("s3.amazonaws.com", source_account="123456789012")),
    passes("sec-lambda-source", "an empty principal", lambda: permission("")),
    refuses(
        "sec-s3-acl",
        "read by every account",
        lambda: bucket_acl("authenticated-read"),
        ("files", "acl", '"authenticated-read"', '"private", or no ACL'),
    ),
    refuses(
        "sec-api-auth",
        "open, in so many words",
        lambda: route(authorization_type="NONE"),
        ("orders", "authorizationType", '"NONE"', "JWT, AWS_IAM or CUSTOM"),
    ),
    *(
        refuses(
            "sec-eks-endpoint",
            f"an office, and {network}",
            lambda network=network: kubernetes(public_access_cidrs=["198.51.100.0/24", network]),
            ("work", "vpcConfig.publicAccessCidrs", "everywhere", "known networks"),
        )
        for network in ("0.0.0.0/0", "::/0")
    ),
    refuses(
        "sec-eks-endpoint",
        "public, in so many words",
        lambda: kubernetes(endpoint_public_access=True),
        ("work", "vpcConfig.publicAccessCidrs", "everywhere", "known networks"),
    ),
    passes(
        "sec-eks-endpoint",
        "networks that are not known",
        lambda: kubernetes(public_access_cidrs=later(["198.51.100.0/24"])),
        left=("work",),
    ),
    passes("sec-msk-public", "off", lambda: brokers("DISABLED")),
    *(
        refuses(
            "sec-s3-bpa",
            f"all but {name}",
            lambda given=given: block(**{given: False}),
            ("files", name, "false", "true"),
        )
        for given, name in zip(
            BLOCKED, ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), strict=True
        )
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
