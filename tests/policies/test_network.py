"""Rules of networks and instances, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses
from tests.policies.networks import nat, network, routed

TOKENS = {"http_tokens": "required"}
WEB_PORTS = "the internet on ports 80, 443 alone"


def template(name: str = "web", **properties: Any) -> None:
    aws.ec2.LaunchTemplate(name, image_id="ami-0123", **properties)


def instance(**properties: Any) -> None:
    aws.ec2.Instance("web", ami="ami-0123", instance_type="t3.micro", **properties)


def default_group(**rules: Any) -> None:
    aws.ec2.DefaultSecurityGroup("closed", vpc_id=network().vpc.id, **rules)


def group(**rule: Any) -> None:
    https: dict[str, Any] = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}
    ingress: list[Any] = [https | rule]
    aws.ec2.SecurityGroup("edge", ingress=ingress)


def ingress_rule(**rule: Any) -> None:
    https: dict[str, Any] = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443}
    aws.vpc.SecurityGroupIngressRule("in", security_group_id="sg-0123", **(https | rule))


def group_rule(**rule: Any) -> None:
    ssh: dict[str, Any] = {"type": "ingress", "protocol": "tcp", "from_port": 22, "to_port": 22}
    aws.ec2.SecurityGroupRule("in", security_group_id="sg-0123", **(ssh | rule))


def from_nat() -> None:
    address = aws.ec2.Eip("nat", domain="vpc")
    ingress_rule(from_port=22, to_port=22, cidr_ipv4=address.public_ip.apply(lambda ip: f"{ip}/32"))


def logged(traffic: str = "REJECT") -> None:
    logs = aws.cloudwatch.LogGroup("flows")
    aws.ec2.FlowLog("flows", vpc_id=network().vpc.id, traffic_type=traffic, log_destination=logs.arn)


def described(description: Any = "Clients", /, **ingress: Any) -> None:
    rules: dict[str, Any] = {"ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443} | ingress]}
    aws.ec2.SecurityGroup("edge", description=description, **(rules if ingress else {}))


def way_out(**rule: Any) -> None:
    aws.vpc.SecurityGroupEgressRule("out", security_group_id="sg-0123", ip_protocol="-1", **rule)


def private_table(**routes: Any) -> aws.ec2.RouteTable:
    """The route table of private subnets, with a way out by NAT where no other routes are given."""
    net = network("public-a")
    out: dict[str, Any] = {"routes": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": nat(net, "public-a").id}]}
    return aws.ec2.RouteTable("app", vpc_id=net.vpc.id, **(out | routes))


def gateway(service: str, name: Any = None, **properties: Any) -> aws.ec2.VpcEndpoint:
    called = name or f"com.amazonaws.us-east-1.{service}"
    return aws.ec2.VpcEndpoint(service, vpc_id="vpc-0123", service_name=called, **properties)


def endpoints(*services: str, **names: Any) -> None:
    table = private_table()
    for service in services:
        gateway(service, names.get(service), route_table_ids=[table.id])


def endpoints_associated() -> None:
    table = private_table()
    for service in ("s3", "dynamodb"):
        aws.ec2.VpcEndpointRouteTableAssociation(service, route_table_id=table.id, vpc_endpoint_id=gateway(service).id)


def endpoints_of_another_table() -> None:
    private_table()
    other = aws.ec2.RouteTable("other", vpc_id="vpc-0123")
    for service in ("s3", "dynamodb"):
        gateway(service, route_table_ids=[other.id])


def endpoint_elsewhere() -> None:
    table = private_table()
    gateway("dynamodb", route_table_ids=[table.id])
    aws.ec2.VpcEndpointRouteTableAssociation("s3", route_table_id=table.id, vpc_endpoint_id="vpce-0123")


def routed_apart() -> None:
    net = network("app-a", "public-a")
    routed(net, "app-a", nat_gateway_id=nat(net, "public-a").id)


def by_nat_alone(service: str, table: str = "app") -> tuple[str, str, str, str]:
    return (table, "id", f"a way to {service} by NAT alone", "a gateway endpoint")


WORDS = "words of your own"
BOTH = ("s3", "dynamodb")

CASES = [
    passes("sec-imdsv2", "a token that stays", lambda: template(metadata_options=TOKENS)),
    passes("sec-imdsv2", "no endpoint", lambda: template(metadata_options={"http_endpoint": "disabled"})),
    passes("sec-imdsv2", "an instance with tokens", lambda: instance(metadata_options=TOKENS)),
    passes(
        "sec-imdsv2",
        "containers, where that is allowed",
        lambda: template(metadata_options=TOKENS | {"http_put_response_hop_limit": 2}),
        maximumHops=2,
    ),
    refuses("sec-imdsv2", "the default", template, ("web", "metadataOptions.httpTokens", "nothing", '"required"')),
    refuses(
        "sec-imdsv2",
        "an instance without tokens, whose answers travel",
        lambda: instance(metadata_options={"http_tokens": "optional", "http_put_response_hop_limit": 2}),
        ("web", "metadataOptions.httpTokens", '"optional"', '"required"'),
        ("web", "metadataOptions.httpPutResponseHopLimit", "2", "1 or less"),
    ),
    passes("sec-default-sg", "closed", default_group),
    passes("sec-default-sg", "closed in so many words", lambda: default_group(ingress=[], egress=[])),
    refuses(
        "sec-default-sg",
        "as AWS makes it",
        network,
        ("net", "defaultSecurityGroup", "the group as AWS creates it", "a group without rules"),
    ),
    refuses(
        "sec-default-sg",
        "open within",
        lambda: default_group(ingress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "self": True}]),
        ("closed", "ingress", "1 rules", "none"),
    ),
    passes("sec-sg-open-ingress", "HTTPS for everyone", group),
    passes(
        "sec-sg-open-ingress",
        "a database for its network",
        lambda: group(from_port=5432, to_port=5432, cidr_blocks=["10.0.0.0/8"]),
    ),
    passes(
        "sec-sg-open-ingress",
        "a rule for a group",
        lambda: ingress_rule(from_port=22, to_port=22, referenced_security_group_id="sg-0123"),
    ),
    passes("sec-sg-open-ingress", "a rule for HTTPS", lambda: ingress_rule(cidr_ipv4="0.0.0.0/0")),
    passes(
        "sec-sg-open-ingress",
        "another port, where that is allowed",
        lambda: group(from_port=8443, to_port=8443),
        openPorts=[8443],
    ),
    passes("sec-sg-open-ingress", "a way out", lambda: group_rule(type="egress", cidr_blocks=["0.0.0.0/0"])),
    passes("sec-sg-open-ingress", "an address that is not known yet", from_nat, left=("in",)),
    refuses(
        "sec-sg-open-ingress",
        "SSH for everyone",
        lambda: group(from_port=22, to_port=22),
        ("edge", "ingress[0].cidrBlocks[0]", "0.0.0.0/0 on ports 22 to 22", WEB_PORTS),
    ),
    refuses(
        "sec-sg-open-ingress",
        "everything between the web's ports, by either protocol of the internet",
        lambda: group(from_port=80, to_port=443, ipv6_cidr_blocks=["::/0"]),
        ("edge", "ingress[0].cidrBlocks[0]", "0.0.0.0/0 on ports 80 to 443", WEB_PORTS),
        ("edge", "ingress[0].ipv6CidrBlocks[0]", "::/0 on ports 80 to 443", WEB_PORTS),
    ),
    refuses(
        "sec-sg-open-ingress",
        "a rule for all traffic",
        lambda: ingress_rule(ip_protocol="-1", from_port=None, to_port=None, cidr_ipv6="::/0"),
        ("in", "cidrIpv6", "::/0 on all ports", WEB_PORTS),
    ),
    refuses(
        "sec-sg-open-ingress",
        "a rule of the older type",
        lambda: group_rule(cidr_blocks=["10.0.0.0/8", "0.0.0.0/0"]),
        ("in", "cidrBlocks[1]", "0.0.0.0/0 on ports 22 to 22", WEB_PORTS),
    ),
    passes("sec-flow-logs", "what is rejected", logged),
    passes("sec-flow-logs", "everything", lambda: logged("ALL")),
    refuses("sec-flow-logs", "no log", network, ("net", "id", "no flow log", "a FlowLog of REJECT or ALL")),
    refuses(
        "sec-flow-logs",
        "what is accepted alone",
        lambda: logged("ACCEPT"),
        ("net", "id", "no flow log", "a FlowLog of REJECT or ALL"),
    ),
    passes("sec-no-public-ip", "a template without interfaces", template),
    passes(
        "sec-no-public-ip",
        "an interface without an address",
        lambda: template(network_interfaces=[{"associate_public_ip_address": "false"}]),
    ),
    passes("sec-no-public-ip", "an instance", instance),
    refuses(
        "sec-no-public-ip",
        "an interface with an address",
        lambda: template(network_interfaces=[{"associate_public_ip_address": "true"}]),
        ("web", "networkInterfaces[0].associatePublicIpAddress", '"true"', "false"),
    ),
    refuses(
        "sec-no-public-ip",
        "an instance with an address",
        lambda: instance(associate_public_ip_address=True),
        ("web", "associatePublicIpAddress", "true", "false"),
    ),
    refuses(
        "sec-sg-description",
        "a rule without",
        lambda: described(cidr_blocks=["10.0.0.0/8"]),
        ("edge", "ingress[0].description", "nothing", WORDS),
    ),
    passes(
        "sec-sg-description",
        "a rule with",
        lambda: described(cidr_blocks=["10.0.0.0/8"], description="The office"),
    ),
    passes("sec-sg-description", "a group without rules", described),
    passes("sec-sg-description", "not known", lambda: described(later("Clients")), left=("edge",)),
    passes("sec-sg-description", "a way out", lambda: way_out(description="The internet")),
    refuses(
        "sec-sg-description",
        "the provider's words",
        lambda: described(None),
        ("edge", "description", '"Managed by Pulumi"', WORDS),
    ),
    refuses("sec-sg-description", "a way in", ingress_rule, ("in", "description", "nothing", WORDS)),
    refuses("sec-sg-description", "a way out without", way_out, ("out", "description", "nothing", WORDS)),
    refuses("sec-sg-description", "of the older type", group_rule, ("in", "description", "nothing", WORDS)),
    refuses(
        "sec-sg-description",
        "a rule of a group whose words are not known",
        lambda: described(later("Clients"), cidr_blocks=["10.0.0.0/8"]),
        ("edge", "ingress[0].description", "nothing", WORDS),
        left=("edge",),
    ),
    refuses("sec-vpc-endpoints", "none", private_table, *(by_nat_alone(service) for service in BOTH)),
    passes("sec-vpc-endpoints", "both", lambda: endpoints(*BOTH)),
    passes("sec-vpc-endpoints", "both, associated", endpoints_associated),
    passes("sec-vpc-endpoints", "no way out", lambda: private_table(routes=[])),
    passes("sec-vpc-endpoints", "S3, where that is all", lambda: endpoints("s3"), services=["s3"]),
    passes(
        "sec-vpc-endpoints",
        "a service that is not known",
        lambda: endpoints(*BOTH, s3=later("com.amazonaws.us-east-1.s3")),
        left=("app",),
    ),
    passes(
        "sec-vpc-endpoints",
        "an endpoint of another stack",
        endpoint_elsewhere,
        left=("app",),
        left_after=("app",),
    ),
    refuses("sec-vpc-endpoints", "S3 alone", lambda: endpoints("s3"), by_nat_alone("dynamodb")),
    refuses(
        "sec-vpc-endpoints",
        "those of another table",
        endpoints_of_another_table,
        *(by_nat_alone(service) for service in BOTH),
    ),
    refuses(
        "sec-vpc-endpoints",
        "a route of its own",
        routed_apart,
        *(by_nat_alone(service, "app-a-table") for service in BOTH),
    ),
    passes(
        "sec-imdsv2",
        "a token, from an endpoint that is not known",
        lambda: template(metadata_options=TOKENS | {"http_endpoint": later("enabled")}),
    ),
    passes(
        "sec-imdsv2",
        "no token, from an endpoint that the update closes",
        lambda: template(metadata_options={"http_endpoint": later("disabled")}),
        left=("web",),
    ),
    refuses(
        "sec-sg-description",
        "another provider's words",
        lambda: described("Managed by Terraform"),
        ("edge", "description", '"Managed by Terraform"', WORDS),
    ),
    refuses(
        "sec-default-sg",
        "open outwards",
        lambda: default_group(egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]),
        ("closed", "egress", "1 rules", "none"),
    ),
    # EC2 reads no ports beside a protocol of -1: such a rule is for all traffic.
    *(
        refuses(
            "sec-sg-open-ingress",
            f"all traffic, said to be HTTPS, {title}",
            program,
            (name, source, "0.0.0.0/0 on ports 443 to 443", WEB_PORTS),
        )
        for title, program, name, source in (
            ("of a group", lambda: group(protocol="-1"), "edge", "ingress[0].cidrBlocks[0]"),
            ("by another word", lambda: group(protocol="all"), "edge", "ingress[0].cidrBlocks[0]"),
            ("of a rule", lambda: ingress_rule(ip_protocol="-1", cidr_ipv4="0.0.0.0/0"), "in", "cidrIpv4"),
            (
                "of the older type",
                lambda: group_rule(protocol="-1", from_port=443, to_port=443, cidr_blocks=["0.0.0.0/0"]),
                "in",
                "cidrBlocks[0]",
            ),
        )
    ),
    passes("sec-sg-open-ingress", "HTTPS for whom the update tells", lambda: group(cidr_blocks=later(["10.0.0.0/8"]))),
    refuses(
        "sec-sg-open-ingress",
        "SSH for everyone, and for whom the update tells",
        lambda: group(from_port=22, to_port=22, cidr_blocks=later(["10.0.0.0/8"]), ipv6_cidr_blocks=["::/0"]),
        ("edge", "ingress[0].ipv6CidrBlocks[0]", "::/0 on ports 22 to 22", WEB_PORTS),
        left=("edge",),
    ),
    refuses(
        "sec-sg-description",
        "a way out of a group",
        lambda: aws.ec2.SecurityGroup(
            "edge", description="Clients", egress=[{"protocol": "-1", "from_port": 0, "to_port": 0}]
        ),
        ("edge", "egress[0].description", "nothing", WORDS),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
