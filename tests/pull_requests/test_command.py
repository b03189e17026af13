"""`./tenfold comment`: files in, a comment or data out, and one error for all that is wrong with them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.cli import app
from local.workspace import CommandError
from tests.pull_requests.engine import Step, events, summary
from tests.pull_requests.recording import RECORDED

PROPOSED = str(RECORDED / "proposed.json")
ROOT = Path(__file__).parents[2]


def comment(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["comment", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def data(*arguments: str) -> list[dict[str, Any]]:
    return json.loads(comment("--json", *arguments))


def test_environments_are_in_the_order_in_which_they_are_given() -> None:
    text = comment(f"staging={PROPOSED}", f"dev={RECORDED / 'unchanged.json'}")
    assert text.index("- **staging**: 36 created") < text.index("- **dev**: no changes")


def test_a_folder_is_all_of_its_previews_and_what_is_expected_comes_first(tmp_path: Path) -> None:
    for name in ("dev", "extra", "prod"):
        (tmp_path / f"{name}.json").write_text(events(summary(same=1)))
    (tmp_path / "notes.txt").write_text("{}")
    found = data(str(tmp_path), "--expect", "prod,staging,dev")
    assert [one["environment"] for one in found] == ["prod", "staging", "dev", "extra"]
    assert [one["failed"] for one in found] == [False, True, False, False]
    assert "**staging**: **the preview failed**" in comment(str(tmp_path), "--expect", "prod,staging,dev")


def test_the_heading_says_what_was_previewed_and_where_the_whole_is() -> None:
    run = "https://github.com/example/shop/actions/runs/1"
    text = comment(PROPOSED, "--title", "Drift", "--marker", "drift", "--commit", "0123456789abcdef", "--run-url", run)
    assert text.startswith(f"<!-- tenfold: drift -->\n## Drift of `0123456789ab` ([run]({run}))\n")


def test_the_bill_is_in_it_unless_it_is_unwanted() -> None:
    # 730 hours of a t4g.medium for a t4g.small, of a NAT gateway and of its address; their alarms read four metrics.
    network = 730 * (0.045 + 0.005) + 0.10 * 4
    assert f"{730 * 0.0168 + network:+,.2f} USD a month" in comment(PROPOSED)
    assert "USD" not in comment(PROPOSED, "--no-prices")


def test_a_script_is_told_the_same() -> None:
    (found,) = data(f"prod={PROPOSED}")
    assert found["environment"] == "prod"
    assert found["counts"] == {"created": 36, "changed": 5, "replaced": 2, "destroyed": 5, "imported": 0}
    assert [(one["urn"].rsplit("::", 1)[-1], one["action"], one["holds"]) for one in found["data_losses"]] == [
        ("results-table", "replaced", "table"),
        ("carts-table", "destroyed", "table"),
        ("exports", "destroyed", "bucket"),
    ]
    assert {one["level"] for one in found["violations"]} == {"advisory"}
    assert found["cost"]["unpriced"] == {"aws:ssm/parameter:Parameter": 1}


def test_all_that_is_wrong_with_the_files_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"a": 1}')
    (tmp_path / "good.json").write_text(events(Step("create", "a", new={}), summary(create=1)))
    wrong = [str(tmp_path / "other.json"), str(tmp_path / "none.json"), PROPOSED, f"local={PROPOSED}"]
    with pytest.raises(CommandError) as error:
        CliRunner().invoke(app, ["comment", str(tmp_path / "good.json"), *wrong], catch_exceptions=False)
    assert error.value.exit_code == 2
    assert [line.rsplit("/", 1)[-1].partition(":")[0] for line in str(error.value).splitlines()] == [
        "other.json",
        "none.json",
        "local",
    ]


def test_it_loads_neither_pulumi_nor_aws() -> None:
    """It runs in every pull request, where a second counts, and where there may be nothing but its own packages."""
    script = (
        "import sys\nfrom local.cli import app\napp(['comment', sys.argv[1]], standalone_mode=False)\n"
        "print(sorted({'pulumi', 'pulumi_aws', 'pulumi_policy', 'boto3', 'grpc'} & sys.modules.keys()))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, PROPOSED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.rstrip().endswith("[]"), result.stdout[-200:]
