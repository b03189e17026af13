"""Rules of functions, each on programs that it passes and programs that it refuses."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses


def function(**properties: Any) -> aws.lambda_.Function:
    return aws.lambda_.Function("work", role="arn:aws:iam::123456789012:role/work", **properties)


CASES = [
    passes("sec-lambda-runtime", "a supported one", lambda: function(runtime="python3.13")),
    passes("sec-lambda-runtime", "an image", function),
    passes("sec-lambda-runtime", "not known", lambda: function(runtime=later("python3.13")), left=("work",)),
    passes("sec-lambda-runtime", "still allowed", lambda: function(runtime="python3.8"), ended=["python3.7"]),
    refuses(
        "sec-lambda-runtime",
        "one that has ended",
        lambda: function(runtime="python3.8"),
        ("work", "runtime", '"python3.8"', "a runtime that AWS supports"),
    ),
    passes("sca-lambda-size", "stated", lambda: function(memory_size=512, timeout=10)),
    passes("sca-lambda-size", "stated, and not known", lambda: function(memory_size=later(512), timeout=10)),
    refuses(
        "sca-lambda-size",
        "the defaults",
        function,
        ("work", "memorySize", "nothing", "a stated value"),
        ("work", "timeout", "nothing", "a stated value"),
    ),
    *(
        refuses(
            "sec-lambda-runtime",
            f"{runtime}, by AWS's table of deprecated runtimes",
            lambda runtime=runtime: function(runtime=runtime),
            ("work", "runtime", f'"{runtime}"', "a runtime that AWS supports"),
        )
        for runtime in (
            "dotnet6",
            "dotnetcore3.1",
            "go1.x",
            "java8",
            "nodejs14.x",
            "nodejs16.x",
            "nodejs18.x",
            "provided",
            "python3.7",
            "python3.9",
            "ruby2.7",
            "ruby3.2",
        )
    ),
    refuses(
        "sca-lambda-size",
        "its memory alone",
        lambda: function(memory_size=512),
        ("work", "timeout", "nothing", "a stated value"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
