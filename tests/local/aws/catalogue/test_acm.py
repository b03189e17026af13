"""Certificates and the wait for them live in the emulator as their entries say."""

from typing import Any

from local.aws import resources
from local.aws.catalogue import CATALOGUE
from tests.local.aws.catalogue.life import Case, Made, World, live, parametrize, tags_of


def _certificate(world: World, made: Made) -> Any:
    found = world.client("acm").describe_certificate(CertificateArn=made.id)["Certificate"]
    tags = world.client("acm").list_tags_for_certificate(CertificateArn=made.id)["Tags"]
    return found["DomainName"], sorted(found["SubjectAlternativeNames"]), tags_of(tags)


def _issued(world: World, made: Made) -> Any:
    return world.client("acm").describe_certificate(CertificateArn=made.id)["Certificate"]["Status"]


def _requested(world: World) -> str:
    return world.client("acm").request_certificate(DomainName="issued.example")["CertificateArn"]


CASES = [
    Case(
        token="aws:acm/certificate:Certificate",
        inputs=lambda _: {
            "domainName": "a.example",
            "subjectAlternativeNames": ["b.example"],
            "validationMethod": "DNS",
            "tags": {"team": "a"},
        },
        look=_certificate,
        made=("a.example", ["a.example", "b.example"], {"team": "a"}),
        change=lambda _: {"tags": {"team": "b"}},
        changed=("a.example", ["a.example", "b.example"], {"team": "b"}),
        meddle=lambda world, made: world.client("acm").remove_tags_from_certificate(
            CertificateArn=made.id, Tags=[{"Key": "team"}]
        ),
        drifts=("tags",),
        outputs={"arn": lambda _, made: made.id, "status": ..., "domainValidationOptions": ...},
    ),
    Case(
        token="aws:acm/certificateValidation:CertificateValidation",
        inputs=lambda world: {"certificateArn": _requested(world), "validationRecordFqdns": ["_1.issued.example"]},
        look=_issued,
        made="ISSUED",
        outputs={"certificateArn": lambda _, made: made.id},
        stays=True,
    ),
]


@parametrize(CASES)
def test_a_certificate_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)


def test_a_certificate_is_made_in_the_region_that_its_resource_names(world: World) -> None:
    kind = CATALOGUE["aws:acm/certificate:Certificate"]
    asked = {"domainName": "edge.example", "validationMethod": "DNS", "region": "us-east-1"}
    inputs, faults = resources.check(world.account, kind, "edge", b"edge", {}, asked)
    assert faults == []
    identity, state = resources.create(world.account, kind, inputs, lambda _: None)
    assert identity.startswith("arn:aws:acm:us-east-1:")
    assert state["region"] == "us-east-1"
    client = world.account.clients("acm", "us-east-1")
    listed = [one["CertificateArn"] for one in client.list_certificates()["CertificateSummaryList"]]  # pyright: ignore
    assert identity in listed
    resources.delete(world.account, kind, identity, state)
