"""EC2's flow logs."""

from local.aws.catalogue.entry import Operation, Properties, Read, ResourceType
from local.aws.catalogue.vpc import ARN, TAGGING

_SOURCES = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}


def _flow_source(properties: Properties) -> Properties:
    """AWS wants a list of ids and says of which kind they are."""
    rest = {name: value for name, value in properties.items() if name not in _SOURCES}
    for name, kind in _SOURCES.items():
        if name in properties:
            rest |= {"resourceIds": [properties[name]], "resourceType": kind}
    return rest


FLOW_LOG = ResourceType(
    token="aws:ec2/flowLog:FlowLog",
    service="ec2",
    create=Operation(name="create_flow_logs", never=frozenset({"tags"})),
    id="FlowLogIds[0]",
    read=(
        Read(
            name="describe_flow_logs",
            params={"FlowLogIds": ["$id"]},
            at="FlowLogs[0]",
            also={"ResourceIds": "[ResourceId]"},
        ),
    ),
    delete=Operation(name="delete_flow_logs", params={"FlowLogIds": ["$id"]}),
    names={"iamRoleArn": "DeliverLogsPermissionArn"},
    prepare=_flow_source,
    replace_on=frozenset(_SOURCES),
    defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
    limits={"maxAggregationInterval": range(60, 601, 540)},
    outputs={"arn": f"{ARN}vpc-flow-log/$id"},
    not_returned=dict.fromkeys(
        ("resourceType", "iamRoleArn", "maxAggregationInterval", "logFormat", "destinationOptions"),
        "the emulator does not keep it",
    ),
    tagging=TAGGING,
)
