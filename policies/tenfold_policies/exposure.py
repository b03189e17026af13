"""Exposure: what holds data or does work has no address on the internet, and no door that everyone may use."""

from pulumi_policy import Severity

from .flags import not_switched_on, switched_on
from .rule import ADVISORY, Settings, Source, control, resource_rule
from .tokens import (
    API_ROUTE,
    BUCKET,
    BUCKET_ACL,
    BUCKET_PUBLIC_ACCESS_BLOCK,
    ECS_SERVICE,
    EKS_CLUSTER,
    LAMBDA_PERMISSION,
    MSK_CLUSTER,
    OPENSEARCH_DOMAIN,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_INSTANCE,
    REDSHIFT_CLUSTER,
    SUBNET,
)
from .view import Findings, Resource, attempt


@resource_rule(
    "sec-rds-public",
    on=(RDS_INSTANCE, RDS_CLUSTER_INSTANCE, RDS_CLUSTER, REDSHIFT_CLUSTER),
    title="Databases have no public address",
    severity=Severity.CRITICAL,
    remediation="Set publiclyAccessible to false; reach the database from its VPC.",
    source=control("RDS.2", "CKV_AWS_17", "CKV_AWS_87", practice="SEC05-BP01"),
)
def database_is_private(database: Resource, _: Settings) -> Findings:
    """A database has no address on the internet.

    A password and a security group are then all there is between the data and everyone. So says Redshift.1, too.
    """
    yield from not_switched_on(database["publiclyAccessible"])


@resource_rule(
    "sec-s3-bpa",
    on=(BUCKET_PUBLIC_ACCESS_BLOCK,),
    title="Buckets block all public access",
    severity=Severity.HIGH,
    remediation="Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets to true.",
    source=control("S3.8", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6", practice="SEC03-BP07"),
    safe_to_set="The four flags become true: no ACL or policy changes, and what was public is not while they are.",
)
def bucket_blocks_public_access(block: Resource, _: Settings) -> Findings:
    """The public access block of a bucket blocks all four ways.

    AWS blocks all four on a new bucket by itself; this resource without them opens what was closed.
    """
    for name in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
        yield from attempt(switched_on(block[name]))


@resource_rule(
    "sec-s3-acl",
    on=(BUCKET, BUCKET_ACL),
    title="Buckets have no public ACL",
    severity=Severity.CRITICAL,
    remediation="Remove the ACL; serve a site by CloudFront with origin access control.",
    source=control("S3.2", "CKV_AWS_20", "CKV_AWS_57", practice="SEC03-BP07"),
)
def bucket_acl_is_private(bucket: Resource, _: Settings) -> Findings:
    """A bucket's ACL lets nobody read or write who is not of the account.

    Buckets that everyone could list are how most of the data that was ever lost from S3 went.
    """
    acl = bucket["acl"]
    if acl.text() in {"public-read", "public-read-write", "authenticated-read"}:
        yield acl.violates(allowed='"private", or no ACL', fix="remove acl.")


@resource_rule(
    "sec-lambda-public",
    on=(LAMBDA_PERMISSION,),
    title="Functions are not for everyone",
    severity=Severity.CRITICAL,
    remediation="Name a service or an account as principal, and limit it by sourceArn.",
    source=control("Lambda.1", "CKV_AWS_301", practice="SEC03-BP07"),
)
def function_is_not_public(permission: Resource, _: Settings) -> Findings:
    """A function may not be called by every account of AWS.

    Strangers would run it at our cost, and with its role. A function URL has a permission of its own kind.
    """
    principal = permission["principal"]
    limited = any(permission[name].given for name in ("sourceArn", "sourceAccount", "principalOrgId"))
    by_url = permission["functionUrlAuthType"].given or permission["invokedViaFunctionUrl"].given
    if principal.text() == "*" and not limited and not by_url:
        yield principal.violates(allowed="a service or an account", fix="name who may call the function.")


@resource_rule(
    "sec-lambda-source",
    on=(LAMBDA_PERMISSION,),
    title="Services call functions for us alone",
    severity=Severity.MEDIUM,
    remediation="Set sourceArn to the bucket, topic, rule or API that calls, or sourceAccount to the account.",
    source=Source(
        "https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html",
        checkov=("CKV_AWS_364",),
        well_architected="SEC03-BP07",
    ),
)
def service_calls_for_us(permission: Resource, _: Settings) -> Findings:
    """A service of AWS that may call a function may do so for resources that we name.

    A bucket of a stranger is served by the same S3 as ours.
    """
    if any(permission[name].given for name in ("sourceArn", "sourceAccount")):
        return
    principal = permission["principal"]
    if (principal.text() or "").endswith(".amazonaws.com"):
        yield permission["sourceArn"].violates(allowed="the ARN of what calls", fix="set sourceArn, or sourceAccount.")


@resource_rule(
    "sec-api-auth",
    on=(API_ROUTE,),
    title="Routes of APIs ask who calls",
    severity=Severity.MEDIUM,
    remediation="Set authorizationType to JWT, AWS_IAM or CUSTOM.",
    source=control("APIGateway.8", "CKV_AWS_309", practice="SEC03-BP07"),
    level=ADVISORY,
)
def route_asks_who_calls(route: Resource, _: Settings) -> Findings:
    """A route of an API names how callers prove who they are.

    Who calls is decided once at the door, and not in each function behind it.
    """
    kind = route["authorizationType"]
    if kind.text() in {None, "NONE"}:
        yield kind.violates(allowed="JWT, AWS_IAM or CUSTOM", fix="set authorizationType.")


@resource_rule(
    "sec-subnet-public-ip",
    on=(SUBNET,),
    title="Subnets give no public addresses",
    severity=Severity.MEDIUM,
    remediation="Set mapPublicIpOnLaunch to false; give an address to what needs one.",
    source=control("EC2.15", "CKV_AWS_130", practice="SEC05-BP01"),
    level=ADVISORY,
)
def subnet_gives_no_address(subnet: Resource, _: Settings) -> Findings:
    """A subnet gives no public address to whatever starts in it.

    Load balancers and NAT gateways bring their own; anything else there got one by accident.
    """
    yield from not_switched_on(subnet["mapPublicIpOnLaunch"])


@resource_rule(
    "sec-ecs-public-ip",
    on=(ECS_SERVICE,),
    title="Tasks have no public address",
    severity=Severity.HIGH,
    remediation="Remove assignPublicIp; let tasks out by a NAT gateway or VPC endpoints.",
    source=control("ECS.2", "CKV_AWS_333", practice="SEC05-BP01"),
    level=ADVISORY,
)
def task_has_no_address(service: Resource, _: Settings) -> Findings:
    """The tasks of a service have no address on the internet.

    A tier in private subnets has one door, its load balancer.
    """
    yield from not_switched_on(service["networkConfiguration.assignPublicIp"])


@resource_rule(
    "sec-eks-endpoint",
    on=(EKS_CLUSTER,),
    title="Kubernetes is not reached from everywhere",
    severity=Severity.HIGH,
    remediation="Set vpcConfig.endpointPublicAccess to false, or vpcConfig.publicAccessCidrs to known networks.",
    source=control("EKS.1", "CKV_AWS_38", "CKV_AWS_39", practice="SEC05-BP01"),
    level=ADVISORY,
)
def kubernetes_is_not_public(cluster: Resource, _: Settings) -> Findings:
    """The API of a Kubernetes cluster is reached from known networks alone.

    Its next fault is then no race between us and everyone.
    """
    public, networks = cluster["vpcConfig.endpointPublicAccess"], cluster["vpcConfig.publicAccessCidrs"]
    if public.flag() is False or not (networks.absent or {"0.0.0.0/0", "::/0"} & set(networks.texts())):
        return
    yield networks.violates(
        found="everywhere", allowed="known networks", fix="set endpointPublicAccess to false, or name networks."
    )


@resource_rule(
    "sec-opensearch-vpc",
    on=(OPENSEARCH_DOMAIN,),
    title="Search domains are in a VPC",
    severity=Severity.CRITICAL,
    remediation="Set vpcOptions.subnetIds to private subnets. It replaces the domain.",
    source=control("Opensearch.2", "CKV_AWS_137", practice="SEC05-BP01"),
)
def search_is_in_vpc(domain: Resource, _: Settings) -> Findings:
    """A search domain is reached from its VPC alone.

    A domain outside of one has a public address, and an access policy is all that guards the index.
    """
    subnets = domain["vpcOptions.subnetIds"]
    if subnets.absent:
        yield subnets.violates(allowed="private subnets", fix="set vpcOptions.subnetIds to private subnets.")


@resource_rule(
    "sec-msk-public",
    on=(MSK_CLUSTER,),
    title="Brokers have no public address",
    severity=Severity.CRITICAL,
    remediation="Remove brokerNodeGroupInfo.connectivityInfo.publicAccess.",
    source=control("MSK.4", practice="SEC05-BP01"),
)
def brokers_are_private(cluster: Resource, _: Settings) -> Findings:
    """The brokers of a Kafka cluster have no address on the internet.

    Producers and consumers are in the VPC, or come by a private link.
    """
    kind = cluster["brokerNodeGroupInfo.connectivityInfo.publicAccess.type"]
    if kind.text() not in {None, "DISABLED"}:
        yield kind.violates(allowed='"DISABLED"', fix="remove publicAccess.")
