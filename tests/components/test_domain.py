"""A domain: its certificate, the proof of it in DNS, the records that lead to it, and every refusal."""

from typing import Any, cast

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.domain import DomainArgs, alias_records, domain_certificate, domain_faults
from tests.components.building import Built, build

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
RECORD = "aws:route53/record:Record"


class Holder(pulumi.ComponentResource):
    """A component that a domain belongs to."""

    def __init__(self) -> None:
        super().__init__("test:index:Holder", "site")


def domain(**args: Any) -> DomainArgs:
    return cast("DomainArgs", {"name": "www.example.com", "zone_id": "Z123", **args})


def certified(args: DomainArgs, *, preview: bool = False, region: str | None = None) -> Built[pulumi.Output[str]]:
    return build(lambda: domain_certificate(Holder(), args, region=region), preview=preview)


def faults(args: DomainArgs, region: str | None = None) -> dict[str, tuple[str, str]]:
    return {fault.path: (fault.given, fault.allowed) for fault in domain_faults(args, region=region)}


def test_a_certificate_is_made_proved_in_the_zone_and_waited_for() -> None:
    built = certified(domain(aliases=["example.com"]), region="us-east-1")
    certificate = built["site-certificate"].inputs
    assert certificate["domainName"] == "www.example.com"
    assert certificate["subjectAlternativeNames"] == ["example.com"]
    assert certificate["validationMethod"] == "DNS"
    proof = built["site-certificate-record-example.com"].inputs
    assert proof == {
        "zoneId": "Z123",
        "name": "_1.example.com.",
        "type": "CNAME",
        "records": ["_2.example.com.acm-validations.aws."],
        "ttl": 300,
        "allowOverwrite": True,
    }
    issued = built["site-certificate-issued"].inputs
    assert sorted(issued["validationRecordFqdns"]) == ["_1.example.com.", "_1.www.example.com."]
    assert built.value(built.result) == issued["certificateArn"]
    assert {built[name].inputs["region"] for name in ("site-certificate", "site-certificate-issued")} == {"us-east-1"}


def test_a_certificate_is_in_the_provider_s_region_unless_it_must_be_elsewhere() -> None:
    assert "region" not in certified(domain())["site-certificate"].inputs


def test_a_name_and_the_wildcard_below_it_are_proved_by_one_record() -> None:
    built = certified(domain(name="example.com", aliases=["*.example.com", "www.example.com"]))
    assert {record.name for record in built.of(RECORD)} == {
        "site-certificate-record-example.com",
        "site-certificate-record-www.example.com",
    }


def test_a_preview_knows_the_records_though_not_what_they_say() -> None:
    args = domain(aliases=["example.com"])
    assert {each.urn for each in certified(args, preview=True).resources} == {
        each.urn for each in certified(args).resources
    }


def test_a_certificate_that_exists_is_taken_as_it_is() -> None:
    built = certified(domain(certificate_arn=CERTIFICATE))
    assert built.value(built.result) == CERTIFICATE
    assert [resource.name for resource in built.resources] == ["site"]


def led(args: DomainArgs, **more: Any) -> Built[Any]:
    return build(lambda: alias_records(Holder(), args, dns_name="d1.cloudfront.net", zone_id="Z2", **more))


def test_each_name_leads_to_the_target_over_ipv4_and_ipv6() -> None:
    built = led(domain(aliases=["example.com"]))
    assert {(record.inputs["name"], record.inputs["type"]) for record in built.of(RECORD)} == {
        ("www.example.com", "A"),
        ("www.example.com", "AAAA"),
        ("example.com", "A"),
        ("example.com", "AAAA"),
    }
    record = built["site-a-record-www.example.com"].inputs
    assert record["zoneId"] == "Z123"
    assert record["aliases"] == [{"name": "d1.cloudfront.net", "zoneId": "Z2", "evaluateTargetHealth": False}]
    # A record that is somebody else's is not put over.
    assert "allowOverwrite" not in record


def test_a_target_without_ipv6_has_no_record_for_it() -> None:
    built = led(domain(), ipv6=False, evaluate_target_health=True)
    [record] = built.of(RECORD)
    assert (record.name, record.inputs["aliases"][0]["evaluateTargetHealth"]) == ("site-a-record-www.example.com", True)


def test_who_keeps_dns_elsewhere_gets_no_records() -> None:
    args = cast("DomainArgs", {"name": "www.example.com", "certificate_arn": CERTIFICATE})
    assert faults(args) == {}
    assert led(args).of(RECORD) == []


@pytest.mark.parametrize(
    "name", ["", "example", "Example.com", "example.com.", "-a.example.com", "a_b.com", "a..com", "*.*.com", "a.*.com"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    assert set(faults(domain(name=name))) == {"domain.name"}
    assert set(faults(domain(aliases=[name]))) == {"domain.aliases[0]"}


def test_a_name_has_up_to_253_characters() -> None:
    longest = ".".join(["a" * 61] * 4) + ".abcde"
    assert len(longest) == 253
    assert faults(domain(name=longest)) == {}
    assert set(faults(domain(name=longest + "f"))) == {"domain.name"}


def test_a_name_is_given_once() -> None:
    assert faults(domain(aliases=["a.com", "www.example.com", "a.com"])) == {
        "domain.aliases[1]": ("'www.example.com' is given twice", "each name once"),
        "domain.aliases[2]": ("'a.com' is given twice", "each name once"),
    }


def test_without_a_zone_there_must_be_a_certificate() -> None:
    assert set(faults(cast("DomainArgs", {"name": "www.example.com"}))) == {"domain.zone_id"}


def test_a_zone_is_named_by_its_id() -> None:
    assert set(faults(domain(zone_id="example.com"))) == {"domain.zone_id"}


@pytest.mark.parametrize(
    ("arn", "region", "wrong"),
    [
        (CERTIFICATE, None, False),
        (CERTIFICATE, "us-east-1", False),
        (CERTIFICATE, "eu-west-1", True),
        ("arn:aws:iam::123456789012:server-certificate/x", None, True),
    ],
)
def test_a_certificate_is_one_of_acm_s_in_the_region_where_it_must_be(
    arn: str, region: str | None, wrong: bool
) -> None:
    assert set(faults(domain(certificate_arn=arn), region)) == ({"domain.certificate_arn"} if wrong else set())


def test_what_nobody_knows_yet_is_no_fault() -> None:
    later = pulumi.Output.from_input("later")
    assert faults(domain(zone_id=later, certificate_arn=later), "us-east-1") == {}


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@given(st.lists(LABEL, min_size=1, max_size=4), st.from_regex(r"[a-z]{2,10}", fullmatch=True))
def test_every_host_name_is_allowed(labels: list[str], last: str) -> None:
    assert faults(domain(name=".".join([*labels, last]))) == {}
