"""EC2's doors between a VPC and the internet: internet and NAT gateways, and addresses."""

from local.aws.catalogue.entry import Operation, Read, ResourceType
from local.aws.catalogue.instances import to_instance, to_interface
from local.aws.catalogue.vpc import ARN, TAGGING

_NO_REGIONAL = "the emulator has no regional NAT gateways"

INTERNET_GATEWAY = ResourceType(
    token="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    create=Operation(name="create_internet_gateway", only=frozenset({"tags"})),
    id="InternetGateway.InternetGatewayId",
    read=(
        Read(
            name="describe_internet_gateways",
            params={"InternetGatewayIds": ["$id"]},
            at="InternetGateways[0]",
            also={"VpcId": "Attachments[0].VpcId"},
        ),
    ),
    update=(
        Operation(
            name="detach_internet_gateway",
            params={"InternetGatewayId": "$id"},
            only=frozenset({"vpcId"}),
            steps=lambda before, _: [{"VpcId": before["vpcId"]}] if "vpcId" in before else [],
        ),
        Operation(name="attach_internet_gateway", params={"InternetGatewayId": "$id"}, only=frozenset({"vpcId"})),
    ),
    delete=Operation(name="delete_internet_gateway", params={"InternetGatewayId": "$id"}),
    outputs={"arn": f"{ARN}internet-gateway/$id", "ownerId": "OwnerId"},
    tagging=TAGGING,
)

EGRESS_ONLY_INTERNET_GATEWAY = ResourceType(
    token="aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
    service="ec2",
    create=Operation(name="create_egress_only_internet_gateway", only=frozenset({"vpcId"})),
    id="EgressOnlyInternetGateway.EgressOnlyInternetGatewayId",
    read=(
        Read(
            name="describe_egress_only_internet_gateways",
            params={"EgressOnlyInternetGatewayIds": ["$id"]},
            at="EgressOnlyInternetGateways[0]",
            also={"VpcId": "Attachments[0].VpcId"},
        ),
    ),
    delete=Operation(name="delete_egress_only_internet_gateway", params={"EgressOnlyInternetGatewayId": "$id"}),
    tagging=TAGGING,
)

EIP = ResourceType(
    token="aws:ec2/eip:Eip",
    service="ec2",
    create=Operation(name="allocate_address", only=frozenset({"domain", "address", "networkBorderGroup"})),
    id="AllocationId",
    read=(Read(name="describe_addresses", params={"AllocationIds": ["$id"]}, at="Addresses[0]"),),
    update=(
        Operation(
            name="disassociate_address",
            params={"AssociationId": "$associationId"},
            only=frozenset({"instance"}),
            steps=lambda before, _: [{}] if before.get("instance") else [],
        ),
        Operation(name="associate_address", params={"AllocationId": "$id"}, only=frozenset({"instance"})),
    ),
    delete=Operation(name="release_address", params={"AllocationId": "$id"}),
    names={"instance": "InstanceId"},
    defaults={"domain": "vpc"},
    outputs={
        "arn": f"{ARN}elastic-ip/$id",
        "allocationId": "AllocationId",
        "publicIp": "PublicIp",
        "associationId": "AssociationId",
    },
    not_returned={
        "address": "AWS tells it as the public address",
        "networkBorderGroup": "the emulator does not keep it",
    },
    changing=frozenset({"associationId"}),
    prepare=lambda properties: to_instance(properties, "networkInterface", "instance"),
    restore=lambda properties: to_interface(properties, "networkInterface", "instance"),
    tagging=TAGGING,
)

NAT_GATEWAY = ResourceType(
    token="aws:ec2/natGateway:NatGateway",
    service="ec2",
    create=Operation(
        name="create_nat_gateway",
        only=frozenset({"allocationId", "availabilityMode", "connectivityType", "privateIp", "subnetId", "vpcId"}),
    ),
    id="NatGateway.NatGatewayId",
    read=(
        Read(
            name="describe_nat_gateways",
            params={"NatGatewayIds": ["$id"]},
            at="NatGateways[?State!='deleted' && State!='deleting'] | [0]",
        ),
        Read(
            name="describe_addresses",
            params={"AllocationIds": ["$allocation"]},
            at="{PublicIp: Addresses[0].PublicIp}",
        ),
    ),
    update=(
        Operation(
            name="associate_nat_gateway_address",
            only=frozenset({"availabilityZoneAddresses"}),
            steps=lambda _, __: [],
            recorded=_NO_REGIONAL,
        ),
    ),
    delete=Operation(name="delete_nat_gateway", params={"NatGatewayId": "$id"}),
    ready="State=='available'",
    names={"privateIp": "PrivateIpAddress"},
    defaults={"connectivityType": "public"},
    outputs={
        "publicIp": "PublicIp",
        "privateIp": "NatGatewayAddresses[0].PrivateIp",
        "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
    },
    not_returned={
        "allocationId": "the emulator does not tell a gateway's addresses",
        "privateIp": "the emulator does not tell a gateway's addresses",
        "availabilityMode": "the emulator has zonal gateways alone",
    },
    derived=lambda properties: {"allocation": properties.get("allocationId", "none")},
    recorded_if=lambda properties: _NO_REGIONAL if properties.get("availabilityMode") == "regional" else "",
    recorded_id="nat-$digits",
    tagging=TAGGING,
)
