"""`./tenfold pulumi -C`: a program in another folder, on the embedded AWS of the checkout."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.local.test_platform import Checkout

# The first command may have to build the engine.
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]

PROGRAM = """
import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("files")
aws.s3.BucketObjectv2("greeting", bucket=bucket.bucket, key="greeting", source=pulumi.FileAsset("greeting.txt"))
pulumi.export("bucket", bucket.bucket)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Generator[Checkout]:
    made = Checkout(tmp_path / "checkout")
    folder = made.root / "other"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: other\nruntime: {name: python, options: {virtualenv: ../.venv}}\n")
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "greeting.txt").write_text("hello")
    yield made
    made.run("down", check=False)


def test_it_comes_up_with_the_files_of_its_folder_and_stays_beside_the_platform(checkout: Checkout) -> None:
    def pulumi(*arguments: str) -> str:
        return checkout.run("pulumi", "-C", "other", *arguments, "--stack", "local").stdout

    checkout.run("pulumi", "-C", "other", "stack", "init", "local")
    pulumi("up", "--yes", "--skip-preview")
    bucket = pulumi("stack", "output", "bucket").strip()
    assert checkout.aws("s3").get_object(Bucket=bucket, Key="greeting")["Body"].read() == b"hello"

    # It is none of the platform's, and no command takes it for what a killed one has left behind.
    assert "other" not in checkout.run("status").stdout
    assert "3 unchanged" in pulumi("up", "--yes", "--skip-preview", "--refresh")
    assert checkout.aws("s3").get_object(Bucket=bucket, Key="greeting")["Body"].read() == b"hello"
