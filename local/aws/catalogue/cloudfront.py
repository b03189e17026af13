"""CloudFront: distributions, and what they use: origin access, functions, policies of response headers."""

import uuid
from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Sweep, Tagging

_TAGGING = Tagging(
    tag="tag_resource",
    untag="untag_resource",
    params={"Resource": "$arn"},
    read=Read(name="list_tags_for_resource", params={"Resource": "$arn"}, at="Tags.Items"),
)


def _behavior(behavior: Any) -> Any:
    """AWS nests the cached methods in the allowed ones, and says of signers whether there are any."""
    if isinstance(behavior, list):
        return [_behavior(one) for one in behavior]
    if not isinstance(behavior, dict):
        return behavior
    result = dict(behavior)
    allowed, cached = result.get("allowedMethods"), result.pop("cachedMethods", None)
    if isinstance(allowed, list):
        methods: Properties = {"quantity": len(allowed), "items": allowed}
        result["allowedMethods"] = {**methods, **({} if cached is None else {"cachedMethods": cached})}
    for signers in ("trustedKeyGroups", "trustedSigners"):
        if isinstance(result.get(signers), list):
            items = result[signers]
            result[signers] = {"enabled": bool(items), "quantity": len(items), "items": items}
    return result


def _origin(origin: Any) -> Any:
    """AWS wants to know of a bucket that it is one."""
    custom = ("customOriginConfig", "s3OriginConfig", "vpcOriginConfig")
    if not isinstance(origin, dict) or any(key in origin for key in custom):
        return origin
    return {**origin, "s3OriginConfig": {"originAccessIdentity": ""}}


def _places(restrictions: Any) -> Any:
    if not isinstance(restrictions, dict) or not isinstance(restrictions.get("geoRestriction"), dict):
        return restrictions
    rest = {key: value for key, value in restrictions["geoRestriction"].items() if key != "locations"}
    items = restrictions["geoRestriction"].get("locations") or []
    if not isinstance(items, list):
        return restrictions
    return {"geoRestriction": {**rest, "quantity": len(items), "items": items}}


def _distribution(properties: Properties) -> Properties:
    shaped = {
        "defaultCacheBehavior": _behavior,
        "orderedCacheBehaviors": _behavior,
        "origins": lambda origins: [_origin(one) for one in origins] if isinstance(origins, list) else origins,
        "restrictions": _places,
        "loggingConfig": lambda logs: (
            {"enabled": True, "prefix": "", "includeCookies": False, **logs} if isinstance(logs, dict) else logs
        ),
    }
    return {name: shaped[name](value) if name in shaped else value for name, value in properties.items()}


_SPELLINGS = {
    "cloudFrontDefaultCertificate": "cloudfrontDefaultCertificate",
    "defaultTTL": "defaultTtl",
    "errorCachingMinTTL": "errorCachingMinTtl",
    "functionARN": "functionArn",
    "headerName": "name",
    "headerValue": "value",
    "isIPV6Enabled": "isIpv6Enabled",
    "lambdaFunctionARN": "lambdaArn",
    "maxTTL": "maxTtl",
    "minTTL": "minTtl",
}


def _items(value: Any) -> Any:
    return value.get("items", []) if isinstance(value, dict) and "quantity" in value else value


def _spelled(value: Any) -> Any:
    """What AWS says in pulumi-aws's spelling, its counted lists as lists."""
    if isinstance(value, list):
        return [_spelled(one) for one in value]
    if not isinstance(value, dict):
        return value
    result: Properties = {}
    for key, item in value.items():
        if key == "allowedMethods" and isinstance(item, dict) and "cachedMethods" in item:
            result["cachedMethods"] = _items(item["cachedMethods"])
        result[_SPELLINGS.get(key, key)] = _spelled(_items(item))
    return result


def _origin_back(origin: Any) -> Any:
    if not isinstance(origin, dict) or "id" not in origin:
        return origin
    rest = {key: value for key, value in origin.items() if key != "id" and value != {"originAccessIdentity": ""}}
    return {"originId": origin["id"], **rest}


def _places_back(restrictions: Any) -> Any:
    places = dict(restrictions["geoRestriction"])
    locations = places.pop("items", None)
    places.pop("quantity", None)
    return {"geoRestriction": {**places, **({"locations": locations} if locations else {})}}


def _distribution_back(properties: Properties) -> Properties:
    places = properties.get("restrictions")
    rest = {name: _items(value) for name, value in properties.items() if name != "restrictions"}
    result: Properties = _spelled(rest)
    for name in ("origins", "originGroups"):
        if isinstance(result.get(name), list):
            result[name] = [_origin_back(one) for one in result[name]]
    return {**result, **({"restrictions": _places_back(places)} if isinstance(places, dict) else {})}


def _whole(reference: str) -> Properties:
    return {"DistributionConfig": {"CallerReference": reference}}


DISTRIBUTION = ResourceType(
    token="aws:cloudfront/distribution:Distribution",
    service="cloudfront",
    create=Operation(
        name="create_distribution", under="DistributionConfig", delivers=lambda _: _whole(uuid.uuid4().hex)
    ),
    id="Distribution.Id",
    read=(
        Read(
            name="get_distribution",
            params={"Id": "$id"},
            at="merge(Distribution.DistributionConfig, {ARN: Distribution.ARN, Status: Distribution.Status, "
            "DomainName: Distribution.DomainName, LastModifiedTime: Distribution.LastModifiedTime, "
            "InProgressInvalidationBatches: Distribution.InProgressInvalidationBatches, ETag: ETag})",
        ),
    ),
    update=(
        Operation(
            name="update_distribution",
            params={"Id": "$id", "IfMatch": "$etag"},
            under="DistributionConfig",
            whole=True,
            delivers=lambda scope: _whole(scope["callerReference"]),
        ),
    ),
    delete=Operation(name="delete_distribution", params={"Id": "$id", "IfMatch": "$etag"}),
    ready="Status=='Deployed'",
    versioned=True,
    before_delete=(
        Sweep(
            found=Read(
                name="get_distribution_config",
                params={"Id": "$id"},
                at="DistributionConfig.Enabled && [{Found: DistributionConfig, Version: ETag}]",
            ),
            each=Operation(
                name="update_distribution",
                params={"Id": "$id", "IfMatch": "$Version", "DistributionConfig": "$Found"},
                delivers=lambda _: {"DistributionConfig": {"Enabled": False}},
            ),
        ),
    ),
    names={
        "orderedCacheBehaviors": "CacheBehaviors",
        "loggingConfig": "Logging",
        "origins.originId": "Id",
        "originGroups.originId": "Id",
        "origins.customHeaders.name": "HeaderName",
        "origins.customHeaders.value": "HeaderValue",
        "defaultCacheBehavior.lambdaFunctionAssociations.lambdaArn": "LambdaFunctionARN",
        "orderedCacheBehaviors.lambdaFunctionAssociations.lambdaArn": "LambdaFunctionARN",
    },
    defaults={"comment": "", "httpVersion": "http2", "priceClass": "PriceClass_All", "isIpv6Enabled": False},
    outputs={
        "arn": "ARN",
        "domainName": "DomainName",
        "hostedZoneId": "$zone",
        "status": "Status",
        "etag": "ETag",
        "callerReference": "CallerReference",
        "lastModifiedTime": "LastModifiedTime",
        "inProgressValidationBatches": "InProgressInvalidationBatches",
    },
    changing=frozenset({"etag", "status", "lastModifiedTime"}),
    ignored=frozenset({"retainOnDelete", "waitForDeployment"}),
    ordered=frozenset({"orderedCacheBehaviors"}),
    replace_on=frozenset({"staging"}),
    required=frozenset({"enabled", "origins", "defaultCacheBehavior", "restrictions", "viewerCertificate"}),
    # Every distribution has the same zone.
    derived=lambda _: {"zone": "Z2FDTNDATAQYW2"},
    prepare=_distribution,
    restore=_distribution_back,
    tagging=_TAGGING,
)

ORIGIN_ACCESS_CONTROL = ResourceType(
    token="aws:cloudfront/originAccessControl:OriginAccessControl",
    service="cloudfront",
    create=Operation(name="create_origin_access_control", under="OriginAccessControlConfig"),
    id="OriginAccessControl.Id",
    read=(
        Read(
            name="get_origin_access_control",
            params={"Id": "$id"},
            at="merge(OriginAccessControl.OriginAccessControlConfig, {ETag: ETag})",
        ),
    ),
    update=(
        Operation(
            name="update_origin_access_control",
            params={"Id": "$id", "IfMatch": "$etag"},
            under="OriginAccessControlConfig",
            whole=True,
        ),
    ),
    delete=Operation(name="delete_origin_access_control", params={"Id": "$id", "IfMatch": "$etag"}),
    versioned=True,
    defaults={"description": "Managed by Pulumi"},
    outputs={"arn": "arn:aws:cloudfront::$account:origin-access-control/$id", "etag": "ETag"},
    changing=frozenset({"etag"}),
    required=frozenset({"originAccessControlOriginType", "signingBehavior", "signingProtocol"}),
    naming=Naming(limit=64),
)


def _config(properties: Properties) -> Properties:
    """What AWS has in a structure of its own."""
    inner = {"comment", "runtime", "keyValueStoreAssociations"}
    rest = {name: value for name, value in properties.items() if name not in inner}
    return {**rest, "functionConfig": {"comment": "", **{name: properties[name] for name in inner & properties.keys()}}}


def _config_back(properties: Properties) -> Properties:
    rest = {name: value for name, value in properties.items() if name != "functionConfig"}
    config: Any = properties.get("functionConfig", {})
    return {**rest, **{name: _items(value) for name, value in config.items()}}


_FUNCTION = frozenset({"code", "functionConfig"})

FUNCTION = ResourceType(
    token="aws:cloudfront/function:Function",
    service="cloudfront",
    create=Operation(name="create_function", only=frozenset({"name"}) | _FUNCTION),
    id="$name",
    read=(
        Read(
            name="describe_function",
            params={"Name": "$id", "Stage": "DEVELOPMENT"},
            at="merge(FunctionSummary, {ARN: FunctionSummary.FunctionMetadata.FunctionARN, ETag: ETag})",
        ),
        Read(name="describe_function", params={"Name": "$id", "Stage": "LIVE"}, at="{LiveETag: ETag}"),
    ),
    update=(
        Operation(name="update_function", params={"Name": "$id", "IfMatch": "$etag"}, only=_FUNCTION, whole=True),
        Operation(
            name="publish_function",
            params={"Name": "$id", "IfMatch": "$etag"},
            only=frozenset({"publish"}) | _FUNCTION,
            steps=lambda _, after: [{}] if after.get("publish") else [],
        ),
    ),
    delete=Operation(name="delete_function", params={"Name": "$id", "IfMatch": "$etag"}),
    versioned=True,
    names={"code": "FunctionCode"},
    defaults={"publish": True},
    limits={"runtime": ("cloudfront-js-1.0", "cloudfront-js-2.0")},
    outputs={"arn": "ARN", "etag": "ETag", "liveStageEtag": "LiveETag", "status": "Status"},
    changing=frozenset({"etag", "liveStageEtag", "status"}),
    replace_on=frozenset({"name"}),
    required=frozenset({"code", "runtime"}),
    not_returned={"code": "AWS hands it out as a stream"},
    prepare=_config,
    restore=_config_back,
    tagging=_TAGGING,
    naming=Naming(limit=64),
)


def _unlisted(value: Any) -> Any:
    """pulumi-aws wraps lists in a block of ``items``."""
    if isinstance(value, dict):
        if value.keys() == {"items"}:
            return _unlisted(value["items"])
        return {key: _unlisted(item) for key, item in value.items()}
    return [_unlisted(item) for item in value] if isinstance(value, list) else value


def _listed(properties: Properties) -> Properties:
    blocks = ("customHeadersConfig", "removeHeadersConfig")
    return {
        name: {"items": _items(value)} if name in blocks and value is not None else value
        for name, value in properties.items()
    }


RESPONSE_HEADERS_POLICY = ResourceType(
    token="aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    service="cloudfront",
    create=Operation(name="create_response_headers_policy", under="ResponseHeadersPolicyConfig"),
    id="ResponseHeadersPolicy.Id",
    read=(
        Read(
            name="get_response_headers_policy",
            params={"Id": "$id"},
            at="merge(ResponseHeadersPolicy.ResponseHeadersPolicyConfig, {ETag: ETag})",
        ),
    ),
    update=(
        Operation(
            name="update_response_headers_policy",
            params={"Id": "$id", "IfMatch": "$etag"},
            under="ResponseHeadersPolicyConfig",
            whole=True,
        ),
    ),
    delete=Operation(name="delete_response_headers_policy", params={"Id": "$id", "IfMatch": "$etag"}),
    versioned=True,
    names={"securityHeadersConfig.xssProtection": "XSSProtection"},
    outputs={"arn": "arn:aws:cloudfront::$account:response-headers-policy/$id", "etag": "ETag"},
    changing=frozenset({"etag"}),
    prepare=_unlisted,
    restore=_listed,
    naming=Naming(limit=128),
)
