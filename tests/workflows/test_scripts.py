"""What the workflows' scripts tell GitHub and Pulumi, which are played by commands that note how they were called."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[2] / ".github" / "scripts"
MARKER = "<!-- tenfold: preview -->"
BOT = {"user": {"login": "github-actions[bot]"}}

pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="GitHub's machines have jq, this one does not")


class Place:
    """A checkout whose `gh` and `pulumi` answer what a test says, and note what they were asked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "bin").mkdir()
        (root / "comment.md").write_text(f"{MARKER}\n## Preview\n")

    def command(self, name: str, script: str) -> None:
        file = self.root / "bin" / name
        file.write_text(f'#!/bin/sh\necho "$@" >> "{self.root}/{name}-calls"\n{script}\n')
        file.chmod(0o755)

    def github_has(self, found: list[dict[str, Any]]) -> None:
        (self.root / "found.json").write_text(json.dumps(found))
        self.command("gh", f'case "$*" in *--paginate*) cat "{self.root}/found.json";; esac')

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
            "GITHUB_REPOSITORY": "example/shop",
        }
        command = [str(SCRIPTS / script), *arguments]
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)

    def calls(self, name: str) -> list[str]:
        return (self.root / f"{name}-calls").read_text().splitlines()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_first_comment_is_made(place: Place) -> None:
    place.github_has([{"id": 1, "body": "Looks good", **BOT}])
    assert place.run("publish-comment", "7", "comment.md").returncode == 0
    assert place.calls("gh")[-1] == (
        "api --silent --method POST repos/example/shop/issues/7/comments -F body=@comment.md"
    )


def test_a_later_one_takes_its_place(place: Place) -> None:
    mine = {"id": 5, "body": f"{MARKER}\nold", **BOT}
    somebodys = {"id": 3, "body": f"{MARKER}\nnot mine", "user": {"login": "mallory"}}
    place.github_has([somebodys, {"id": 4, "body": "<!-- tenfold: drift -->", **BOT}, mine, {**mine, "id": 6}])
    assert place.run("publish-comment", "7", "comment.md").returncode == 0
    assert (
        place.calls("gh")[-1] == "api --silent --method PATCH repos/example/shop/issues/comments/5 -F body=@comment.md"
    )


def test_a_comment_that_cannot_be_published_fails_the_run(place: Place) -> None:
    place.command("gh", "exit 1")
    assert place.run("publish-comment", "7", "comment.md").returncode != 0


@pytest.mark.parametrize(
    ("result", "open_issues", "told"),
    [
        ("failure", [], "POST repos/example/shop/issues -f title=Environments differ from main -F body=@comment.md"),
        ("failure", [9], "PATCH repos/example/shop/issues/9 -F body=@comment.md"),
        ("success", [9], "PATCH repos/example/shop/issues/9 -f state=closed"),
        ("success", [], None),
    ],
)
def test_drift_keeps_one_issue_open(place: Place, result: str, open_issues: list[int], told: str | None) -> None:
    others: list[dict[str, Any]] = [
        {"number": 2, "body": None, **BOT},
        {"number": 3, "body": "something else", **BOT},
        {"number": 4, "body": MARKER, "user": {"login": "mallory"}},
    ]
    place.github_has([*others, *({"number": number, "body": f"{MARKER}\nold", **BOT} for number in open_issues)])
    assert place.run("report-drift", "comment.md", result).returncode == 0
    asked, *rest = place.calls("gh")
    assert asked == "api --paginate repos/example/shop/issues?state=open"
    assert rest == ([f"api --silent --method {told}"] if told else [])


def test_a_preview_keeps_the_engines_events_and_asks_the_policy_pack(place: Place) -> None:
    place.command("pulumi", 'echo "{\\"streaming\\": \\"$PULUMI_ENABLE_STREAMING_JSON_PREVIEW\\"}"; echo warning >&2')
    result = place.run("preview", "dev", "--refresh")
    assert result.returncode == 0
    assert (place.root / "previews" / "dev.json").read_text() == '{"streaming": "true"}\n'
    assert result.stderr == "warning\n"
    assert place.calls("pulumi") == [
        "preview --json --non-interactive --stack dev --policy-pack policies --refresh",
    ]


def test_an_environment_may_set_the_rules_levels(place: Place) -> None:
    (place.root / "stacks").mkdir()
    (place.root / "stacks" / "policies.dev.json").write_text("{}")
    place.command("pulumi", "exit 0")
    for script in ("preview", "deploy"):
        assert place.run(script, "dev").returncode == 0
        assert (
            "--stack dev --policy-pack policies --policy-pack-config stacks/policies.dev.json"
            in (place.calls("pulumi")[-1])
        )


def test_a_preview_that_fails_ends_as_pulumi_does_and_keeps_its_messages(place: Place) -> None:
    place.command("pulumi", 'echo "error: no stack named" >&2; exit 6')
    result = place.run("preview", "dev")
    assert result.returncode == 6
    assert (place.root / "previews" / "dev.json").read_text() == "error: no stack named\n"


def test_a_deployment_ends_as_pulumi_does(place: Place) -> None:
    place.command("pulumi", "exit 3")
    assert place.run("deploy", "dev").returncode == 3
    assert place.calls("pulumi")[0].startswith("up --yes --refresh --non-interactive")
