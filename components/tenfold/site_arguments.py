"""What a static site is made from: its arguments, and what is wrong with some of them."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs
from tenfold.arguments import bounded, is_known
from tenfold.domain import DomainArgs, domain_faults
from tenfold.errors import Fault
from tenfold.site_buckets import StaticSiteBucketArgs
from tenfold.site_content import StaticSiteCacheRuleArgs, content_faults
from tenfold.site_distribution import StaticSitePriceClass
from tenfold.site_headers import StaticSiteHeadersArgs, header_faults
from tenfold.web_acl import WebAclArgs, web_acl_faults


class StaticSiteRouting(StrEnum):
    """Which file a path stands for."""

    PAGES = "pages"
    """`/about` is the file `about/index.html`; what is not there is answered with the page for that, and 404."""
    HTML_FILES = "html_files"
    """`/about` is the file `about.html`, as Next.js exports it; what is not there is answered as with `pages`."""
    SINGLE_PAGE = "single_page"
    """A path without a file is answered with `index.html`, whose program knows what to show."""


class StaticSiteArgs(TypedDict):
    """Arguments of `StaticSite`."""

    content: NotRequired[str]
    """The folder to publish, `public`, up to 2000 files, dotfiles left out; none by default: CI puts files there."""
    routing: NotRequired[StaticSiteRouting]
    """Which file a path stands for: `pages`, `html_files` or `single_page`; `pages` by default."""
    not_found_page: NotRequired[str]
    """The page that says that there is none, in the folder, unless it is a single page; `404.html` by default."""
    cache_rules: NotRequired[list[StaticSiteCacheRuleArgs]]
    """How long files may be cached, the first rule that fits; by default a year if their name says what is in them."""
    headers: NotRequired[StaticSiteHeadersArgs]
    """The security headers of each answer; by default all that break no page."""
    domain: NotRequired[DomainArgs]
    """The site's own name; by default it is reached under CloudFront's."""
    redirect_aliases: NotRequired[bool]
    """Whether the domain's aliases lead to its name, so that each page has one address; true by default."""
    web_acl: NotRequired[WebAclArgs]
    """The firewall in front of it, `{}` for its defaults; none by default."""
    web_acl_arn: NotRequired[pulumi.Input[str]]
    """The ARN of a firewall that exists, of the scope CLOUDFRONT; none by default."""
    access_log_days: NotRequired[int]
    """How many days access logs are kept, 1 to 3650, or 0 for no logs; 90 by default."""
    failover_region: NotRequired[str]
    """A second region that the files are copied to and served from while the first fails; none by default."""
    bucket: NotRequired[StaticSiteBucketArgs]
    """A bucket that exists, whose owner adds `bucket_policy_json` to its policy; by default the site has its own."""
    price_class: NotRequired[StaticSitePriceClass]
    """From where in the world it is served: `all`, `most` or `cheapest`; `all` by default."""
    deletion_protection: NotRequired[bool]
    """Whether its buckets can only be deleted once they are empty; true by default."""
    error_alarm_percent: NotRequired[pulumi.Input[float]]
    """How many of a hundred requests may fail before the alarm, 0.01 to 100 percent; 1 by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom the alarm notifies, topics in us-east-1, where CloudFront's metrics are, and whether it is made."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them; with a content at most 10, which is what S3's objects can have."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"distribution": {"http_version": "http2"}}`."""


# The longest names on AWS are those of log deliveries, of 60 characters, and of buckets, of 63.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,35}")
_PAGE = re.compile(r"[^/\s*?]\S{0,250}\.html?")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_WEB_ACL = re.compile(r"arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global/webacl/[\w-]+/[\w-]+")
EDGE_REGION = "us-east-1"
"""Where CloudFront is, with its certificates, its firewalls and its metrics."""


def redirected_names(args: StaticSiteArgs) -> Sequence[str]:
    """The names that lead to the domain's own."""
    if "domain" not in args or not args.get("redirect_aliases", True):
        return []
    return args["domain"].get("aliases", [])


def name_faults(name: str) -> Iterable[Fault]:
    """What is wrong with the component's name."""
    if not _NAME.fullmatch(name):
        allowed = "1 to 36 letters, digits and hyphens, not starting with a hyphen: names on AWS are made from it"
        yield Fault("name", f"{name!r} is given", allowed)


def _content_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    if "content" in args:
        yield from content_faults("content", args["content"])


def _rule_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    for index, rule in enumerate(args.get("cache_rules", [])):
        if not rule["glob"] or rule["glob"].startswith("/"):
            allowed = "a path in the folder, without a slash at its start: assets/*"
            yield Fault(f"cache_rules[{index}].glob", f"{rule['glob']!r} is given", allowed)
        if not rule.get("cache_control", "no-cache").strip():
            yield Fault(f"cache_rules[{index}].cache_control", "it is empty", "a Cache-Control header: no-store")


def _page_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    page = args.get("not_found_page")
    if page is None:
        return
    if not _PAGE.fullmatch(page):
        yield Fault("not_found_page", f"{page!r} is given", "a page in the folder: errors/404.html")
    elif args.get("routing") is StaticSiteRouting.SINGLE_PAGE:
        yield Fault(
            "not_found_page", f"{page!r} is given beside routing single_page", "nothing, or routing pages or html_files"
        )
    elif "content" in args and Path(args["content"]).is_dir() and not (Path(args["content"]) / page).is_file():
        yield Fault("not_found_page", f"{page!r} is given, and is not in {args['content']!r}", "a page in the folder")


def _header_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    yield from header_faults(args.get("headers", StaticSiteHeadersArgs()))


def _domain_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    if "domain" not in args:
        return
    domain = args["domain"]
    yield from domain_faults(domain, region=EDGE_REGION)
    if domain["name"].startswith("*.") and redirected_names(args):
        allowed = "a name that the aliases can lead to, or redirect_aliases false"
        yield Fault("redirect_aliases", f"the domain's name is {domain['name']!r}", allowed)


def _web_acl_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    if "web_acl" in args:
        yield from web_acl_faults(args["web_acl"])
    arn = args.get("web_acl_arn")
    if arn is None:
        return
    if "web_acl" in args:
        yield Fault("web_acl_arn", "it is given beside web_acl", "one of the two")
    elif isinstance(arn, str) and is_known(arn) and not _WEB_ACL.fullmatch(arn):
        allowed = "a web ACL of CloudFront's: arn:aws:wafv2:us-east-1:123456789012:global/webacl/..."
        yield Fault("web_acl_arn", f"{arn!r} is given", allowed)


def _bucket_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    region = args.get("failover_region")
    if region is not None and not _REGION.fullmatch(region):
        yield Fault("failover_region", f"{region!r} is given", "the name of a region: eu-central-1")
    elif region is not None and "bucket" in args:
        yield Fault("failover_region", "it is given beside bucket", "one of the two: others' buckets are not copied")
    if "bucket" in args and not _REGION.fullmatch(args["bucket"]["region"]):
        yield Fault("bucket.region", f"{args['bucket']['region']!r} is given", "the name of a region: eu-central-1")


def _number_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    yield from bounded("access_log_days", args.get("access_log_days"), 0, 3650, "days")


def _alarm_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    yield from bounded("error_alarm_percent", args.get("error_alarm_percent"), 0.01, 100, "percent")


def _topic_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    for key, topic in args.get("alarms", {}).items():
        if isinstance(topic, str) and is_known(topic) and topic.split(":")[3:4] != [EDGE_REGION]:
            allowed = "a topic in us-east-1, where CloudFront's metrics are"
            yield Fault(f"alarms.{key}", f"{topic!r} is given", allowed)


def _tag_faults(args: StaticSiteArgs) -> Iterable[Fault]:
    tags = args.get("tags", {})
    if "content" in args and len(tags) > 10:
        yield Fault("tags", f"{len(tags)} are given", "up to 10 with a content: an object in S3 has no more")


RULES = (
    _content_faults,
    _rule_faults,
    _page_faults,
    _header_faults,
    _domain_faults,
    _web_acl_faults,
    _bucket_faults,
    _number_faults,
    _alarm_faults,
    _topic_faults,
    _tag_faults,
)
"""What types cannot say of the arguments."""
