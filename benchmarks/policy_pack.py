"""Seconds that the policy pack takes over a stack, beside checkov and the SDK's own analyzer over the same resources.

    python -m benchmarks.policy_pack [--resources 300 1000 3000] [--rounds 3] [--checkov "uvx checkov==3.3.30"]

checkov (https://www.checkov.io) is no dependency of the repository: uvx fetches it, or `--checkov` names another
command that runs it. It reads the resources as a plan of Terraform. The pack is started and asked as the engine does
it: two questions for each resource, and one for the stack. The resources are those of AWS in the preview of the
platform in production; a stack of so many is made of copies of it, each in a project of its own.

In each round the peers run one after the other. "Whole" is a process of its own: start, reading and judging; for the
pack also the protocol, which takes half a millisecond a call. "Judging" is without its start: for checkov less what the
same process takes over one resource, for the pack what its analyzer takes in this process. Seconds are of the
processor, so that what else the machine does counts little, and a ratio is the median of the rounds' ratios. The SDK's
own analyzer has the smallest stack alone, as it would take minutes over the others.
"""

import argparse
import gc
import json
import os
import platform as machine
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.policy import _PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage]

from benchmarks.terraform_plan import plan
from stacks import assembly, config
from tenfold_policies.analyzer import NAME, VERSION, Analyzer
from tenfold_policies.pack import policies
from tests.policies.judging import Messages, run

PACK, CHECKOV = "pack", "checkov"
# Of judging: a process also starts Python and Pulumi's SDK, and answers two calls for each resource.
GOAL = 10
# A resource of the largest stack may cost this much more than one of the smallest.
LINEAR = 1.25

_POLICIES = Path(__file__).parents[1] / "policies"
_PACK = [sys.executable, "-u", str(_POLICIES)]
_SDKS = [
    sys.executable,
    "-uc",
    "import pulumi_policy as sdk, tenfold_policies.pack as pack; sdk.PolicyPack('tenfold', pack.policies())",
]
_CHECKOV = ["--framework", "terraform_plan", "--skip-download", "--quiet", "--compact", "--output", "json", "--file"]
_UNBOUNDED = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
# Whoever wants no compiled files in the checkout still has them of what is installed.
_ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def stack(resources: int) -> Messages:
    """The engine's messages about so many resources of AWS."""
    one = run(lambda: assembly.build(config.parse("prod", {})), preview=True)
    asked = [each for each in one.resources if each.type.startswith("aws:")]
    held = [each for each in one.stack.resources if each.type.startswith("aws:")]
    copies = range(resources // len(asked) + 1)
    return Messages(
        [_copy(each, number) for number in copies for each in asked][:resources],
        analyzer_pb2.AnalyzeStackRequest(
            resources=[_copy(each, number) for number in copies for each in held][:resources]
        ),
    )


def _copy(message: Any, number: int) -> Any:
    """The same resource in another project, as are those that it names."""
    copied = type(message)()
    copied.CopyFrom(message)
    copied.urn = _moved(message.urn, number)
    for targets in getattr(copied, "propertyDependencies", {}).values():
        targets.urns[:] = [_moved(urn, number) for urn in targets.urns]
    return copied


def _moved(urn: str, number: int) -> str:
    return urn.replace("::project::", f"::project-{number}::", 1)


def spent(process: subprocess.Popen[bytes]) -> float:
    """The processor's seconds that a process and those it waited for have taken, once it has ended."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def ask(analyzer: Any, asked: Messages, *context: None) -> None:
    """The engine's questions about a stack."""
    for resource in asked.resources:
        analyzer.Remediate(resource, *context)
        analyzer.Analyze(resource, *context)
    analyzer.AnalyzeStack(asked.stack, *context)


def judge(command: Sequence[str], asked: Messages) -> float:
    """Start a pack, ask it as the engine does, and end it: the processor's seconds."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_POLICIES, env=_ENVIRONMENT)
    assert process.stdout is not None
    with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}", options=_UNBOUNDED) as channel:
        ask(analyzer_pb2_grpc.AnalyzerStub(channel), asked)
    process.terminate()
    return spent(process)


def judge_here(analyzer: Any, asked: Messages) -> float:
    """The processor's seconds that an analyzer takes in this process."""
    gc.collect()
    start = time.process_time()
    ask(analyzer, asked, None)
    return time.process_time() - start


def check(command: Sequence[str], asked: Messages) -> float:
    """Run checkov over the same resources: the processor's seconds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        file.write_text(json.dumps(plan(asked.stack.resources)))
        with (Path(folder) / "said.json").open("w+b") as said:
            process = subprocess.Popen(
                [*command, *_CHECKOV, str(file)], stdout=said, stderr=subprocess.DEVNULL, env=_ENVIRONMENT
            )
            seconds = spent(process)
            said.seek(0)
            report = json.load(said)
    summary = report.get("summary", report)
    if summary["resource_count"] != len(asked.resources):
        raise SystemExit(f"checkov has read {summary['resource_count']} of {len(asked.resources)} resources")
    return seconds


@dataclass(frozen=True)
class Seconds:
    """What a peer takes in one round."""

    whole: float
    judging: float


Peer = Callable[[Messages], Seconds]


def pack(command: Sequence[str], analyzer: Callable[[list[Policy]], Any]) -> Peer:
    """A pack, by the command that serves it and the analyzer that it has."""
    return lambda asked: Seconds(judge(command, asked), judge_here(analyzer(policies()), asked))


def checkov(command: Sequence[str]) -> Peer:
    """checkov, by the command that runs it."""

    def measure(asked: Messages) -> Seconds:
        one = Messages(asked.resources[:1], analyzer_pb2.AnalyzeStackRequest(resources=asked.stack.resources[:1]))
        whole = check(command, asked)
        return Seconds(whole, whole - check(command, one))

    return measure


def sdks(every: list[Policy]) -> Any:
    """The SDK's own analyzer."""
    return _PolicyAnalyzerServicer(NAME, VERSION, every, EnforcementLevel.ADVISORY)


def line(name: str, found: Mapping[str, list[Seconds]], resources: int) -> str:
    """One peer beside the pack."""
    median = statistics.median
    whole, judging = (median(getattr(each, what) for each in found[name]) for what in ("whole", "judging"))
    text = f"{resources:9}  {name:8} {whole:8.2f} {judging:9.2f} {judging / resources * 1e3:11.2f}"
    if name == PACK:
        return text
    pairs = list(zip(found[name], found[PACK], strict=True))
    wholes = median(peer.whole / pack.whole for peer, pack in pairs)
    judgings = median(peer.judging / pack.judging for peer, pack in pairs)
    verdict = f"  judging {'meets' if judgings >= GOAL else 'misses'} {GOAL}x" if name == CHECKOV else ""
    return f"{text} {wholes:10.1f}x {judgings:12.1f}x{verdict}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--checkov", default="uvx checkov==3.3.30")
    given = parser.parse_args()
    peers: dict[str, Peer] = {
        PACK: pack(_PACK, Analyzer),
        CHECKOV: checkov(shlex.split(given.checkov)),
        "SDK": pack(_SDKS, sdks),
    }
    sys.stdout.write(f"{machine.platform()}, {os.cpu_count()} processors, Python {machine.python_version()}\n")
    sys.stdout.write("resources  peer      whole s judging s ms/resource whole/pack judging/pack\n")
    costs: list[float] = []
    for resources in sorted(given.resources):
        asked = stack(resources)
        rounds = [{name: peer(asked) for name, peer in peers.items()} for _ in range(given.rounds)]
        found = {name: [each[name] for each in rounds] for name in peers}
        costs.append(statistics.median(each.judging for each in found[PACK]) / resources)
        sys.stdout.writelines(f"{line(name, found, resources)}\n" for name in peers)
        sys.stdout.flush()
        peers.pop("SDK", None)
    growth = costs[-1] / costs[0]
    verdict = "linear" if growth <= LINEAR else f"not linear: more than {LINEAR}"
    sys.stdout.write(f"a resource of the largest stack costs the pack {growth:.2f} of one of the smallest: {verdict}\n")


if __name__ == "__main__":
    main()
