"""One version for the packages, which the changelog knows."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PACKAGES = ("components", "policies", "shards")
RELEASE = re.compile(r"^## \[(\d+\.\d+\.\d+)\]", re.M)


def version(package: str) -> str:
    return tomllib.loads((ROOT / package / "pyproject.toml").read_text())["project"]["version"]


def test_the_packages_and_the_policy_pack_have_one_version() -> None:
    pack = yaml.safe_load((ROOT / "policies" / "PulumiPolicy.yaml").read_text())
    assert {pack["version"], *map(version, PACKAGES)} == {version("components")}


def test_the_newest_version_of_the_changelog_is_that_of_the_packages() -> None:
    releases = RELEASE.findall((ROOT / "CHANGELOG.md").read_text())
    assert releases[0] == version("components")
    assert releases == sorted(releases, key=lambda each: [int(part) for part in each.split(".")], reverse=True)


def test_the_upgrade_page_has_something_to_say_of_each_version_that_breaks() -> None:
    page = RELEASE.findall((ROOT / "docs" / "upgrading.md").read_text().replace("## ", "## [").replace("\n", "]\n"))
    assert set(page) >= {each for each in RELEASE.findall((ROOT / "CHANGELOG.md").read_text()) if each.endswith(".0")}


def test_the_state_of_each_version_is_recorded() -> None:
    recorded = {file.name.removesuffix(".json.gz") for file in (ROOT / "tests" / "upgrades" / "released").iterdir()}
    assert recorded == set(RELEASE.findall((ROOT / "CHANGELOG.md").read_text()))
