"""Rules of tagging, each on programs that it passes and programs that it refuses."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def queue(tags: Any = None) -> None:
    aws.sqs.Queue("jobs", tags=tags)


def by_provider(everything: Any, own: Any = None) -> None:
    """A queue as the engine shows it: the provider's check adds its `defaultTags` to the queue's own, in `tagsAll`."""

    def check(arguments: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        return pulumi.ResourceTransformationResult({**arguments.props, "tagsAll": everything}, arguments.opts)

    aws.sqs.Queue("jobs", tags=own, opts=pulumi.ResourceOptions(transformations=[check]))


def group(*tags: Any, **properties: Any) -> None:
    aws.autoscaling.Group("web", max_size=4, min_size=2, **({"tags": [*tags]} if tags else {}), **properties)


def owner(*, propagated: Any) -> dict[str, Any]:
    return {"key": "owner", "value": "shop", "propagate_at_launch": propagated}


UNTAGGED: dict[str, Callable[[], object]] = {
    "bucket": lambda: aws.s3.Bucket("bucket"),
    "cache": lambda: aws.elasticache.ReplicationGroup("cache", description="hot"),
    "table": lambda: aws.dynamodb.Table("table", hash_key="id", attributes=[{"name": "id", "type": "S"}]),
    "server": lambda: aws.ec2.Instance("server"),
    "function": lambda: aws.lambda_.Function("function", role="arn:aws:iam::123456789012:role/work"),
    "balancer": lambda: aws.lb.LoadBalancer("balancer"),
    "cluster": lambda: aws.rds.Cluster("cluster", engine="aurora-postgresql"),
    "database": lambda: aws.rds.Instance("database", instance_class="db.m7g.large", engine="postgres"),
    "topic": lambda: aws.sns.Topic("topic"),
}


CASES = [
    passes("tag-required", "none are asked for", queue),
    passes("tag-required", "the one asked for", lambda: queue({"owner": "shop"}), tags=["owner"]),
    passes("tag-required", "not known", lambda: queue(later({"owner": "shop"})), left=("jobs",), tags=["owner"]),
    refuses(
        "tag-required",
        "another one",
        lambda: queue({"team": "shop"}),
        ("jobs", "tags", "no owner", "a tag owner"),
        tags=["owner"],
    ),
    passes("tag-asg-propagate", "its instances have them", lambda: group(owner(propagated=True))),
    passes("tag-asg-propagate", "not known", lambda: group(owner(propagated=later(True))), left=("web",)),
    passes("tag-asg-propagate", "tags not known", lambda: group(later(owner(propagated=True))), left=("web",)),
    refuses(
        "tag-asg-propagate",
        "one that stays with the group",
        lambda: group(owner(propagated=False)),
        ("web", "tags[0].propagateAtLaunch", "false", "true"),
    ),
    refuses(
        "tag-asg-propagate",
        "one after another that is not known",
        lambda: group(owner(propagated=later(True)), owner(propagated=False)),
        ("web", "tags[1].propagateAtLaunch", "false", "true"),
        left=("web",),
    ),
    passes("tag-asg-propagate", "no tags", group),
    *(
        refuses("tag-required", title, program, (title, "tags", "no owner", "a tag owner"), tags=["owner"])
        for title, program in UNTAGGED.items()
    ),
    refuses(
        "tag-required",
        "one of the two asked for",
        lambda: queue({"owner": "shop"}),
        ("jobs", "tags", "no team", "a tag team"),
        tags=["owner", "team"],
    ),
    passes("tag-required", "by the provider", lambda: by_provider({"owner": "shop"}), tags=["owner"]),
    refuses(
        "tag-required",
        "another one by the provider",
        lambda: by_provider({"team": "shop"}),
        ("jobs", "tags", "no owner", "a tag owner"),
        tags=["owner"],
    ),
    passes(
        "tag-required",
        "what the provider adds is not known",
        lambda: by_provider(later({"owner": "shop"}), {"team": "shop"}),
        left=("jobs",),
        tags=["owner"],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
