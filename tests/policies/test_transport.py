"""Rules of transport, each on programs that it passes and programs that it refuses."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def queue(**properties: Any) -> aws.sqs.Queue:
    return aws.sqs.Queue("jobs", **properties)


def denial(action: str = "sqs:*", **changes: Any) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    } | changes


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def policed(*statements: dict[str, Any]) -> None:
    aws.sqs.QueuePolicy("jobs", queue_url=queue().url, policy=document(*statements))


def policed_by_arn() -> None:
    jobs = queue()
    policy = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [denial(Resource=jobs.arn)]})
    aws.sqs.QueuePolicy("jobs", queue_url=jobs.url, policy=policy)


def topic(*statements: dict[str, Any]) -> None:
    aws.sns.TopicPolicy("news", arn=aws.sns.Topic("news").arn, policy=document(*statements))


def topic_by_arn() -> None:
    news = aws.sns.Topic("news")
    policy = pulumi.Output.json_dumps({"Statement": [denial("sns:Publish", Resource=news.arn)]})
    aws.sns.TopicPolicy("news", arn=news.arn, policy=policy)


def bucket(*statements: dict[str, Any]) -> None:
    aws.s3.BucketPolicy("files", bucket=aws.s3.Bucket("files").id, policy=document(*statements))


def bucket_by_arn() -> None:
    files = aws.s3.Bucket("files")
    policy = pulumi.Output.json_dumps({"Statement": [denial("s3:*", Resource=files.arn)]})
    aws.s3.BucketPolicy("files", bucket=files.id, policy=policy)


MODERN = "ELBSecurityPolicy-TLS13-1-2-2021-06"
FORWARD: Any = {"type": "forward", "target_group_arn": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1"}
REDIRECT = {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}}


def listener(action: Any = FORWARD, *, twin: bool = True, **properties: Any) -> None:
    web = aws.lb.LoadBalancer("web")
    aws.lb.Listener("web", load_balancer_arn=web.arn, default_actions=[action], **properties)
    if twin:
        aws.lb.Listener("tls", load_balancer_arn=web.arn, default_actions=[action], protocol="HTTPS", ssl_policy=MODERN)


def https(**properties: Any) -> Callable[[], None]:
    return lambda: listener(port=443, protocol="HTTPS", certificate_arn="arn:aws:acm:us-east-1:1:cert", **properties)


def http(action: Any = FORWARD, **properties: Any) -> Callable[[], None]:
    return lambda: listener(action, port=80, protocol="HTTP", **properties)


def https_later() -> None:
    https(ssl_policy=later(MODERN))()


def http_later() -> None:
    http(REDIRECT | {"type": later("redirect")})()


def two_balancers() -> None:
    listener(twin=False, port=80)
    api = aws.lb.LoadBalancer("api")
    aws.lb.Listener("tls", load_balancer_arn=api.arn, default_actions=[FORWARD], protocol="HTTPS", ssl_policy=MODERN)


def denied_twice() -> None:
    own = aws.sqs.Queue("jobs", policy=later(document(denial())))
    aws.sqs.QueuePolicy("jobs", queue_url=own.url, policy=document(denial()))


def denied_for_another() -> None:
    queue()
    other = aws.sqs.Queue("other", policy=document(denial()))
    aws.sqs.QueuePolicy("other", queue_url=other.url, policy=document(denial()))


def elsewhere() -> None:
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1"
    aws.lb.Listener("web", load_balancer_arn=arn, port=80, default_actions=[FORWARD])


def no_tls(name: str, action: str) -> tuple[str, str, str, str]:
    allowed = f'a Deny of "{action}" to "*" where aws:SecureTransport is false'
    return name, "policy", "no statement that denies requests without TLS", allowed


ALLOW = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sqs:SendMessage", "Resource": "*"}
NO_TLS = no_tls("jobs", "sqs:*")
OLD_TLS = "a policy of TLS 1.2 or newer"
IN_CLEAR = ("web", "defaultActions[0].type", '"forward"', '"redirect" to HTTPS, or "fixed-response"')

CASES = [
    passes("sec-queue-tls", "a policy that denies", lambda: policed(ALLOW, denial())),
    passes("sec-queue-tls", "a policy on the queue", lambda: queue(policy=document(denial()))),
    passes("sec-queue-tls", "everyone as a list", lambda: policed(denial("SQS:*", Principal={"AWS": ["*"]}))),
    passes("sec-queue-tls", "a policy that names the queue's ARN", policed_by_arn, left=("jobs",)),
    passes(
        "sec-queue-tls",
        "also where the condition may be missing",
        lambda: policed(denial(Condition={"BoolIfExists": {"aws:SecureTransport": "false"}})),
    ),
    refuses("sec-queue-tls", "no policy", queue, NO_TLS),
    refuses("sec-queue-tls", "a policy that only allows", lambda: policed(ALLOW), NO_TLS),
    refuses("sec-queue-tls", "one action denied", lambda: policed(denial("sqs:SendMessage")), NO_TLS),
    refuses("sec-queue-tls", "one account denied", lambda: policed(denial(Principal={"AWS": "123456789012"})), NO_TLS),
    refuses(
        "sec-queue-tls",
        "denied over TLS",
        lambda: policed(denial(Condition={"Bool": {"aws:SecureTransport": "true"}})),
        NO_TLS,
    ),
    refuses("sec-queue-tls", "allowed without TLS", lambda: policed(denial(Effect="Allow")), NO_TLS),
    passes("sec-topic-tls", "a policy that denies", lambda: topic(denial("sns:Publish"))),
    passes("sec-topic-tls", "a policy that names the topic's ARN", topic_by_arn, left=("news",)),
    refuses("sec-topic-tls", "no policy", lambda: aws.sns.Topic("news"), no_tls("news", "sns:Publish")),
    refuses("sec-topic-tls", "another action", lambda: topic(denial("sns:Subscribe")), no_tls("news", "sns:Publish")),
    passes("sec-s3-tls", "a policy that denies", lambda: bucket(denial("s3:*"))),
    passes("sec-s3-tls", "a policy that names the bucket's ARN", bucket_by_arn, left=("files",)),
    refuses("sec-s3-tls", "no policy", lambda: aws.s3.Bucket("files"), no_tls("files", "s3:*")),
    refuses("sec-s3-tls", "one action", lambda: bucket(denial("s3:PutObject")), no_tls("files", "s3:*")),
    passes("sec-tls-policy", "TLS 1.3 and 1.2", https(ssl_policy=MODERN)),
    passes("sec-tls-policy", "TLS 1.3 alone", https(ssl_policy="ELBSecurityPolicy-TLS13-1-3-2021-06")),
    passes("sec-tls-policy", "no TLS", http()),
    passes("sec-tls-policy", "not known", https_later, left=("web",)),
    refuses("sec-tls-policy", "the default", https(), ("web", "sslPolicy", "nothing", OLD_TLS)),
    refuses(
        "sec-tls-policy",
        "TLS 1.0",
        https(ssl_policy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
        ("web", "sslPolicy", '"ELBSecurityPolicy-TLS13-1-0-2021-06"', OLD_TLS),
    ),
    passes("sec-https-redirect", "HTTPS", https()),
    passes("sec-https-redirect", "a redirect", http(REDIRECT)),
    passes("sec-https-redirect", "an answer", http({"type": "fixed-response"})),
    passes("sec-https-redirect", "no HTTPS that it could lead to", http(twin=False)),
    passes(
        "sec-https-redirect",
        "an action that is not known yet",
        http_later,
        left=("web",),
    ),
    passes("sec-https-redirect", "a balancer of another stack", elsewhere, left=("web",), left_after=("web",)),
    refuses("sec-https-redirect", "forwarded", http(), IN_CLEAR),
    refuses(
        "sec-https-redirect",
        "a redirect to HTTP",
        http({"type": "redirect", "redirect": {"host": "shop.example", "status_code": "HTTP_301"}}),
        ("web", "defaultActions[0].type", '"redirect"', IN_CLEAR[3]),
    ),
    passes(
        "sec-queue-tls",
        "a policy on the queue, not known",
        lambda: queue(policy=later(document(denial()))),
        left=("jobs",),
    ),
    passes("sec-queue-tls", "one policy that is not known, and one that denies", denied_twice),
    passes("sec-queue-tls", "each action of each service", lambda: policed(denial("*"))),
    refuses("sec-queue-tls", "the policies of another queue", denied_for_another, NO_TLS),
    passes("sec-topic-tls", "each action of SNS", lambda: topic(denial("SNS:*"))),
    passes(
        "sec-topic-tls", "a policy on the topic", lambda: aws.sns.Topic("news", policy=document(denial("sns:Publish")))
    ),
    passes("sec-s3-tls", "a policy on the bucket", lambda: aws.s3.Bucket("files", policy=document(denial("s3:*")))),
    *(
        passes(
            "sec-tls-policy", f"{name}, by which AWS speaks no TLS 1.1", https(ssl_policy=f"ELBSecurityPolicy-{name}")
        )
        for name in (
            "TLS13-1-2-Res-2021-06",
            "TLS13-1-2-FIPS-2023-04",
            "TLS13-1-3-FIPS-2023-04",
            "TLS-1-2-2017-01",
            "TLS-1-2-Ext-2018-06",
            "FS-1-2-2019-08",
            "FS-1-2-Res-2020-10",
        )
    ),
    *(
        refuses(
            "sec-tls-policy",
            f"{name}, by which AWS speaks TLS 1.1 or 1.0",
            https(ssl_policy=f"ELBSecurityPolicy-{name}"),
            ("web", "sslPolicy", f'"ELBSecurityPolicy-{name}"', OLD_TLS),
        )
        for name in ("2016-08", "TLS13-1-1-2021-06", "TLS-1-1-2017-01", "FS-1-1-2019-08", "FS-2018-06")
    ),
    refuses(
        "sec-tls-policy",
        "a network load balancer",
        lambda: listener(port=443, protocol="TLS"),
        ("web", "sslPolicy", "nothing", OLD_TLS),
    ),
    passes("sec-https-redirect", "HTTPS of another balancer", two_balancers),
    passes("sec-https-redirect", "a network load balancer", lambda: listener(port=80, protocol="TCP")),
    refuses("sec-https-redirect", "a protocol that goes without saying", lambda: listener(port=80), IN_CLEAR),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
