"""ElastiCache: what caches are placed in and set up by, and who may use them."""

from local.aws.catalogue.elasticache import tagging
from local.aws.catalogue.entry import Naming, Operation, Read, ResourceType

_MANAGED = {"description": "Managed by Pulumi"}
_NOT_TOLD = "AWS does not tell passwords"
_SUBNETS = {"CacheSubnetGroupName": "$id"}

SUBNET_GROUP = ResourceType(
    token="aws:elasticache/subnetGroup:SubnetGroup",
    service="elasticache",
    create=Operation(name="create_cache_subnet_group"),
    id="$name",
    read=(
        Read(
            name="describe_cache_subnet_groups",
            params=_SUBNETS,
            at="CacheSubnetGroups[0]",
            also={"SubnetIds": "Subnets[].SubnetIdentifier"},
        ),
    ),
    update=(Operation(name="modify_cache_subnet_group", params=_SUBNETS),),
    delete=Operation(name="delete_cache_subnet_group", params=_SUBNETS),
    names={"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"},
    defaults=_MANAGED,
    outputs={"arn": "ARN", "vpcId": "VpcId"},
    required=frozenset({"subnetIds"}),
    replace_on=frozenset({"name"}),
    tagging=tagging("subnetgroup"),
    naming=Naming(limit=255, lower=True),
)

_PARAMETERS = {"CacheParameterGroupName": "$id"}

PARAMETER_GROUP = ResourceType(
    token="aws:elasticache/parameterGroup:ParameterGroup",
    service="elasticache",
    create=Operation(name="create_cache_parameter_group", only=frozenset({"name", "family", "description", "tags"})),
    id="$name",
    read=(
        Read(name="describe_cache_parameter_groups", params=_PARAMETERS, at="CacheParameterGroups[0]"),
        Read(
            name="describe_cache_parameters",
            params={**_PARAMETERS, "Source": "user"},
            at="{ParameterNameValues: Parameters[?Source=='user']}",
        ),
    ),
    update=(
        Operation(
            name="reset_cache_parameter_group", params=_PARAMETERS, removes={"parameters": "ParameterNameValues"}
        ),
        Operation(name="modify_cache_parameter_group", params=_PARAMETERS, adds={"parameters": "ParameterNameValues"}),
    ),
    delete=Operation(name="delete_cache_parameter_group", params=_PARAMETERS),
    names={
        "name": "CacheParameterGroupName",
        "family": "CacheParameterGroupFamily",
        "parameters": "ParameterNameValues",
        "parameters.name": "ParameterName",
        "parameters.value": "ParameterValue",
    },
    defaults=_MANAGED,
    outputs={"arn": "ARN"},
    required=frozenset({"family"}),
    replace_on=frozenset({"name", "family", "description"}),
    tagging=tagging("parametergroup"),
    naming=Naming(limit=255, lower=True),
)

_USER = {"UserId": "$id"}

USER = ResourceType(
    token="aws:elasticache/user:User",
    service="elasticache",
    create=Operation(name="create_user"),
    id="$userId",
    read=(Read(name="describe_users", params=_USER, at="Users[0]"),),
    update=(Operation(name="modify_user", params=_USER),),
    delete=Operation(name="delete_user", params=_USER),
    ready="Status=='active'",
    outputs={"arn": "ARN"},
    required=frozenset({"accessString", "engine", "userId", "userName"}),
    ignored=frozenset({"passwordsWo", "passwordsWoVersion"}),
    replace_on=frozenset({"userId", "userName"}),
    not_returned={
        "authenticationMode": _NOT_TOLD,
        "engine": "the emulator does not change it",
        "noPasswordRequired": _NOT_TOLD,
        "passwords": _NOT_TOLD,
    },
    tagging=tagging("user"),
    naming=Naming(property="userId", limit=40, lower=True),
)

_GROUP = {"UserGroupId": "$id"}

USER_GROUP = ResourceType(
    token="aws:elasticache/userGroup:UserGroup",
    service="elasticache",
    create=Operation(name="create_user_group"),
    id="$userGroupId",
    read=(Read(name="describe_user_groups", params=_GROUP, at="UserGroups[0]"),),
    update=(
        Operation(name="modify_user_group", params=_GROUP, adds={"userIds": "UserIdsToAdd"}),
        Operation(name="modify_user_group", params=_GROUP, removes={"userIds": "UserIdsToRemove"}),
        Operation(name="modify_user_group", params=_GROUP, only=frozenset({"engine"})),
    ),
    delete=Operation(name="delete_user_group", params=_GROUP),
    ready="Status=='active'",
    outputs={"arn": "ARN"},
    required=frozenset({"engine", "userGroupId"}),
    replace_on=frozenset({"userGroupId"}),
    not_returned={"engine": "the emulator does not change it"},
    tagging=tagging("usergroup"),
)

USER_GROUP_ASSOCIATION = ResourceType(
    token="aws:elasticache/userGroupAssociation:UserGroupAssociation",
    service="elasticache",
    create=Operation(name="modify_user_group", params={"UserGroupId": "$userGroupId", "UserIdsToAdd": ["$userId"]}),
    id="$userGroupId,$userId",
    read=(
        Read(
            name="describe_user_groups",
            params={"UserGroupId": "$userGroupId"},
            at="UserGroups[?contains(UserIds, '$userId')] | [0]",
        ),
    ),
    delete=Operation(name="modify_user_group", params={"UserGroupId": "$userGroupId", "UserIdsToRemove": ["$userId"]}),
    required=frozenset({"userGroupId", "userId"}),
    replace_on=frozenset({"userGroupId", "userId"}),
)
