"""Functions: they run on what AWS still mends, with what they need."""

from pulumi_policy import Severity

from .rule import ADVISORY, Parameter, Settings, Source, control, resource_rule
from .tokens import LAMBDA_FUNCTION
from .view import Findings, Resource

_ENDED = [
    "dotnet6",
    "dotnetcore3.1",
    "go1.x",
    "java8",
    "nodejs14.x",
    "nodejs16.x",
    "nodejs18.x",
    "provided",
    "python3.7",
    "python3.8",
    "python3.9",
    "ruby2.7",
    "ruby3.2",
]


@resource_rule(
    "sec-lambda-runtime",
    on=(LAMBDA_FUNCTION,),
    title="Functions run on what is mended",
    severity=Severity.MEDIUM,
    remediation="Move to a runtime that AWS supports.",
    source=control("Lambda.2", "CKV_AWS_363", practice="SEC06-BP01"),
    parameters=(Parameter("ended", _ENDED, "The runtimes that get no more updates."),),
)
def function_is_on_supported_runtime(function: Resource, settings: Settings) -> Findings:
    """A function runs on a runtime that still gets updates.

    Faults found since stay in the others, and one day the function cannot be changed any more.
    """
    runtime = function["runtime"]
    if runtime.text() in settings.texts("ended"):
        yield runtime.violates(allowed="a runtime that AWS supports", fix="move to a newer runtime.")


@resource_rule(
    "sca-lambda-size",
    on=(LAMBDA_FUNCTION,),
    title="Functions state their memory and time",
    severity=Severity.LOW,
    remediation="Set memorySize and timeout to what the work needs.",
    source=Source(
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html", well_architected="PERF02-BP04"
    ),
    level=ADVISORY,
)
def function_states_its_size(function: Resource, _: Settings) -> Findings:
    """A function states its memory, which is also its share of a processor, and its time.

    The default is a fourteenth of a processor for three seconds, which is hardly ever what the work needs.
    """
    for name in ("memorySize", "timeout"):
        value = function[name]
        if not value.given:
            yield value.violates(allowed="a stated value", fix=f"set {name} to what the work needs.")
