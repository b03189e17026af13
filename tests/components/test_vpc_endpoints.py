"""Interface endpoints: AWS by its usual names, from the VPC alone, in every zone."""

from typing import Any

import pytest

from tenfold import Network
from tests.components.building import refused
from tests.components.networks import LOOK_UPS, THREE, network

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def test_by_default_there_is_no_interface_endpoint() -> None:
    assert {endpoint.inputs["vpcEndpointType"] for endpoint in network().of(ENDPOINT)} == {"Gateway"}


def test_a_service_answers_by_its_usual_name_in_every_zone() -> None:
    built = network(interface_endpoints=["secretsmanager", "ecr.api"])
    for service in ("secretsmanager", "ecr.api"):
        endpoint = built[f"main-interface-endpoint-{service}"].inputs
        assert endpoint["vpcEndpointType"] == "Interface"
        assert endpoint["serviceName"] == f"com.amazonaws.us-east-1.{service}"
        assert endpoint["privateDnsEnabled"] is True
        assert endpoint["subnetIds"] == [f"main-app-subnet-{zone}-id" for zone in THREE]
        assert endpoint["securityGroupIds"] == ["main-interface-endpoint-sg-id"]


def test_the_vpc_alone_reaches_it_by_https() -> None:
    built = network(interface_endpoints=["sqs"], cidr_block="10.64.0.0/18")
    (rule,) = built.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert rule.inputs["securityGroupId"] == "main-interface-endpoint-sg-id"
    assert rule.inputs["cidrIpv4"] == "10.64.0.0/18"
    assert (rule.inputs["ipProtocol"], rule.inputs["fromPort"], rule.inputs["toPort"]) == ("tcp", 443, 443)
    group = built["main-interface-endpoint-sg"].inputs
    assert group["vpcId"] == "main-vpc-id"
    assert not group.get("ingress")
    assert not built.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")


@pytest.mark.parametrize(
    ("tiers", "home"), [(["public", "data"], "data"), (["data"], "data"), (["public"], "public"), (["app"], "app")]
)
def test_it_is_in_the_most_private_subnets_that_call_it(tiers: list[str], home: str) -> None:
    built = network(tiers=tiers, interface_endpoints=["sqs"], nat="none")
    assert built["main-interface-endpoint-sqs"].inputs["subnetIds"] == [
        f"main-{home}-subnet-{zone}-id" for zone in THREE
    ]


def test_one_more_touches_no_other() -> None:
    few = {resource.urn: resource.inputs for resource in network(interface_endpoints=["sqs"]).resources}
    many = {resource.urn: resource.inputs for resource in network(interface_endpoints=["logs", "sqs"]).resources}
    del few["urn:pulumi:stack::project::pulumi:pulumi:Stack$tenfold:index:Network::main"]
    assert few.items() <= many.items()


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        (
            ["s3"],
            {"interface_endpoints[0]": ("'s3' is given", "a service without a gateway endpoint, which costs nothing")},
        ),
        (
            ["com.amazonaws.us-east-1.sqs"],
            {
                "interface_endpoints[0]": (
                    "'com.amazonaws.us-east-1.sqs' is given",
                    "the name that ends the service's: ecr.api, secretsmanager",
                )
            },
        ),
        (["sqs", "sqs"], {"interface_endpoints[1]": ("'sqs' is given twice", "each service once")}),
        (
            ["SQS"],
            {"interface_endpoints[0]": ("'SQS' is given", "the name that ends the service's: ecr.api, secretsmanager")},
        ),
    ],
)
def test_a_name_that_is_none_is_refused(given: list[str], faults: dict[str, tuple[str, str]]) -> None:
    args: Any = {"interface_endpoints": given}
    assert refused(lambda: Network("main", args), calls=LOOK_UPS).faults == faults
