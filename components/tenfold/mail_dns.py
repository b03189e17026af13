"""What a mailer's domain says of itself in DNS: that SES signs for it, where bounces go, and what forged mail is worth.

See https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dmarc.html.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from tenfold.mail_arguments import MailerArgs, MailerDmarcPolicy, mail_from_domain

# Easy DKIM has three keys, of which one signs while another is renewed.
_DKIM_KEYS = ("first", "second", "third")
# Everywhere else it is dkim.amazonses.com; see https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains.
_REGIONS_WITH_DKIM_DOMAIN = frozenset(
    {
        *("af-south-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1"),
        *("eu-central-2", "eu-south-1", "il-central-1", "me-central-1", "us-gov-east-1"),
    }
)


class MailRecord(NamedTuple):
    """A record in DNS.

    Attributes:
        kind: What it is to the mailer, and the stable part of its child's name.
        name: Its name.
        type: Its type.
        value: Its value.
    """

    kind: str
    name: pulumi.Input[str]
    type: str
    value: pulumi.Input[str]

    def described(self) -> dict[str, pulumi.Input[str]]:
        """The record for whoever writes it."""
        return {"name": self.name, "type": self.type, "value": self.value}


def mail_records(args: MailerArgs, identity: aws.sesv2.EmailIdentity) -> list[MailRecord]:
    """All the records that the domain needs."""
    region, bounces = identity.arn.apply(lambda arn: arn.split(":")[3]), mail_from_domain(args)
    exchanger = region.apply(lambda found: f"10 feedback-smtp.{found}.amazonses.com")
    return [
        *_dkim(args["domain"], identity, region),
        MailRecord("mail-from-mx-record", bounces, "MX", exchanger),
        MailRecord("mail-from-spf-record", bounces, "TXT", "v=spf1 include:amazonses.com ~all"),
        *_dmarc(args),
    ]


def write_records(
    mailer: pulumi.ComponentResource, zone_id: pulumi.Input[str] | None, records: Sequence[MailRecord]
) -> list[pulumi.Resource]:
    """Writes the records to the domain's zone; none without one."""
    if zone_id is None:
        return []
    return [
        aws.route53.Record(
            f"{mailer.pulumi_resource_name}-{record.kind}",
            zone_id=zone_id,
            name=record.name,
            type=record.type,
            records=[record.value],
            ttl=300,
            opts=pulumi.ResourceOptions(parent=mailer),
        )
        for record in records
    ]


def dkim_domain(region: str) -> str:
    """Where SES keeps the keys of a region."""
    return f"dkim.{region}.amazonses.com" if region in _REGIONS_WITH_DKIM_DOMAIN else "dkim.amazonses.com"


def _dkim(domain: str, identity: aws.sesv2.EmailIdentity, region: pulumi.Output[str]) -> list[MailRecord]:
    keys = region.apply(dkim_domain)
    records: list[MailRecord] = []
    for index, key in enumerate(_DKIM_KEYS):
        token = identity.dkim_signing_attributes.apply(partial(_token, index))
        name, value = pulumi.Output.concat(token, "._domainkey.", domain), pulumi.Output.concat(token, ".", keys)
        records.append(MailRecord(f"dkim-record-{key}", name, "CNAME", value))
    return records


def _token(index: int, signing: Any) -> str:
    # A preview knows how a new identity signs, and not yet by which tokens.
    return signing.tokens[index] if signing.tokens else "token"


def _dmarc(args: MailerArgs) -> list[MailRecord]:
    dmarc = args.get("dmarc", {})
    if not dmarc.get("record", True):
        return []
    reports = ",".join(f"mailto:{address}" for address in dmarc.get("report_addresses", []))
    parts = ["v=DMARC1", f"p={dmarc.get('policy', MailerDmarcPolicy.QUARANTINE).value}"]
    value = "; ".join([*parts, *([f"rua={reports}"] if reports else [])])
    return [MailRecord("dmarc-record", f"_dmarc.{args['domain']}", "TXT", value)]
