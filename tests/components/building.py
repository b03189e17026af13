"""Runs a program of components on Pulumi's mocks, and tells what it registered.

    built = build(lambda: Network("main", {"zone_names": ["us-east-1a", "us-east-1b"]}))
    assert built["main-vpc"].inputs["cidrBlock"] == "10.0.0.0/16"
    assert built.value(built.result.vpc_id) == "main-vpc-id"

Nothing of a program outlives it: each has a monitor of its own.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import pulumi
import pulumi.runtime
import pytest
from pulumi.output import Unknown
from pulumi.runtime import mocks, rpc
from pulumi.runtime.sync_await import _sync_await

from tenfold.errors import ArgumentError

Result = TypeVar("Result")

ACCOUNT = "123456789012"
REGION = "us-east-1"
UNKNOWN = "<unknown>"
"""What stands, in the inputs of a preview, for a value that nobody knows yet."""
CREDENTIALS: Mapping[str, str] = {
    "signing_key": "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
    "private_key": "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
    "key_id": "ABC123DEFG",
    "team_id": "DEF123GHIJ",
    "bundle_id": "com.example.shop",
    "type": "service_account",
    "project_id": "shop",
    "client_email": "push@shop.iam.gserviceaccount.com",
    "client_id": "client",
    "client_secret": "hidden",
    "package_sid": "ms-app://s-1-15-2",
    "api_key": "api",
    "secret_key": "hidden",
}
"""What a secret holds, whichever a program looks up."""
LOOK_UPS: Mapping[str, Any] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": {
        "names": [f"{REGION}{letter}" for letter in "abcd"],
        "id": REGION,
    },
    # A shard map's table in which nobody has published anything yet.
    "aws:dynamodb/getTableItem:getTableItem": {"item": "{}"},
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/deployer",
        "id": ACCOUNT,
        "userId": "AIDA",
    },
    "aws:secretsmanager/getSecretVersion:getSecretVersion": lambda args: {
        **args,
        "id": args["secretId"],
        "secretString": json.dumps(CREDENTIALS),
    },
    "aws:ssm/getParameter:getParameter": lambda args: {**args, "value": "ami-0a1b2c3d4e5f", "id": args["name"]},
}
"""What AWS answers to look-ups, for a program whose look-ups are not what a test is about."""


@dataclass(frozen=True)
class Registered:
    """A resource as the engine was told of it; properties have their names on the engine, `cidrBlock`.

    Attributes:
        type: Its type token.
        name: Its name in the program.
        urn: Its URN.
        parent: Its parent's URN.
        inputs: Its properties.
        protect: Whether Pulumi refuses to delete it.
        depends_on: The names of the resources that it comes after.
        ignore_changes: The properties whose changes an update leaves alone.
        outputs: What a component registered as its outputs.
    """

    type: str
    name: str
    urn: str
    parent: str
    inputs: dict[str, Any]
    protect: bool
    depends_on: frozenset[str]
    ignore_changes: frozenset[str] = frozenset()
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Built(Generic[Result]):
    """What a program registered, and what it returned."""

    result: Result
    resources: tuple[Registered, ...]

    def __getitem__(self, name: str) -> Registered:
        """The one resource of a name."""
        (found,) = [resource for resource in self.resources if resource.name == name]
        return found

    def __contains__(self, name: str) -> bool:
        return any(resource.name == name for resource in self.resources)

    def of(self, token: str) -> list[Registered]:
        """The resources of a type, `aws:ec2/subnet:Subnet`."""
        return [resource for resource in self.resources if resource.type == token]

    def value(self, value: Any) -> Any:
        """What an output comes to, outputs within it included; None where it is unknown."""
        return _sync_await(pulumi.Output.from_input(value).future())


class _Mocks(mocks.Mocks):
    def __init__(self, calls: Mapping[str, Any], *, preview: bool) -> None:
        self.calls = calls
        self.preview = preview

    def call(self, args: mocks.MockCallArgs) -> Any:
        answer = self.calls[args.token]
        return answer(args.args) if callable(answer) else answer

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if self.preview:
            return None, args.inputs
        service = args.typ.split(":")[1].split("/")[0]
        computed: dict[str, Any] = {
            "arn": f"arn:aws:{service}:{REGION}:{ACCOUNT}:{args.name}",
            "name": f"{args.name}-0a1b2c",
            "ownerId": ACCOUNT,
            "publicIp": f"ip of {args.name}",
            "streamArn": f"arn:aws:{service}:{REGION}:{ACCOUNT}:{args.name}/stream/2026",
            "url": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{args.name}",
            "invokeArn": f"arn:aws:apigateway:{REGION}:{service}:{args.name}",
            "dnsName": f"{args.name}.{REGION}.amazonaws.com",
            "zoneId": "Z0123456789",
            "arnSuffix": f"{args.name}/0a1b2c",
            "latestVersion": 1,
            "domainName": f"{args.name}.cloudfront.net",
            "hostedZoneId": "Z2FDTNDATAQYW2",
            "bucketRegionalDomainName": f"{args.name}.s3.{args.inputs.get('region', REGION)}.amazonaws.com",
            "fqdn": args.inputs.get("name"),
            "ipv6CidrBlock": "2001:db8:0:ab00::/56",
            "primaryNetworkInterfaceId": f"interface of {args.name}",
            "version": "8",
            "endpoint": f"{args.name}.cluster.{REGION}.rds.amazonaws.com",
            "readerEndpoint": f"{args.name}.cluster-ro.{REGION}.rds.amazonaws.com",
            "address": f"{args.name}.{REGION}.rds.amazonaws.com",
            "clusterResourceId": f"cluster-{args.name}",
            "resourceId": f"db-{args.name}",
            "masterUserSecrets": [
                {"secretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{args.name}", "secretStatus": "active"}
            ],
            "functionUrl": f"https://{args.name}.lambda-url.{REGION}.on.aws/",
        }
        if args.typ == "aws:cloudwatch/eventRule:EventRule":
            computed["arn"] = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{args.name}"
        if args.typ == "aws:s3/bucket:Bucket":
            computed |= {"arn": f"arn:aws:s3:::{args.name}-0a1b2c", "bucket": f"{args.name}-0a1b2c"}
        if args.typ == "aws:sns/platformApplication:PlatformApplication":
            platform = args.inputs["platform"]
            computed["arn"] = f"arn:aws:sns:{REGION}:{ACCOUNT}:app/{platform}/{args.name}-0a1b2c"
        if args.typ == "aws:acm/certificate:Certificate":
            computed["domainValidationOptions"] = _proofs(args.inputs)
        if service == "elasticache":
            computed |= _cache(args.inputs)
        if args.typ == "aws:sesv2/emailIdentity:EmailIdentity":
            tokens = [f"token{number}" for number in (1, 2, 3)]
            signing = {**args.inputs.get("dkimSigningAttributes", {}), "tokens": tokens}
            return f"{args.name}-id", {**computed, **args.inputs, "dkimSigningAttributes": signing}
        return f"{args.name}-id", {**computed, **args.inputs}


def _cache(cache: Mapping[str, Any]) -> dict[str, Any]:
    """Where a cache is, and the nodes that a replication group has."""
    name = cache.get("replicationGroupId") or cache.get("name")
    nodes = int(cache.get("numCacheClusters") or 0) or int(cache.get("replicasPerNodeGroup") or 0) + 1
    shards = [f"{name}-{shard + 1:04d}" for shard in range(int(cache.get("numNodeGroups") or 0))]
    hosts = {kind: f"{kind}.{name}.{REGION}.cache.amazonaws.com" for kind in ("primary", "replica", "clustercfg")}
    return {
        "port": 6379,
        "primaryEndpointAddress": "" if shards else hosts["primary"],
        "readerEndpointAddress": "" if shards else hosts["replica"],
        "configurationEndpointAddress": hosts["clustercfg"] if shards else "",
        "memberClusters": [f"{shard}-{node + 1:03d}" for shard in shards or [name] for node in range(nodes)],
        "endpoints": [{"address": f"{name}.serverless.{REGION}.cache.amazonaws.com", "port": 6379}],
        "readerEndpoints": [{"address": f"{name}.serverless.{REGION}.cache.amazonaws.com", "port": 6380}],
    }


def _proofs(certificate: Mapping[str, Any]) -> list[dict[str, str]]:
    """What AWS wants to see in DNS before it issues a certificate."""
    return [
        {
            "domainName": name,
            "resourceRecordName": f"_1.{name.removeprefix('*.')}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_2.{name.removeprefix('*.')}.acm-validations.aws.",
        }
        for name in [certificate["domainName"], *(certificate.get("subjectAlternativeNames") or [])]
    ]


class _Monitor(mocks.MockMonitor):
    def __init__(self, given: _Mocks) -> None:
        super().__init__(given)
        self.requests: dict[str, Any] = {}
        self.outputs: dict[str, dict[str, Any]] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  the engine's word
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type != "pulumi:pulumi:Stack":
            assert urn not in self.requests, f"two resources have the URN {urn}"
            self.requests[urn] = request
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802  the engine's word
        self.outputs[request.urn] = _properties(request.outputs)
        return super().RegisterResourceOutputs(request)

    def registered(self) -> tuple[Registered, ...]:
        return tuple(
            Registered(
                type=request.type,
                name=request.name,
                urn=urn,
                parent=request.parent,
                inputs=_properties(request.object),
                protect=request.protect,
                depends_on=frozenset(dependency.split("::")[-1] for dependency in request.dependencies),
                ignore_changes=frozenset(request.ignoreChanges),
                outputs=self.outputs.get(urn, {}),
            )
            for urn, request in self.requests.items()
        )


def _properties(struct: Any) -> dict[str, Any]:
    return _marked(rpc.deserialize_properties(struct, keep_unknowns=True))


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    return UNKNOWN if isinstance(value, Unknown) else value


def build(
    program: Callable[[], Result], *, preview: bool = False, calls: Mapping[str, Any] | None = None
) -> Built[Result]:
    """Run a program to its end.

    Args:
        program: It makes components and returns what the test asks about.
        preview: Whether it is a preview of a new stack, where all that AWS fills in is unknown.
        calls: The answers to look-ups by token, or functions of their arguments; those of `LOOK_UPS` by default.
    """
    monitor = _Monitor(_Mocks(LOOK_UPS if calls is None else calls, preview=preview))
    results: list[Result] = []
    mocks.set_mocks(monitor.mocks, monitor=monitor, preview=preview)
    pulumi.runtime.test(lambda: results.append(program()))()
    return Built(results[0], monitor.registered())


@dataclass(frozen=True)
class Refusal:
    """What a component says about wrong arguments.

    Attributes:
        text: The message that the user sees.
        faults: What is given and what is allowed, by the argument's path.
        resources: What the program had registered by then.
    """

    text: str
    faults: dict[str, tuple[str, str]]
    resources: tuple[Registered, ...]


def refused(program: Callable[[], object], *, calls: Mapping[str, Any] | None = None) -> Refusal:
    """Run a program that ends with an ArgumentError."""
    monitor = _Monitor(_Mocks(LOOK_UPS if calls is None else calls, preview=False))
    mocks.set_mocks(monitor.mocks, monitor=monitor)
    with pytest.raises(ArgumentError) as caught:
        pulumi.runtime.test(program)()
    faults = {fault.path: (fault.given, fault.allowed) for fault in caught.value.faults}
    assert len(faults) == len(caught.value.faults), f"an argument has two faults: {caught.value}"
    return Refusal(str(caught.value), faults, monitor.registered())
