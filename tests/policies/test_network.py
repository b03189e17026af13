"""Rules of networks and instances, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, passes, refuses
from tests.policies.networks import network

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
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
