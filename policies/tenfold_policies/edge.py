"""The edge: CloudFront, and the load balancers that the internet reaches."""

from pulumi_policy import Severity

from .flags import switched_on
from .rule import ADVISORY, Parameter, Settings, control, resource_rule, stack_rule
from .tokens import BUCKET, CLOUDFRONT_DISTRIBUTION, LOAD_BALANCER, WEB_ACL_ASSOCIATION
from .view import Findings, Resource, Stack, Value, attempt, some


@resource_rule(
    "sec-cloudfront-https",
    on=(CLOUDFRONT_DISTRIBUTION,),
    title="CloudFront speaks HTTPS",
    severity=Severity.MEDIUM,
    remediation='Set viewerProtocolPolicy to "redirect-to-https" in each cache behavior.',
    source=control("CloudFront.3", "CKV_AWS_34", practice="SEC09-BP02"),
    safe_to_set="allow-all becomes redirect-to-https: each distribution has a certificate, so all are served there.",
)
def viewers_come_by_https(distribution: Resource, _: Settings) -> Findings:
    """A distribution sends viewers on to HTTPS, or refuses them.

    A session cookie that travels once in clear text is everyone's.
    """
    behaviors = [distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"].items()]
    for behavior in behaviors:
        yield from attempt(_https(behavior["viewerProtocolPolicy"]))


def _https(policy: Value) -> Findings:
    if policy.text() == "allow-all":
        yield policy.violates(
            allowed='"redirect-to-https" or "https-only"',
            fix=f'set {policy.path} to "redirect-to-https".',
            set_to="redirect-to-https",
        )


@resource_rule(
    "sec-cloudfront-tls",
    on=(CLOUDFRONT_DISTRIBUTION,),
    title="CloudFront speaks TLS 1.2 or newer",
    severity=Severity.MEDIUM,
    remediation='Set viewerCertificate.minimumProtocolVersion to "TLSv1.2_2021".',
    source=control("CloudFront.15", "CKV_AWS_174", practice="SEC09-BP02"),
)
def viewers_speak_modern_tls(distribution: Resource, _: Settings) -> Findings:
    """A distribution with a certificate of its own speaks TLS 1.2 or newer.

    Where nothing is said it is TLS 1.0. CloudFront's own certificate leaves no choice.
    """
    certificate = distribution["viewerCertificate"]
    version = certificate["minimumProtocolVersion"]
    if not (certificate["acmCertificateArn"].given or certificate["iamCertificateId"].given):
        return
    if not (version.text() or "").startswith(("TLSv1.2", "TLSv1.3")):
        yield version.violates(
            allowed='"TLSv1.2_2021" or newer', fix='set viewerCertificate.minimumProtocolVersion to "TLSv1.2_2021".'
        )


@resource_rule(
    "sec-cloudfront-origin-tls",
    on=(CLOUDFRONT_DISTRIBUTION,),
    title="CloudFront speaks no broken TLS with origins",
    severity=Severity.MEDIUM,
    remediation='Set customOriginConfig.originSslProtocols to ["TLSv1.2"].',
    source=control("CloudFront.10", "CKV2_AWS_72", practice="SEC09-BP02"),
)
def origins_speak_modern_tls(distribution: Resource, _: Settings) -> Findings:
    """A distribution speaks no protocol with its origins that can be broken.

    The way from the edge to the origin crosses the internet, too.
    """
    for origin in distribution["origins"].items():
        yield from attempt(_modern(origin["customOriginConfig.originSslProtocols"]))


def _modern(protocols: Value) -> Findings:
    old = sorted(set(protocols.texts()) - {"TLSv1.2", "TLSv1.3"})
    if old:
        yield protocols.violates(found=", ".join(old), allowed="TLSv1.2", fix=f'set {protocols.path} to ["TLSv1.2"].')


@stack_rule(
    "sec-cloudfront-oac",
    on=(CLOUDFRONT_DISTRIBUTION,),
    title="CloudFront proves to S3 who it is",
    severity=Severity.MEDIUM,
    remediation="Create an OriginAccessControl and set originAccessControlId of each origin in S3 to it.",
    source=control("CloudFront.13", "CKV2_AWS_46", practice="SEC03-BP07"),
)
def origin_knows_cloudfront(distribution: Resource, stack: Stack, _: Settings) -> Findings:
    """A distribution signs its requests to buckets.

    Otherwise the bucket has to be public, and everyone goes around the edge.
    """
    made_from_bucket = bool(stack.links(distribution["origins"], BUCKET).resources)
    for origin in distribution["origins"].items():
        yield from attempt(_signed(origin, possibly=made_from_bucket))


def _signed(origin: Value, *, possibly: bool) -> Findings:
    if any(origin[name].given for name in ("originAccessControlId", "s3OriginConfig", "customOriginConfig")):
        return
    name = origin["domainName"]
    if (possibly and name.unknown) or ".s3" in (name.text() or ""):
        yield origin["originAccessControlId"].violates(
            allowed="an OriginAccessControl", fix="create one and set originAccessControlId to its id."
        )


@stack_rule(
    "sec-waf",
    on=(CLOUDFRONT_DISTRIBUTION, LOAD_BALANCER),
    title="A firewall stands before the internet's doors",
    severity=Severity.MEDIUM,
    remediation="Set webAclId of the distribution, or create a WebAclAssociation for the load balancer.",
    source=control("ELB.16", "CKV2_AWS_28", "CKV_AWS_68", practice="SEC05-BP03"),
    level=ADVISORY,
    parameters=(Parameter("doors", [], "The distributions and load balancers, by their names in the program."),),
)
def firewall_stands_before(door: Resource, stack: Stack, settings: Settings) -> Findings:
    """A distribution or load balancer that the stack names has a web firewall.

    A flood or a known attack ends there and not in the tier; so says CloudFront.6, too. A balancer behind a
    distribution of this stack has its firewall there. A firewall costs by the request: which doors have one, the stack
    says.
    """
    if door.name not in settings.texts("doors"):
        return
    if door.type == CLOUDFRONT_DISTRIBUTION:
        acl = door["webAclId"]
        if not acl.given:
            yield acl.violates(allowed="the ARN of a web ACL", fix="set webAclId.")
        return
    if door["loadBalancerType"].text() not in {None, "application"} or door["internal"].flag() is True:
        return
    behind = any(
        door in stack.links(each["origins"], LOAD_BALANCER).resources for each in stack.of(CLOUDFRONT_DISTRIBUTION)
    )
    if not behind and not some(stack.referrers(door, WEB_ACL_ASSOCIATION, "resourceArn")):
        yield door["arn"].violates(
            found="no web ACL", allowed="a WebAclAssociation", fix="create a WebAclAssociation with this ARN."
        )


@resource_rule(
    "sec-alb-headers",
    on=(LOAD_BALANCER,),
    title="Load balancers drop what is no header",
    severity=Severity.MEDIUM,
    remediation='Set dropInvalidHeaderFields to true and desyncMitigationMode to "defensive" or "strictest".',
    source=control("ELB.4", "CKV_AWS_131", "CKV_AWS_328", practice="SEC05-BP03"),
    safe_to_set="Invalid headers are dropped, and monitor becomes defensive: what follows the standard still passes.",
)
def balancer_drops_invalid_headers(balancer: Resource, _: Settings) -> Findings:
    """An application load balancer passes on no header or request that servers understand differently.

    Where the balancer and the server disagree on where a request ends, one user's request ends up in another one's.
    So says ELB.12, too.
    """
    if balancer["loadBalancerType"].text() not in {None, "application"}:
        return
    yield from attempt(switched_on(balancer["dropInvalidHeaderFields"]))
    mode = balancer["desyncMitigationMode"]
    if mode.text() == "monitor":
        fix = 'set desyncMitigationMode to "defensive".'
        yield mode.violates(allowed='"defensive" or "strictest"', fix=fix, set_to="defensive")


@resource_rule(
    "sec-alb-logs",
    on=(LOAD_BALANCER,),
    title="Load balancers keep what they were asked",
    severity=Severity.MEDIUM,
    remediation="Set accessLogs.bucket to a bucket that the balancer may write to, and accessLogs.enabled to true.",
    source=control("ELB.5", "CKV_AWS_91", practice="SEC04-BP01"),
)
def balancer_logs_requests(balancer: Resource, _: Settings) -> Findings:
    """An application load balancer logs its requests.

    Who asked for what, and which server answered how slowly, is asked after an attack or an outage, when it is too late
    to begin. A bucket alone logs nothing: `enabled` is false where nothing is said.
    """
    if balancer["loadBalancerType"].text() in {None, "application"}:
        yield from switched_on(balancer["accessLogs.enabled"], "set accessLogs to a bucket, with enabled true.")
