"""What components cost a program, beside the same resources written flat, in seconds of the processor.

    python -m benchmarks.program_time [--resources 300 1000 3000] [--rounds 5]

The program makes copies of three components, a queue with its worker, a table and a topic with a subscriber; the flat
one makes the very resources that it registers, class by class of pulumi-aws with plain values, as somebody would have
written them by hand. Both run in a process of their own against a monitor that answers at once, so that the engine and
AWS are not in it. In each round the two run one after the other; a ratio is the median of the rounds' ratios. The
components' own resources, which the engine keeps and AWS does not have, count for the components.
"""

import argparse
import importlib
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import pulumi
import pulumi.runtime
from pulumi.runtime import mocks, rpc

GOAL = 1.15
_BY_MODULE = {"lambda": "lambda_"}


class Flat(NamedTuple):
    """A resource as a flat program has it: pulumi-aws's class, and the values it is given."""

    module: str
    kind: str
    name: str
    values: dict[str, Any]


class _Answers(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> Any:
        return {
            **args.args,
            "accountId": "123456789012",
            "name": "us-east-1",
            "region": "us-east-1",
            "partition": "aws",
        }

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        service = args.typ.split(":")[1].partition("/")[0]
        arn = f"arn:aws:{service}:us-east-1:123456789012:{args.name}"
        return args.name, {"arn": arn, "name": args.name, "url": f"https://sqs/{args.name}", **args.inputs}


class _Monitor(mocks.MockMonitor):
    def __init__(self) -> None:
        super().__init__(_Answers())
        self.flat: list[Flat] = []
        self.registered = 0

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  the engine's word
        self.registered += 1
        if request.custom:
            _, module, kind = str(request.type).split(":")
            package = module.partition("/")[0]
            values = rpc.deserialize_properties(request.object) or {}
            self.flat.append(Flat(_BY_MODULE.get(package, package), kind, request.name, _plain(values)))
        return super().RegisterResource(request)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    # An archive is of a program's own process; its text stands for it.
    return str(value) if isinstance(value, pulumi.Asset | pulumi.Archive) else value


def components(copies: int) -> None:
    """The program of components."""
    # Here, since the flat program must not pay for it.
    from tenfold import QueueService, Table, Topic  # noqa: PLC0415

    for number in range(copies):
        code = pulumi.AssetArchive({"handler.py": pulumi.StringAsset("def handle(event, context): ...")})
        topic = Topic(f"events-{number}", {})
        table = Table(f"results-{number}", {"hash_key": "id", "attributes": {"id": "S"}})
        QueueService(
            f"jobs-{number}",
            {
                "worker": {"code": code, "handler": "handler.handle", "environment": table.environment},
                "topics": {"events": {"topic_arn": topic.topic_arn}},
            },
        )


def flat(resources: list[Flat]) -> None:
    """The same resources, one after the other."""
    for resource in resources:
        kind = getattr(importlib.import_module(f"pulumi_aws.{resource.module}"), resource.kind)
        names = {wire: name for name, wire in _wire_names(kind).items()}
        kind(resource.name, **{names.get(key, key): value for key, value in resource.values.items()})


def _wire_names(kind: type) -> dict[str, str]:
    return {
        name: str(getattr(member.fget, "_pulumi_name", name))
        for name, member in vars(kind).items()
        if isinstance(member, property)
    }


def _child(what: str, argument: str) -> None:
    """Run one of the programs, and print what it took."""
    monitor = _Monitor()
    mocks.set_mocks(monitor.mocks, monitor=monitor)
    if what == "components":
        pulumi.runtime.test(lambda: components(int(argument)))()
    elif what == "record":
        copies, path = argument.split(":", 1)
        pulumi.runtime.test(lambda: components(int(copies)))()
        Path(path).write_bytes(pickle.dumps(monitor.flat))
    else:
        resources: list[Flat] = pickle.loads(Path(argument).read_bytes())  # noqa: S301  written above
        pulumi.runtime.test(lambda: flat(resources))()
    print(json.dumps({"registered": monitor.registered, "seconds": time.process_time()}))  # noqa: T201


def _run(what: str, argument: str) -> dict[str, float]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.program_time", "--child", what, argument]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        _child(*given.child)
        return
    with tempfile.TemporaryDirectory() as folder:
        _run("record", f"1:{folder}/one")
        each = len(pickle.loads(Path(folder, "one").read_bytes()))  # noqa: S301
        print("| resources | components, s | flat, s | ratio | ms a resource |\n| ---: | ---: | ---: | ---: | ---: |")  # noqa: T201
        for wanted in given.resources:
            copies = round(wanted / each)
            path = f"{folder}/{wanted}"
            _run("record", f"{copies}:{path}")
            pairs = [
                (_run("components", str(copies))["seconds"], _run("flat", path)["seconds"]) for _ in range(given.rounds)
            ]
            ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
            ratio = statistics.median(one / other for one, other in pairs)
            print(  # noqa: T201
                f"| {copies * each} | {ours:.2f} | {theirs:.2f} | {ratio:.2f} (goal {GOAL}) "
                f"| {1000 * ours / (copies * each):.1f} |"
            )


if __name__ == "__main__":
    main()
