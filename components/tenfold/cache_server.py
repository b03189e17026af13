"""What a cache runs on, whichever it is: nodes or none."""

from dataclasses import dataclass
from typing import Any

import pulumi

from tenfold.cache_arguments import CacheArgs, CacheEngine

PORT = 6379
_DEFAULT_VERSIONS = {CacheEngine.VALKEY: "8.1", CacheEngine.REDIS: "7.1"}


@dataclass(frozen=True)
class CachePlace:
    """Where a cache is and who signs in, which it is made with.

    Attributes:
        identifier: Its name on AWS.
        group_ids: The ids of its security groups.
        user_group_id: The id of the group of its users.
    """

    identifier: pulumi.Output[str]
    group_ids: list[pulumi.Input[str]]
    user_group_id: pulumi.Output[str]


@dataclass(frozen=True)
class CacheServer:
    """A cache that clients can find.

    Attributes:
        arn: Its ARN.
        endpoint: The host that reads and writes.
        reader_endpoint: The host that only reads.
        port: The port of the first.
        reader_port: The port of the second.
        members: The names of its nodes; none where it is serverless.
    """

    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    reader_endpoint: pulumi.Output[str]
    port: pulumi.Output[int]
    reader_port: pulumi.Output[int]
    members: pulumi.Output[Any]


def engine_of(args: CacheArgs) -> CacheEngine:
    """What it speaks."""
    return args.get("engine", CacheEngine.VALKEY)


def version_of(args: CacheArgs) -> str:
    """The version of its engine."""
    return args.get("engine_version", _DEFAULT_VERSIONS[engine_of(args)])


def major_version(args: CacheArgs) -> str:
    """The first number of its version, which parameter groups and serverless caches go by."""
    return version_of(args).partition(".")[0]


def is_serverless(args: CacheArgs) -> bool:
    """Whether it has no nodes."""
    return "serverless" in args


def replicas_of(args: CacheArgs) -> int:
    """How many replicas each primary has."""
    return args.get("nodes", {}).get("replicas", 1)


def shards_of(args: CacheArgs) -> int | None:
    """How many shards it has; None where it is no cluster."""
    return args.get("nodes", {}).get("shards")
