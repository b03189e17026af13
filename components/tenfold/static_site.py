"""A site of files: pages and assets that a content delivery network serves, and no server of yours.

*Scaling on AWS (Part 4): > One Million Users* takes load off the tiers before it adds more of them: what is the same
for everybody comes from Amazon S3 through Amazon CloudFront, at the edge nearest to each user.

See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/getting-started-secure-static-website-cloudformation-template.html.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.alarms import alarm_faults
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.domain import DOMAIN_CHILDREN, alias_records, domain_certificate, domain_names
from tenfold.grants import grant
from tenfold.site_access_logs import access_logs
from tenfold.site_alarms import site_alarms
from tenfold.site_arguments import (
    EDGE_REGION,
    RULES,
    StaticSiteArgs,
    StaticSiteRouting,
    name_faults,
    redirected_names,
)
from tenfold.site_buckets import (
    SiteBucket,
    bucket_policy,
    deploy_policy,
    existing_bucket,
    replicate,
    site_bucket,
)
from tenfold.site_content import site_files, upload
from tenfold.site_distribution import (
    ErrorPage,
    StaticSitePriceClass,
    distribution,
    edge_function,
    origin_access,
)
from tenfold.site_function import PagePaths, viewer_function
from tenfold.site_headers import StaticSiteHeadersArgs, response_headers
from tenfold.web_acl import WEB_ACL_CHILDREN, WebAclScope, web_acl

_CHILDREN: Children = {
    "bucket": aws.s3.Bucket,
    "bucket-access": aws.s3.BucketPublicAccessBlock,
    "bucket-versioning": aws.s3.BucketVersioning,
    "bucket-lifecycle": aws.s3.BucketLifecycleConfiguration,
    "bucket-policy": aws.s3.BucketPolicy,
    "failover-bucket": aws.s3.Bucket,
    "failover-bucket-access": aws.s3.BucketPublicAccessBlock,
    "failover-bucket-versioning": aws.s3.BucketVersioning,
    "failover-bucket-lifecycle": aws.s3.BucketLifecycleConfiguration,
    "failover-bucket-policy": aws.s3.BucketPolicy,
    "replication": aws.s3.BucketReplicationConfig,
    "replication-role": aws.iam.Role,
    "replication-policy": aws.iam.RolePolicy,
    "file": aws.s3.BucketObjectv2,
    "origin-access": aws.cloudfront.OriginAccessControl,
    "viewer-function": aws.cloudfront.Function,
    "headers": aws.cloudfront.ResponseHeadersPolicy,
    "distribution": aws.cloudfront.Distribution,
    "log-bucket": aws.s3.Bucket,
    "log-bucket-access": aws.s3.BucketPublicAccessBlock,
    "log-bucket-lifecycle": aws.s3.BucketLifecycleConfiguration,
    "log-bucket-policy": aws.s3.BucketPolicy,
    "log-source": aws.cloudwatch.LogDeliverySource,
    "log-destination": aws.cloudwatch.LogDeliveryDestination,
    "log-delivery": aws.cloudwatch.LogDelivery,
    "error-alarm": aws.cloudwatch.MetricAlarm,
    "deploy-grant": aws.iam.RolePolicy,
    **DOMAIN_CHILDREN,
    "web-acl": WEB_ACL_CHILDREN["web-acl"],
}
_PATHS = {
    StaticSiteRouting.PAGES: PagePaths.FOLDERS,
    StaticSiteRouting.HTML_FILES: PagePaths.FILES,
    StaticSiteRouting.SINGLE_PAGE: PagePaths.AS_THEY_ARE,
}


class StaticSite(pulumi.ComponentResource):
    """A site of files in a private bucket, which CloudFront serves everywhere, over HTTPS alone.

    By default it publishes pages: `/about` is `about/index.html`. Files whose name says what is in them are cached for
    a year; all others are asked for again each time, so that what is new shows within a second and nothing has to be
    invalidated. Answers are compressed, come over HTTP/2 and HTTP/3, IPv4 and IPv6, and have the security headers that
    break no page. Files that were replaced are kept for 30 days, access logs for 90. There is an alarm on requests that
    fail.

    Each file of `content` is a resource, so that a preview tells which of them change. From about a thousand files on,
    leave it out and have CI put them there: `deploy_policy_json` is all that `aws s3 sync` and an invalidation need.
    Files that CI sends without a Cache-Control are cached for a day. A second region that is added later gets the files
    of `content` at once, and those that CI sent once they are sent again.
    """

    url: pulumi.Output[str]
    """The site's address, `https://www.example.com`."""
    domain_name: pulumi.Output[str]
    """CloudFront's name for it, `d111111abcdef8.cloudfront.net`."""
    zone_id: pulumi.Output[str]
    """The zone of that name, for records that are kept elsewhere."""
    distribution_id: pulumi.Output[str]
    """The distribution's id, for invalidations."""
    distribution_arn: pulumi.Output[str]
    """The distribution's ARN."""
    bucket_name: pulumi.Output[str]
    """The bucket that the files are in."""
    bucket_arn: pulumi.Output[str]
    """The bucket's ARN."""
    bucket_policy_json: pulumi.Output[str]
    """What the bucket's policy has to say for the distribution to read it; it does, if the bucket is the site's own."""
    failover_bucket_name: pulumi.Output[str]
    """The bucket in the second region; empty without one."""
    log_bucket_name: pulumi.Output[str]
    """The bucket that access logs go to; empty without them."""
    certificate_arn: pulumi.Output[str]
    """The ARN of its certificate; empty without a domain."""
    web_acl_arn: pulumi.Output[str]
    """The ARN of the firewall in front of it; empty without one."""
    deploy_policy_json: pulumi.Output[str]
    """The IAM policy of those who publish files: put, delete, list, and invalidate."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARN of its alarm, `error-alarm`; empty without it."""

    def __init__(self, name: str, args: StaticSiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        rules = (lambda _: name_faults(name), *RULES, partial(alarm_faults, children=_CHILDREN))
        args = checked("StaticSite", name, StaticSiteArgs, args, _CHILDREN, *rules)
        super().__init__("tenfold:index:StaticSite", name, {**args}, inherited(name, args, _CHILDREN, opts))

        buckets = _buckets(self, args)
        acl_arn = _firewall(self, args)
        certificate_arn = _certificate(self, args)
        served = _distribution(self, args, buckets, acl_arn, certificate_arn)
        policy = _let_read(self, buckets, served)
        logs = _logs(self, args, served)
        _records(self, args, served)
        _upload(self, args, buckets)
        self.alarm_arns = site_alarms(self, args, served)

        nothing = pulumi.Output.from_input("")
        self.url = pulumi.Output.concat("https://", args["domain"]["name"] if "domain" in args else served.domain_name)
        self.domain_name = served.domain_name
        self.zone_id = served.hosted_zone_id
        self.distribution_id = served.id
        self.distribution_arn = served.arn
        self.bucket_name = buckets.main.name
        self.bucket_arn = buckets.main.arn
        self.bucket_policy_json = policy
        self.failover_bucket_name = buckets.failover.name if buckets.failover else nothing
        self.log_bucket_name = logs.name if logs else nothing
        self.certificate_arn = certificate_arn or nothing
        self.web_acl_arn = acl_arn or nothing
        arns = pulumi.Output.all(buckets.main.arn, served.arn)
        self.deploy_policy_json = arns.apply(lambda both: deploy_policy(*both))
        self.register_outputs({output: getattr(self, output) for output in StaticSite.__annotations__})

    def grant_deploy(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role publish files, and invalidate what is cached of them."""
        return grant(self, "deploy-grant", role, self.deploy_policy_json)


class _Buckets(NamedTuple):
    """Where a site's files are, and what has to be there before they are put there."""

    main: SiteBucket
    failover: SiteBucket | None
    ready: Sequence[pulumi.Resource]
    is_own: bool


def _buckets(site: StaticSite, args: StaticSiteArgs) -> _Buckets:
    if "bucket" in args:
        return _Buckets(existing_bucket(args["bucket"]), None, [], is_own=False)
    make = partial(site_bucket, site, force_destroy=not args.get("deletion_protection", True))
    main, versioning = make("bucket", region=None)
    if "failover_region" not in args:
        return _Buckets(main, None, [], is_own=True)
    copy, its_versioning = make("failover-bucket", region=args["failover_region"])
    return _Buckets(main, copy, [replicate(site, main, copy, [versioning, its_versioning])], is_own=True)


def _firewall(site: StaticSite, args: StaticSiteArgs) -> pulumi.Output[str] | None:
    if "web_acl" in args:
        return web_acl(site, args["web_acl"], WebAclScope.CLOUDFRONT).arn
    return pulumi.Output.from_input(args["web_acl_arn"]) if "web_acl_arn" in args else None


def _certificate(site: StaticSite, args: StaticSiteArgs) -> pulumi.Output[str] | None:
    return domain_certificate(site, args["domain"], region=EDGE_REGION) if "domain" in args else None


def _distribution(
    site: StaticSite,
    args: StaticSiteArgs,
    buckets: _Buckets,
    acl_arn: pulumi.Output[str] | None,
    certificate_arn: pulumi.Output[str] | None,
) -> aws.cloudfront.Distribution:
    domain = args.get("domain")
    paths = _PATHS[args.get("routing", StaticSiteRouting.PAGES)]
    code = viewer_function(paths, moved=redirected_names(args), home=domain["name"] if domain else "")
    return distribution(
        site,
        buckets.main,
        buckets.failover,
        access=origin_access(site),
        function=edge_function(site, code),
        headers=response_headers(site, args.get("headers", StaticSiteHeadersArgs())),
        names=domain_names(domain) if domain else [],
        certificate_arn=certificate_arn,
        web_acl_arn=acl_arn,
        error_page=_error_page(args),
        # What a firewall forbids must stay forbidden; without one, S3 alone can say so.
        missing=[404] if acl_arn else [403, 404],
        price_class=args.get("price_class", StaticSitePriceClass.ALL),
    )


def _error_page(args: StaticSiteArgs) -> ErrorPage:
    if args.get("routing") is StaticSiteRouting.SINGLE_PAGE:
        # Kept at the edge, it would be the page of the deployment before.
        return ErrorPage("/index.html", status=200, cached_seconds=0)
    return ErrorPage(f"/{args.get('not_found_page', '404.html')}", status=404, cached_seconds=10)


def _let_read(site: StaticSite, buckets: _Buckets, served: aws.cloudfront.Distribution) -> pulumi.Output[str]:
    """The policy that the main bucket needs, which it has where it is the site's own."""
    own = {"bucket": buckets.main, "failover-bucket": buckets.failover} if buckets.is_own else {}
    for kind, bucket in own.items():
        if bucket:
            aws.s3.BucketPolicy(
                f"{site.pulumi_resource_name}-{kind}-policy",
                bucket=bucket.name,
                policy=_reading(bucket, served),
                region=bucket.region,
                opts=pulumi.ResourceOptions(parent=site),
            )
    return _reading(buckets.main, served)


def _reading(bucket: SiteBucket, served: aws.cloudfront.Distribution) -> pulumi.Output[str]:
    return pulumi.Output.all(bucket.arn, served.arn).apply(lambda arns: bucket_policy(*arns))


def _logs(site: StaticSite, args: StaticSiteArgs, served: aws.cloudfront.Distribution) -> SiteBucket | None:
    days = args.get("access_log_days", 90)
    if days == 0:
        return None
    return access_logs(site, served, days=days, force_destroy=not args.get("deletion_protection", True))


def _records(site: StaticSite, args: StaticSiteArgs, served: aws.cloudfront.Distribution) -> None:
    if "domain" in args:
        alias_records(site, args["domain"], dns_name=served.domain_name, zone_id=served.hosted_zone_id)


def _upload(site: StaticSite, args: StaticSiteArgs, buckets: _Buckets) -> None:
    if "content" not in args:
        return
    upload(
        site,
        site_files(args["content"], args.get("cache_rules", [])),
        bucket=buckets.main.name,
        region=buckets.main.region,
        # What S3 copies is what changes after it was told to: a new failover region changes each file.
        metadata={"failover-region": args["failover_region"]} if "failover_region" in args else None,
        after=buckets.ready,
    )
