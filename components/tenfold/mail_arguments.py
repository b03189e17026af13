"""What a mailer is told: its domain, whom it sends as, what it sends, and what it does with mail that comes back."""

import re
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from tenfold.alarms import AlarmsArgs

CONFIGURATION_SET_NAME_LIMIT = 64


class MailerDmarcPolicy(StrEnum):
    """What receivers do with mail in the domain's name that is neither signed by it nor sent from its servers."""

    NONE = "none"
    """They deliver it, and only tell of it."""
    QUARANTINE = "quarantine"
    """They put it into the folder for spam."""
    REJECT = "reject"
    """They refuse it."""


class MailerDmarcArgs(TypedDict):
    """The domain's DMARC record, which covers all that is sent in its name, by whomever."""

    policy: NotRequired[MailerDmarcPolicy]
    """What receivers do with what is not the domain's: `none`, `quarantine` or `reject`; `quarantine` by default.
    Begin with `none` where other services send in the domain's name too, until their reports are clean."""
    report_addresses: NotRequired[list[str]]
    """The mail addresses that get the receivers' daily reports; nobody by default. One of another domain needs a record
    there that allows it."""
    record: NotRequired[bool]
    """Whether the record is the mailer's; true by default. False where the domain has one already."""


class MailerTemplateArgs(TypedDict):
    """One mail with places to fill, in the language of Handlebars: `Dear {{name}}`."""

    subject: pulumi.Input[str]
    """The subject, one line."""
    html: NotRequired[pulumi.Input[str]]
    """The body as HTML; none by default. One of html and text is given, or better both."""
    text: NotRequired[pulumi.Input[str]]
    """The body as plain text, for readers that show no HTML; none by default."""


class MailerFeedbackArgs(TypedDict):
    """What is done with bounces and complaints."""

    soft_bounce_limit: NotRequired[int]
    """How many mails to an address may bounce softly, such as from a full mailbox, before it gets none for some days, 1
    to 100; 5 by default."""
    soft_bounce_days: NotRequired[int]
    """Within how many days they count, and for how many the address then gets no mail, 1 to 90; 7 by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How many days the function's logs are kept, one of the numbers CloudWatch Logs knows; 30 by default."""


class MailerArgs(TypedDict):
    """Arguments of `Mailer`. What decides which resources there are is a plain value."""

    domain: str
    """The domain that mail is sent from, `example.com`; another one is another identity, to be proved anew."""
    zone_id: NotRequired[pulumi.Input[str]]
    """The id of the domain's hosted zone in Route 53, which its records are written to; without it they are for you to
    write, as the output `dns_records` names them."""
    from_addresses: NotRequired[list[str]]
    """The addresses that may be sent from, of the domain or below it, the usual one first; `no-reply@` the domain by
    default."""
    mail_from_subdomain: NotRequired[str]
    """The name below the domain that bounces come back to, and that nothing else uses; `bounce` by default."""
    dmarc: NotRequired[MailerDmarcArgs]
    """What the world is told to do with forged mail; to put it into the folder for spam by default."""
    sandbox_addresses: NotRequired[list[str]]
    """Mail addresses of testers: in its sandbox SES delivers to proved addresses alone. Each gets a mail with a link;
    none by default."""
    templates: NotRequired[dict[str, MailerTemplateArgs]]
    """Mails with places to fill, by a name of letters, digits, hyphens and underscores; none by default."""
    configuration_set_name: NotRequired[str]
    """The configuration set's name, which no other in the account's region has: letters, digits, hyphens and
    underscores; the component's name and the stack's by default. Another one is a set whose metrics begin anew."""
    tracking_domain: NotRequired[str]
    """A name below the domain through which links and images lead, so that clicks and opens are counted,
    `click.example.com`; none by default, and nothing is counted. It has to answer over HTTPS and hand on to
    `r.<region>.awstrack.me`, as a CloudFront distribution does."""
    sending_enabled: NotRequired[pulumi.Input[bool]]
    """Whether mail is sent; true by default. False stops all of it at once."""
    feedback: NotRequired[MailerFeedbackArgs]
    """What is done with bounces and complaints."""
    daily_quota: NotRequired[pulumi.Input[int]]
    """How many mails AWS lets the account send in a day, for an alarm at 80 % of them; no alarm without it. See the
    output `account_command`."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The ARN of the KMS key that encrypts events and the suppressed addresses; AWS's own keys by default, and none on
    the topic, as SES cannot use AWS's own there. Its policy must let `ses.amazonaws.com` and `sns.amazonaws.com` use
    `kms:GenerateDataKey` and `kms:Decrypt`."""
    deletion_protection: NotRequired[bool]
    """Whether the table of suppressed addresses is not deleted or replaced in passing; true by default."""
    alarms: NotRequired[AlarmsArgs]
    """Whom alarms notify, those of the queue, its function and the table among them, and which are not made; nobody by
    default."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of every resource that can have them."""
    overrides: NotRequired[dict[str, dict[str, Any]]]
    """Properties by kind of child, merged last: `{"configuration-set": {"vdm_options": {...}}}`. Pulumi's `transforms`
    reach the children of the queue and of the table."""


def configuration_set_name(name: str, args: MailerArgs) -> str:
    """The name of a mailer's configuration set; AWS makes up none."""
    stack = re.sub(r"[^A-Za-z0-9_-]", "-", pulumi.get_stack())
    return args.get("configuration_set_name", f"{name}-{stack}"[:CONFIGURATION_SET_NAME_LIMIT])


def from_addresses(args: MailerArgs) -> list[str]:
    """The addresses that may be sent from, the usual one first."""
    return args.get("from_addresses", [f"no-reply@{args['domain']}"])


def mail_from_domain(args: MailerArgs) -> str:
    """The domain that bounces come back to."""
    return f"{args.get('mail_from_subdomain', 'bounce')}.{args['domain']}"
