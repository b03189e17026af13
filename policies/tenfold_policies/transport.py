"""Transport: what travels to AWS's services, and to our own doors, does so over TLS."""

from pulumi_policy import Severity

from .documents import denies_plain_text
from .rule import Settings, Source, control, resource_rule, stack_rule
from .tokens import BUCKET, BUCKET_POLICY, LISTENER, LOAD_BALANCER, QUEUE, QUEUE_POLICY, SNS_TOPIC, SNS_TOPIC_POLICY
from .view import Findings, Resource, Stack, Undecided, Value, some


@stack_rule(
    "sec-queue-tls",
    on=(QUEUE,),
    title="Queues refuse connections without TLS",
    severity=Severity.MEDIUM,
    remediation="Attach a QueuePolicy that denies sqs:* to everyone where aws:SecureTransport is false.",
    source=Source(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
        well_architected="SEC09-BP02",
    ),
)
def queue_requires_tls(queue: Resource, stack: Stack, _: Settings) -> Findings:
    """A queue denies requests that do not come over TLS.

    A message in clear text can be read and changed by whoever carries it.
    """
    yield from _refuses_plain_text(queue, stack, (QUEUE_POLICY, "queueUrl"), "sqs:*")


@stack_rule(
    "sec-topic-tls",
    on=(SNS_TOPIC,),
    title="Topics refuse connections without TLS",
    severity=Severity.MEDIUM,
    remediation="Attach a TopicPolicy that denies sns:Publish to everyone where aws:SecureTransport is false.",
    source=Source(
        "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html", well_architected="SEC09-BP02"
    ),
)
def topic_requires_tls(topic: Resource, stack: Stack, _: Settings) -> Findings:
    """A topic denies messages that do not come over TLS.

    A message in clear text can be read and changed by whoever carries it, before it goes to all subscribers.
    """
    yield from _refuses_plain_text(topic, stack, (SNS_TOPIC_POLICY, "arn"), "sns:Publish")


@stack_rule(
    "sec-s3-tls",
    on=(BUCKET,),
    title="Buckets refuse connections without TLS",
    severity=Severity.MEDIUM,
    remediation="Attach a BucketPolicy that denies s3:* to everyone where aws:SecureTransport is false.",
    source=control("S3.5", "CKV_AWS_379", practice="SEC09-BP02"),
)
def bucket_requires_tls(bucket: Resource, stack: Stack, _: Settings) -> Findings:
    """A bucket denies requests that do not come over TLS.

    S3 still answers HTTP; an object in clear text can be read and changed by whoever carries it.
    """
    yield from _refuses_plain_text(bucket, stack, (BUCKET_POLICY, "bucket"), "s3:*")


def _refuses_plain_text(resource: Resource, stack: Stack, policies: tuple[str, str], action: str) -> Findings:
    """A violation unless the resource's own policy, or one attached to it, denies an action without TLS."""
    denied = {action.lower(), f"{action.partition(':')[0]}:*"}
    own = resource["policy"]
    doubt = Undecided(own) if own.unknown else None
    if doubt is None and denies_plain_text(own, denied):
        return
    if not some(stack.referrers(resource, *policies), lambda policy: denies_plain_text(policy["policy"], denied)):
        if doubt is not None:
            raise doubt
        yield own.violates(
            found="no statement that denies requests without TLS",
            allowed=f'a Deny of "{action}" to "*" where aws:SecureTransport is false',
            fix=f"create a {policies[0].rpartition(':')[2]} with that statement.",
        )


_NO_OLD_TLS = ("-TLS13-1-2-", "-TLS13-1-3-", "-TLS-1-2-", "-FS-1-2-")


@resource_rule(
    "sec-tls-policy",
    on=(LISTENER,),
    title="Load balancers speak TLS 1.2 or newer",
    severity=Severity.MEDIUM,
    remediation="Set sslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06.",
    source=control("ELB.17", "CKV_AWS_103", "CKV2_AWS_74", practice="SEC09-BP02"),
    safe_to_set="sslPolicy becomes one of TLS 1.2 and 1.3: open connections stay, new ones need a client since 2014.",
)
def listener_speaks_modern_tls(listener: Resource, _: Settings) -> Findings:
    """A listener with a certificate speaks TLS 1.2 or newer.

    The policy that AWS chooses where none is named still speaks TLS 1.0, which can be broken.
    """
    if listener["protocol"].text() not in {"HTTPS", "TLS"}:
        return
    policy = listener["sslPolicy"]
    if not any(part in (policy.text() or "") for part in _NO_OLD_TLS):
        modern = "ELBSecurityPolicy-TLS13-1-2-2021-06"
        yield policy.violates(allowed="a policy of TLS 1.2 or newer", fix=f"set sslPolicy to {modern}.", set_to=modern)


@stack_rule(
    "sec-https-redirect",
    on=(LISTENER,),
    title="Load balancers send HTTP on to HTTPS",
    severity=Severity.MEDIUM,
    remediation="Make the default action of the HTTP listener a redirect to HTTPS.",
    source=control("ELB.1", "CKV_AWS_2", "CKV2_AWS_20", practice="SEC09-BP02"),
)
def http_leads_to_https(listener: Resource, stack: Stack, _: Settings) -> Findings:
    """Where a load balancer speaks HTTPS, its HTTP does nothing but send callers on to it, or away.

    A session cookie that travels once in clear text is everyone's.
    """
    if listener["protocol"].text() not in {None, "HTTP"}:
        return
    for action in listener["defaultActions"].items():
        if not _leads_away(action) and _balancer_speaks_https(listener, stack):
            yield action["type"].violates(
                allowed='"redirect" to HTTPS, or "fixed-response"', fix="make this action a redirect to HTTPS."
            )


def _balancer_speaks_https(listener: Resource, stack: Stack) -> bool:
    balancer = stack.links(listener["loadBalancerArn"], LOAD_BALANCER).one()
    return some(stack.referrers(balancer, LISTENER, "loadBalancerArn"), _speaks_https)


def _speaks_https(listener: Resource) -> bool:
    return listener["protocol"].text() == "HTTPS"


def _leads_away(action: Value) -> bool:
    return action["type"].text() == "fixed-response" or action["redirect.protocol"].text() == "HTTPS"
