"""EC2's endpoints: AWS services that a VPC reaches without the internet."""

from local.aws.catalogue.entry import Operation, Read, ResourceType
from local.aws.catalogue.vpc import ARN, TAGGING

VPC_ENDPOINT = ResourceType(
    token="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    create=Operation(name="create_vpc_endpoint", never=frozenset({"tags"})),
    id="VpcEndpoint.VpcEndpointId",
    read=(
        Read(
            name="describe_vpc_endpoints",
            params={"VpcEndpointIds": ["$id"]},
            at="VpcEndpoints[0]",
            also={"SecurityGroupIds": "Groups[].GroupId"},
        ),
        Read(
            name="describe_prefix_lists",
            params={"Filters": [{"Name": "prefix-list-name", "Values": ["$serviceName"]}]},
            at="{PrefixListId: PrefixLists[0].PrefixListId, CidrBlocks: PrefixLists[0].Cidrs}",
        ),
    ),
    update=(
        Operation(
            name="modify_vpc_endpoint",
            params={"VpcEndpointId": "$id"},
            only=frozenset({"policy", "privateDnsEnabled", "ipAddressType", "dnsOptions"}),
        ),
        Operation(
            name="modify_vpc_endpoint",
            params={"VpcEndpointId": "$id"},
            adds={
                "routeTableIds": "AddRouteTableIds",
                "subnetIds": "AddSubnetIds",
                "securityGroupIds": "AddSecurityGroupIds",
            },
        ),
        Operation(
            name="modify_vpc_endpoint",
            params={"VpcEndpointId": "$id"},
            removes={
                "routeTableIds": "RemoveRouteTableIds",
                "subnetIds": "RemoveSubnetIds",
                "securityGroupIds": "RemoveSecurityGroupIds",
            },
        ),
    ),
    delete=Operation(name="delete_vpc_endpoints", params={"VpcEndpointIds": ["$id"]}),
    ready="State=='available'",
    names={"policy": "PolicyDocument"},
    defaults={"vpcEndpointType": "Gateway"},
    outputs={
        "arn": f"{ARN}vpc-endpoint/$id",
        "state": "State",
        "ownerId": "OwnerId",
        "prefixListId": "PrefixListId",
        "cidrBlocks": "CidrBlocks",
        "dnsEntries": "DnsEntries",
        "networkInterfaceIds": "NetworkInterfaceIds",
    },
    ignored=frozenset({"autoAccept"}),
    documents=frozenset({"policy"}),
    not_returned={
        "policy": "the emulator does not keep it",
        "privateDnsEnabled": "the emulator does not keep it",
        "ipAddressType": "the emulator does not keep it",
        "dnsOptions": "the emulator does not keep it",
        "securityGroupIds": "the emulator does not keep them",
    },
    tagging=TAGGING,
)
