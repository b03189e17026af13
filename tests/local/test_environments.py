"""Every committed environment is previewed on the embedded AWS, in the order in which an account gets them."""

import json
from collections.abc import Generator

import pytest

from tests.local.checkouts import Checkout
from tests.stacks.environments import ENVIRONMENTS

pytestmark = [pytest.mark.deep, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Generator[Checkout]:
    made = Checkout(tmp_path_factory.mktemp("environments"))
    yield made
    made.run("down", check=False)


def test_an_environment_with_names_in_the_domain_says_that_global_comes_first(checkout: Checkout) -> None:
    result = checkout.run("preview", "prod", check=False)
    assert result.returncode == 2
    assert "run ./tenfold up global first" in result.stderr


def test_global_comes_up_with_a_role_for_each_environment_that_is_deployed(checkout: Checkout) -> None:
    assert json.loads(checkout.run("up", "global", "--json").stdout)["ok"]
    iam, dns = checkout.aws("iam"), checkout.aws("route53")
    roles = {role["RoleName"] for role in iam.list_roles()["Roles"]}
    assert {f"tenfold-deploy-{name}" for name in ENVIRONMENTS if name != "local"} | {"tenfold-preview"} <= roles
    assert [zone["Name"] for zone in dns.list_hosted_zones()["HostedZones"]] == ["tenfold.example."]


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_each_environment_can_be_brought_up_as_far_as_a_preview_and_the_pack_can_tell(
    checkout: Checkout, stack: str
) -> None:
    report = json.loads(checkout.run("preview", stack, "--json").stdout)
    assert report["ok"]
    assert report["refused"] == []
    assert report["changes"].keys() == {"create"}
    assert report["changes"]["create"] >= 450
