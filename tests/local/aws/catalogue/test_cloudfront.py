"""Distributions and what they use live in the emulator as their entries say, and serve what is in a bucket."""

import json
import urllib.request
from typing import Any

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from local.aws.values import same
from tests.local.aws.catalogue.life import Case, Made, World, live, only, parametrize, tags_of

CACHED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def _client(world: World) -> Any:
    return world.client("cloudfront")


def _tags(world: World, made: Made) -> dict[str, str]:
    return tags_of(_client(world).list_tags_for_resource(Resource=made.state["arn"])["Tags"]["Items"])


def _distribution(world: World, made: Made) -> Any:
    found = _client(world).get_distribution(Id=made.id)["Distribution"]
    config = found["DistributionConfig"]
    behavior = config["DefaultCacheBehavior"]
    return {
        "comment": config["Comment"],
        "methods": (behavior["AllowedMethods"]["Items"], behavior["AllowedMethods"]["CachedMethods"]["Items"]),
        "origins": [one["Id"] for one in config["Origins"]["Items"]],
        "errors": {
            one["ErrorCode"]: one["ResponseCode"] for one in config.get("CustomErrorResponses", {}).get("Items", [])
        },
        "groups": [one["Id"] for one in config["OriginGroups"].get("Items", [])],
        "places": only(config["Restrictions"]["GeoRestriction"], "RestrictionType", "Items"),
        "tags": _tags(world, made),
    }


def _origin(name: str) -> dict[str, Any]:
    return {"originId": name, "domainName": f"{name}.s3.eu-west-1.amazonaws.com", "originAccessControlId": "E1"}


_BEHAVIOR = {
    "targetOriginId": "both",
    "viewerProtocolPolicy": "redirect-to-https",
    "allowedMethods": ["GET", "HEAD", "OPTIONS"],
    "cachedMethods": ["GET", "HEAD"],
    "cachePolicyId": CACHED,
    "compress": True,
    "functionAssociations": [
        {"eventType": "viewer-request", "functionArn": "arn:aws:cloudfront::000000000000:function/f"}
    ],
}
_GROUP = {
    "originId": "both",
    "failoverCriteria": {"statusCodes": [500, 503]},
    "members": [{"originId": "one"}, {"originId": "two"}],
}
_ERROR = {"errorCode": 404, "responseCode": 200, "responsePagePath": "/index.html", "errorCachingMinTtl": 0}


def _loosened(world: World, made: Made) -> None:
    found = _client(world).get_distribution_config(Id=made.id)
    config = found["DistributionConfig"]
    config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] = "allow-all"
    _client(world).update_distribution(Id=made.id, IfMatch=found["ETag"], DistributionConfig=config)


def _access(world: World, made: Made) -> Any:
    found = _client(world).get_origin_access_control(Id=made.id)["OriginAccessControl"]
    return only(found["OriginAccessControlConfig"], "Description", "SigningBehavior")


def _unsigned(world: World, made: Made) -> None:
    found = _client(world).get_origin_access_control(Id=made.id)
    config = {**found["OriginAccessControl"]["OriginAccessControlConfig"], "SigningBehavior": "never"}
    _client(world).update_origin_access_control(Id=made.id, IfMatch=found["ETag"], OriginAccessControlConfig=config)


def _function(world: World, made: Made) -> Any:
    found = _client(world).get_function(Name=made.id, Stage="LIVE")
    about = _client(world).describe_function(Name=made.id, Stage="LIVE")["FunctionSummary"]["FunctionConfig"]
    return found["FunctionCode"].read(), about["Comment"], _tags(world, made)


def _commented(world: World, made: Made) -> None:
    found = _client(world).describe_function(Name=made.id, Stage="DEVELOPMENT")
    config = {**found["FunctionSummary"]["FunctionConfig"], "Comment": "other"}
    _client(world).update_function(
        Name=made.id, IfMatch=found["ETag"], FunctionConfig=config, FunctionCode=b"function handler() {}"
    )


def _headers(world: World, made: Made) -> Any:
    config = _client(world).get_response_headers_policy(Id=made.id)["ResponseHeadersPolicy"][
        "ResponseHeadersPolicyConfig"
    ]
    security = config["SecurityHeadersConfig"]
    custom = config.get("CustomHeadersConfig", {}).get("Items", [])
    return security["StrictTransportSecurity"]["AccessControlMaxAgeSec"], {
        one["Header"]: one["Value"] for one in custom
    }


def _unsafe(world: World, made: Made) -> None:
    found = _client(world).get_response_headers_policy(Id=made.id)
    config = found["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
    config["SecurityHeadersConfig"]["StrictTransportSecurity"]["AccessControlMaxAgeSec"] = 1
    _client(world).update_response_headers_policy(Id=made.id, IfMatch=found["ETag"], ResponseHeadersPolicyConfig=config)


def _secure(seconds: int) -> dict[str, Any]:
    return {
        "strictTransportSecurity": {"accessControlMaxAgeSec": seconds, "override": True},
        "contentTypeOptions": {"override": True},
        "frameOptions": {"frameOption": "DENY", "override": True},
    }


def _custom(value: str) -> dict[str, Any]:
    return {"items": [{"header": "Permissions-Policy", "value": value, "override": True}]}


CASES = [
    Case(
        token="aws:cloudfront/distribution:Distribution",
        inputs=lambda _: {
            "enabled": True,
            "comment": "one",
            "aliases": ["www.example.com"],
            "defaultRootObject": "index.html",
            "isIpv6Enabled": True,
            "httpVersion": "http2and3",
            "origins": [_origin("one"), _origin("two")],
            "originGroups": [_GROUP],
            "defaultCacheBehavior": _BEHAVIOR,
            "customErrorResponses": [_ERROR],
            "restrictions": {"geoRestriction": {"restrictionType": "whitelist", "locations": ["DE"]}},
            "viewerCertificate": {"cloudfrontDefaultCertificate": True},
            "tags": {"team": "a", "old": "x"},
        },
        look=_distribution,
        made={
            "comment": "one",
            "methods": (["GET", "HEAD", "OPTIONS"], ["GET", "HEAD"]),
            "origins": ["one", "two"],
            "errors": {404: "200"},
            "groups": ["both"],
            "places": {"RestrictionType": "whitelist", "Items": ["DE"]},
            "tags": {"team": "a", "old": "x"},
        },
        change=lambda _: {
            "comment": "two",
            "customErrorResponses": None,
            "restrictions": {"geoRestriction": {"restrictionType": "none"}},
            "tags": {"team": "b"},
        },
        changed={
            "comment": "two",
            "methods": (["GET", "HEAD", "OPTIONS"], ["GET", "HEAD"]),
            "origins": ["one", "two"],
            "errors": {},
            "groups": ["both"],
            "places": {"RestrictionType": "none", "Items": []},
            "tags": {"team": "b"},
        },
        meddle=_loosened,
        drifts=("defaultCacheBehavior",),
        outputs={
            "arn": lambda _, made: f"arn:aws:cloudfront::000000000000:distribution/{made.id}",
            "domainName": ...,
            "hostedZoneId": "Z2FDTNDATAQYW2",
            "etag": ...,
            "status": "Deployed",
        },
    ),
    Case(
        token="aws:cloudfront/originAccessControl:OriginAccessControl",
        inputs=lambda _: {
            "description": "one",
            "originAccessControlOriginType": "s3",
            "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
        look=_access,
        made={"Description": "one", "SigningBehavior": "always"},
        change=lambda _: {"description": "two"},
        changed={"Description": "two", "SigningBehavior": "always"},
        meddle=_unsigned,
        drifts=("signingBehavior",),
        outputs={"etag": ..., "arn": ...},
    ),
    Case(
        token="aws:cloudfront/function:Function",
        inputs=lambda _: {
            "code": "function handler(event) { return event.request; }",
            "runtime": "cloudfront-js-2.0",
            "comment": "one",
            "tags": {"team": "a"},
        },
        look=_function,
        made=(b"function handler(event) { return event.request; }", "one", {"team": "a"}),
        change=lambda _: {"code": "function handler(event) { return {statusCode: 204}; }", "tags": {"team": "b"}},
        changed=(b"function handler(event) { return {statusCode: 204}; }", "one", {"team": "b"}),
        meddle=_commented,
        drifts=("comment",),
        outputs={"arn": ..., "etag": ..., "liveStageEtag": ...},
    ),
    Case(
        token="aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        inputs=lambda _: {"securityHeadersConfig": _secure(100), "customHeadersConfig": _custom("camera=()")},
        look=_headers,
        made=(100, {"Permissions-Policy": "camera=()"}),
        change=lambda _: {"securityHeadersConfig": _secure(200), "customHeadersConfig": _custom("camera=*")},
        changed=(200, {"Permissions-Policy": "camera=*"}),
        meddle=_unsafe,
        drifts=("securityHeadersConfig",),
        outputs={"etag": ...},
    ),
]


@parametrize(CASES)
def test_what_serves_at_the_edge_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def _create(world: World, token: str, **inputs: Any) -> tuple[str, dict[str, Any]]:
    kind = CATALOGUE[f"aws:{token}"]
    name = world.new_name()
    checked, faults = resources.check(world.account, kind, name, name.encode(), {}, inputs)
    assert faults == []
    return resources.create(world.account, kind, checked, lambda _: None)


def _simple(world: World, bucket: str = "one", **more: Any) -> tuple[str, dict[str, Any]]:
    access, _ = _create(
        world,
        "cloudfront/originAccessControl:OriginAccessControl",
        originAccessControlOriginType="s3",
        signingBehavior="always",
        signingProtocol="sigv4",
    )
    behavior = {
        "targetOriginId": bucket,
        "viewerProtocolPolicy": "redirect-to-https",
        "allowedMethods": ["GET", "HEAD"],
        "cachedMethods": ["GET", "HEAD"],
        "cachePolicyId": CACHED,
        **more,
    }
    return _create(
        world,
        "cloudfront/distribution:Distribution",
        enabled=True,
        origins=[{**_origin(bucket), "originAccessControlId": access}],
        defaultCacheBehavior=behavior,
        restrictions={"geoRestriction": {"restrictionType": "none"}},
        viewerCertificate={"cloudfrontDefaultCertificate": True},
    )


def _ask(world: World, host: str, path: str) -> tuple[str, Any]:
    endpoint = _client(world).meta.endpoint_url
    request = urllib.request.Request(endpoint + path, headers={"Host": host, "X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode(), answer.headers


def test_a_distribution_serves_what_a_private_bucket_lets_it_read(world: World) -> None:
    policy, _ = _create(
        world, "cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", securityHeadersConfig=_secure(100)
    )
    _, served = _simple(world, world.bucket, responseHeadersPolicyId=policy)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{world.bucket}/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": served["arn"]}},
    }
    unencrypted = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{world.bucket}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement, unencrypted]})
    _create(world, "s3/bucketPolicy:BucketPolicy", bucket=world.bucket, policy=document)
    _create(
        world,
        "s3/bucketObjectv2:BucketObjectv2",
        bucket=world.bucket,
        key="about.html",
        content="<h1>about</h1>",
        contentType="text/html",
    )
    body, headers = _ask(world, served["domainName"], "/about.html")
    assert (body, headers["Content-Type"]) == ("<h1>about</h1>", "text/html")
    assert headers["Strict-Transport-Security"] == "max-age=100"
    world.client("s3").delete_bucket_policy(Bucket=world.bucket)


def test_what_somebody_changed_is_changed_and_taken_away_all_the_same(world: World) -> None:
    kind = CATALOGUE["aws:cloudfront/distribution:Distribution"]
    identity, state = _simple(world)
    inputs = {key: value for key, value in state.items() if key not in kind.outputs}
    _loosened(world, Made(identity, {}, state))
    state = resources.update(world.account, kind, identity, state, inputs, {**inputs, "comment": "two"})
    assert state["comment"] == "two"
    _loosened(world, Made(identity, {}, state))
    resources.delete(world.account, kind, identity, state)
    assert resources.read(world.account, kind, identity, state, inputs) is None


def test_a_distribution_is_known_by_its_id_alone_with_its_tags(world: World) -> None:
    case = CASES[0]
    kind = CATALOGUE[case.token]
    identity, state = _create(world, case.token.removeprefix("aws:"), **case.inputs(world))
    found = resources.read(world.account, kind, identity, {}, {})
    assert found is not None
    inputs = found[1]
    for name, value in case.inputs(world).items():
        assert same(inputs[name], value, ordered=False), name
    resources.delete(world.account, kind, identity, state)
