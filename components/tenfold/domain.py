"""A domain of the user's own for a load balancer or a distribution: certificate, its proof by DNS, and address records.

The certificate is one of AWS Certificate Manager's, proved by a record in the domain's zone: as long as the record
stays, AWS renews the certificate by itself. See https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.arguments import Children, is_known
from tenfold.errors import Fault


class DomainArgs(TypedDict):
    """A name under which the component is reached, in a hosted zone of Route 53."""

    name: str
    """The domain's name, `www.example.com`."""
    zone_id: NotRequired[pulumi.Input[str]]
    """The id of the hosted zone that the records are written to; without it you keep DNS, and give a certificate."""
    aliases: NotRequired[list[str]]
    """Other names in the same zone, `["example.com"]`; none by default."""
    certificate_arn: NotRequired[pulumi.Input[str]]
    """The ARN of an issued certificate for all of the names; by default one is made and proved in the zone."""


DOMAIN_CHILDREN: Children = {
    "certificate": aws.acm.Certificate,
    "certificate-record": aws.route53.Record,
    "certificate-issued": aws.acm.CertificateValidation,
    "a-record": aws.route53.Record,
    "aaaa-record": aws.route53.Record,
}
"""What a component with a domain has among its kinds of children."""

_NAME = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_ZONE = re.compile(r"Z[A-Z0-9]{1,31}")
_CERTIFICATE = re.compile(r"arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate/[\w-]+")


def domain_names(domain: DomainArgs) -> list[str]:
    """The domain's own name, and the others."""
    return [domain["name"], *domain.get("aliases", [])]


def domain_faults(domain: DomainArgs, *, path: str = "domain", region: str | None = None) -> Iterable[Fault]:
    """What is wrong with a domain's arguments.

    Args:
        domain: The arguments.
        path: Where they stand.
        region: Where the certificate has to be, if that is settled: `us-east-1` for CloudFront.
    """
    names = domain_names(domain)
    paths = [f"{path}.name", *(f"{path}.aliases[{index}]" for index in range(len(names) - 1))]
    for index, (where, name) in enumerate(zip(paths, names, strict=True)):
        if len(name) > 253 or not _NAME.fullmatch(name):
            yield Fault(where, f"{name!r} is given", "a domain's name in lower case, without a dot at its end")
        elif name in names[:index]:
            yield Fault(where, f"{name!r} is given twice", "each name once")
    zone, certificate = domain.get("zone_id"), domain.get("certificate_arn")
    if zone is None and certificate is None:
        yield Fault(f"{path}.zone_id", "neither a zone nor a certificate is given", "the hosted zone's id")
    elif isinstance(zone, str) and is_known(zone) and not _ZONE.fullmatch(zone):
        yield Fault(f"{path}.zone_id", f"{zone!r} is given", "the id of a hosted zone: Z0123456789ABCDEFGHIJ")
    yield from _certificate_faults(f"{path}.certificate_arn", certificate, region)


def _certificate_faults(path: str, certificate: object, region: str | None) -> Iterable[Fault]:
    if not isinstance(certificate, str):
        return
    found = _CERTIFICATE.fullmatch(certificate)
    if not found or (region and found[1] != region):
        allowed = f"the ARN of a certificate in {region}" if region else "a certificate's ARN"
        example = f"arn:aws:acm:{region or 'eu-west-1'}:123456789012:certificate/..."
        yield Fault(path, f"{certificate!r} is given", f"{allowed}: {example}")


def domain_certificate(
    component: pulumi.ComponentResource, domain: DomainArgs, *, region: str | None = None
) -> pulumi.Output[str]:
    """The ARN of the domain's certificate, known as soon as it is issued: the one that is given, or one of its own.

    Args:
        component: Its parent; the component's kinds of children include `DOMAIN_CHILDREN`.
        domain: The domain, without faults.
        region: Where the certificate is made: `us-east-1` for CloudFront; the provider's own region by default.
    """
    if "certificate_arn" in domain:
        return pulumi.Output.from_input(domain["certificate_arn"])
    names = domain_names(domain)
    certificate = aws.acm.Certificate(
        f"{component.pulumi_resource_name}-certificate",
        domain_name=names[0],
        subject_alternative_names=names[1:] or None,
        validation_method="DNS",
        region=region,
        opts=pulumi.ResourceOptions(parent=component),
    )
    proofs = _proofs(component, names, domain.get("zone_id"), certificate)
    issued = aws.acm.CertificateValidation(
        f"{component.pulumi_resource_name}-certificate-issued",
        certificate_arn=certificate.arn,
        validation_record_fqdns=[record.fqdn for record in proofs],
        region=region,
        opts=pulumi.ResourceOptions(parent=component),
    )
    return issued.certificate_arn


def alias_records(
    component: pulumi.ComponentResource,
    domain: DomainArgs,
    *,
    dns_name: pulumi.Input[str],
    zone_id: pulumi.Input[str],
    ipv6: bool = True,
    evaluate_target_health: bool = False,
) -> list[aws.route53.Record]:
    """Records that lead each of the domain's names to what serves it; none where the zone is not given.

    Args:
        component: Their parent; the component's kinds of children include `DOMAIN_CHILDREN`.
        domain: The domain, without faults.
        dns_name: The DNS name of the load balancer or of the distribution.
        zone_id: The zone of that name, which AWS knows the load balancer or the distribution by.
        ipv6: Whether it has IPv6 addresses too.
        evaluate_target_health: Whether DNS leads elsewhere when no target is healthy; a distribution's never is judged.
    """
    if "zone_id" not in domain:
        return []
    target: Any = {"name": dns_name, "zone_id": zone_id, "evaluate_target_health": evaluate_target_health}
    return [
        aws.route53.Record(
            f"{component.pulumi_resource_name}-{kind.lower()}-record-{name}",
            zone_id=domain["zone_id"],
            name=name,
            type=kind,
            aliases=[target],
            opts=pulumi.ResourceOptions(parent=component),
        )
        for name in domain_names(domain)
        for kind in (("A", "AAAA") if ipv6 else ("A",))
    ]


def _proofs(
    component: pulumi.ComponentResource,
    names: Sequence[str],
    zone_id: pulumi.Input[str] | None,
    certificate: aws.acm.Certificate,
) -> list[aws.route53.Record]:
    # A name and the wildcard below it are proved by the same record.
    proved = {name.removeprefix("*."): name for name in reversed(names)}
    return [
        _proof(component, base, zone_id, certificate.domain_validation_options.apply(_option_of(name)))
        for base, name in proved.items()
    ]


def _proof(
    component: pulumi.ComponentResource,
    base: str,
    zone_id: pulumi.Input[str] | None,
    option: pulumi.Output[Mapping[str, str]],
) -> aws.route53.Record:
    return aws.route53.Record(
        f"{component.pulumi_resource_name}-certificate-record-{base}",
        zone_id=zone_id,
        name=option.apply(lambda proof: proof["name"]),
        type=option.apply(lambda proof: proof["type"]),
        records=[option.apply(lambda proof: proof["value"])],
        ttl=300,
        # It is the same for all certificates of an account that have the name, whichever stack made them.
        allow_overwrite=True,
        opts=pulumi.ResourceOptions(parent=component),
    )


def _option_of(name: str) -> Any:
    def option(options: Sequence[Any]) -> Mapping[str, str]:
        found = next(each for each in options if each.domain_name == name)
        return {
            "name": found.resource_record_name,
            "type": found.resource_record_type,
            "value": found.resource_record_value,
        }

    return option
