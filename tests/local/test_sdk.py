"""SDKs of the components for other languages."""

import compileall
from pathlib import Path

import pytest

import tenfold
from local.exit_codes import MISTAKE
from local.sdk import write
from local.workspace import CommandError, Workspace
from tenfold.hosting import components_of

WORKSPACE = Workspace(Path(__file__).resolve().parents[2])


def test_a_language_without_a_generator_is_a_mistake_that_names_those_with_one(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="'cobol'; there are: nodejs, go, python") as refused:
        write(WORKSPACE, "cobol", tmp_path)
    assert refused.value.exit_code == MISTAKE


# The first one builds the generator.
@pytest.mark.deep
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("language", "declares"),
    [
        ("nodejs", "export class {} extends pulumi.ComponentResource"),
        ("go", "func New{}(ctx *pulumi.Context,"),
        ("python", "class {}(pulumi.ComponentResource)"),
    ],
)
def test_every_component_is_in_the_sdk(tmp_path: Path, language: str, declares: str) -> None:
    write(WORKSPACE, language, tmp_path)
    code = "".join(file.read_text() for file in tmp_path.rglob("*") if file.suffix in (".ts", ".go", ".py"))
    missing = [each.__name__ for each in components_of(tenfold) if declares.format(each.__name__) not in code]
    assert missing == []
    assert compileall.compile_dir(tmp_path, quiet=1)
