"""What is wrong with a mailer's arguments that no type can express."""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from tenfold.arguments import bounded, is_known
from tenfold.errors import Fault
from tenfold.log_retention import retention_faults
from tenfold.mail_arguments import CONFIGURATION_SET_NAME_LIMIT, MailerArgs
from tenfold.mail_templates import template_faults
from tenfold.queue_access import key_faults

_NAME = re.compile(r"[A-Za-z0-9_-]+")
# The queue behind it is named `<name>-feedback`, and a role's name has 64 characters.
_NAME_LIMIT = 35
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_DOMAIN = re.compile(rf"({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?")
_DOMAIN_LIMIT = 253
# Without what DMARC parts addresses by.
_ADDRESS = re.compile(r"[A-Za-z0-9.#$%&'*+/=?^_`{|}~-]{1,64}@(.+)")
_ZONE = re.compile(r"Z[A-Z0-9]{1,31}")


def mail_rules(name: str) -> tuple[Any, ...]:
    """What is wrong with a mailer's name and arguments, for `checked`."""
    return (
        partial(_name_faults, name),
        _domain_faults,
        _from_faults,
        _mail_from_faults,
        _zone_faults,
        _dmarc_faults,
        _sandbox_faults,
        _set_name_faults,
        _tracking_faults,
        _feedback_faults,
        _quota_faults,
        _key_faults,
        partial(_template_faults, name),
    )


def _name_faults(name: str, _: MailerArgs) -> Iterable[Fault]:
    if len(name) > _NAME_LIMIT or not _NAME.fullmatch(name):
        allowed = f"1 to {_NAME_LIMIT} letters, digits, underscores and hyphens: names on AWS are made from it"
        yield Fault("name", f"{name!r} is given", allowed)


def _domain_faults(args: MailerArgs) -> Iterable[Fault]:
    if not _is_domain(args["domain"]):
        yield Fault("domain", f"{args['domain']!r} is given", "a domain's name in lower case: example.com")


def _from_faults(args: MailerArgs) -> Iterable[Fault]:
    addresses, domain = args.get("from_addresses"), args["domain"]
    if addresses is not None and not addresses:
        yield Fault("from_addresses", "it is empty", "one address or more, or nothing for the default")
    # Of a domain that is none itself nothing can be said.
    ends = (f"@{domain}", f".{domain}") if _is_domain(domain) else ("",)
    allowed = f"an address of {domain} or below it, without the name of its owner"
    yield from _address_faults("from_addresses", addresses or [], allowed, ends)


def _mail_from_faults(args: MailerArgs) -> Iterable[Fault]:
    given = args.get("mail_from_subdomain")
    if given is not None and (not _SUBDOMAIN.fullmatch(given) or len(f"{given}.{args['domain']}") > _DOMAIN_LIMIT):
        yield Fault("mail_from_subdomain", f"{given!r} is given", "a name below the domain in lower case: bounce")


def _zone_faults(args: MailerArgs) -> Iterable[Fault]:
    zone = args.get("zone_id")
    if isinstance(zone, str) and is_known(zone) and not _ZONE.fullmatch(zone):
        yield Fault("zone_id", f"{zone!r} is given", "the id of a hosted zone: Z0123456789ABCDEFGHIJ")


def _dmarc_faults(args: MailerArgs) -> Iterable[Fault]:
    dmarc = args.get("dmarc", {})
    yield from _address_faults("dmarc.report_addresses", dmarc.get("report_addresses", []), "a mail address")
    if not dmarc.get("record", True):
        for key in ("policy", "report_addresses"):
            if key in dmarc:
                yield Fault(f"dmarc.{key}", "it is given, and record is False", "nothing, or a record of the mailer's")


def _sandbox_faults(args: MailerArgs) -> Iterable[Fault]:
    yield from _address_faults("sandbox_addresses", args.get("sandbox_addresses", []), "a mail address")


def _set_name_faults(args: MailerArgs) -> Iterable[Fault]:
    given = args.get("configuration_set_name")
    if given is not None and (len(given) > CONFIGURATION_SET_NAME_LIMIT or not _NAME.fullmatch(given)):
        allowed = f"1 to {CONFIGURATION_SET_NAME_LIMIT} letters, digits, underscores and hyphens"
        yield Fault("configuration_set_name", f"{given!r} is given", allowed)


def _tracking_faults(args: MailerArgs) -> Iterable[Fault]:
    given, domain = args.get("tracking_domain"), args["domain"]
    below = given is not None and (given.endswith(f".{domain}") or not _is_domain(domain))
    if given is not None and not (_is_domain(given) and below):
        allowed = f"a name below {args['domain']} in lower case: click.{args['domain']}"
        yield Fault("tracking_domain", f"{given!r} is given", allowed)


def _feedback_faults(args: MailerArgs) -> Iterable[Fault]:
    feedback = args.get("feedback", {})
    yield from bounded("feedback.soft_bounce_limit", feedback.get("soft_bounce_limit"), 1, 100, "mails")
    yield from bounded("feedback.soft_bounce_days", feedback.get("soft_bounce_days"), 1, 90, "days")
    yield from retention_faults("feedback.log_retention_days", feedback.get("log_retention_days"))


def _quota_faults(args: MailerArgs) -> Iterable[Fault]:
    quota = args.get("daily_quota")
    if isinstance(quota, int) and is_known(quota) and quota < 1:
        yield Fault("daily_quota", f"{quota} is given", "1 or more mails")


def _key_faults(args: MailerArgs) -> Iterable[Fault]:
    yield from key_faults(args.get("kms_key_arn"))


def _template_faults(name: str, args: MailerArgs) -> Iterable[Fault]:
    yield from template_faults(name, args.get("templates", {}))


def _address_faults(
    path: str, addresses: Sequence[str], allowed: str, ends: tuple[str, ...] = ("",)
) -> Iterable[Fault]:
    for index, address in enumerate(addresses):
        if not _is_address(address) or not address.endswith(ends):
            yield Fault(f"{path}[{index}]", f"{address!r} is given", allowed)
        elif address in addresses[:index]:
            yield Fault(f"{path}[{index}]", f"{address!r} is given twice", "each address once")


def _is_address(address: str) -> bool:
    found = _ADDRESS.fullmatch(address)
    return found is not None and _is_domain(found[1])


def _is_domain(name: str) -> bool:
    return len(name) <= _DOMAIN_LIMIT and _DOMAIN.fullmatch(name) is not None
