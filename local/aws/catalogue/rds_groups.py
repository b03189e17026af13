"""RDS: what databases are placed in and set up by, subnet groups and parameter groups, and who is told of them."""

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType
from local.aws.catalogue.rds import tagging

_MANAGED = {"description": "Managed by Pulumi"}

SUBNET_GROUP = ResourceType(
    token="aws:rds/subnetGroup:SubnetGroup",
    service="rds",
    create=Operation(name="create_db_subnet_group"),
    id="$name",
    read=(
        Read(
            name="describe_db_subnet_groups",
            params={"DBSubnetGroupName": "$id"},
            at="DBSubnetGroups[0]",
            also={"SubnetIds": "Subnets[].SubnetIdentifier"},
        ),
    ),
    update=(Operation(name="modify_db_subnet_group", params={"DBSubnetGroupName": "$id"}),),
    delete=Operation(name="delete_db_subnet_group", params={"DBSubnetGroupName": "$id"}),
    names={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
    defaults=_MANAGED,
    outputs={"arn": "DBSubnetGroupArn", "vpcId": "VpcId", "supportedNetworkTypes": "SupportedNetworkTypes"},
    changing=frozenset({"supportedNetworkTypes"}),
    required=frozenset({"subnetIds"}),
    replace_on=frozenset({"name"}),
    tagging=tagging("arn:aws:rds:$region:$account:subgrp:$id"),
    naming=Naming(limit=255, lower=True),
)


def _applied(properties: Properties) -> Properties:
    """AWS wants to be told of each parameter when it takes effect."""
    parameters = properties.get("parameters")
    if not isinstance(parameters, list):
        return properties
    whole = [{"applyMethod": "immediate", **one} if isinstance(one, dict) else one for one in parameters]
    return {**properties, "parameters": whole}


def _parameter_group(token: str, of: str, arn: str) -> ResourceType:
    """A group of parameters, of instances (``db``) or of clusters (``db_cluster``)."""
    named = "DBClusterParameterGroupName" if of == "db_cluster" else "DBParameterGroupName"
    groups = f"{named.removesuffix('Name')}s"
    given = {named: "$id"}
    return ResourceType(
        token=token,
        service="rds",
        create=Operation(
            name=f"create_{of}_parameter_group", only=frozenset({"name", "family", "description", "tags"})
        ),
        id="$name",
        read=(
            Read(name=f"describe_{of}_parameter_groups", params=given, at=f"{groups}[0]"),
            Read(
                name=f"describe_{of}_parameters",
                params={**given, "Source": "user"},
                at="{Parameters: Parameters}",
            ),
        ),
        update=(
            Operation(name=f"reset_{of}_parameter_group", params=given, removes={"parameters": "Parameters"}),
            Operation(name=f"modify_{of}_parameter_group", params=given, adds={"parameters": "Parameters"}),
        ),
        delete=Operation(name=f"delete_{of}_parameter_group", params=given),
        names={
            "name": named,
            "family": "DBParameterGroupFamily",
            "parameters.name": "ParameterName",
            "parameters.value": "ParameterValue",
        },
        defaults=_MANAGED,
        outputs={"arn": f"{named.removesuffix('Name')}Arn"},
        required=frozenset({"family"}),
        ignored=frozenset({"skipDestroy"} if of == "db" else set[str]()),
        replace_on=frozenset({"name", "family", "description"}),
        prepare=_applied,
        tagging=tagging(f"arn:aws:rds:$region:$account:{arn}:$id"),
        naming=Naming(limit=255, lower=True),
    )


PARAMETER_GROUP = _parameter_group("aws:rds/parameterGroup:ParameterGroup", "db", "pg")
CLUSTER_PARAMETER_GROUP = _parameter_group(
    "aws:rds/clusterParameterGroup:ClusterParameterGroup", "db_cluster", "cluster-pg"
)

_SUBSCRIPTION = {"SubscriptionName": "$id"}
_SOURCE = {"sourceIds": "SourceIdentifier"}

EVENT_SUBSCRIPTION = ResourceType(
    token="aws:rds/eventSubscription:EventSubscription",
    service="rds",
    create=Operation(name="create_event_subscription"),
    id="$name",
    update=(
        Operation(name="modify_event_subscription", params=_SUBSCRIPTION),
        Operation(name="add_source_identifier_to_subscription", params=_SUBSCRIPTION, adds=_SOURCE, one_by_one=True),
        Operation(
            name="remove_source_identifier_from_subscription", params=_SUBSCRIPTION, removes=_SOURCE, one_by_one=True
        ),
    ),
    names={"name": "SubscriptionName", "snsTopic": "SnsTopicArn"},
    defaults={"enabled": True},
    outputs={"arn": "arn:aws:rds:$region:$account:es:$id", "customerAwsId": "$account"},
    required=frozenset({"snsTopic"}),
    replace_on=frozenset({"name", "sourceType"}),
    naming=Naming(limit=255),
    recorded="nothing fails in the emulator's databases, so that it has no events of them",
)
