"""Where what is up can be reached on this machine, and what to try with it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local.emulator import Emulator

_JOB = '{"hello": "world"}'


def addresses(aws: Emulator, resources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The addresses of a stack's resources by what they are; each of them answers."""
    return {"AWS": aws.endpoint, **dict(_of_resources(aws, resources))}


def next_steps(stack: str, reached: Mapping[str, str]) -> dict[str, str]:
    """Commands to try, by what they show."""
    web = next((address for name, address in reached.items() if name.startswith("load balancer ")), None)
    steps: dict[str, str] = {}
    if web:
        steps["post a job"] = f"curl {web}/jobs -d '{_JOB}'"
        steps["read its result"] = f"curl {web}/jobs/<job_id>"
    steps["use any AWS tool"] = 'eval "$(./tenfold env)"'
    steps["see outputs"] = f"./tenfold pulumi stack output --stack {stack}"
    steps["change something"] = f"edit stacks/Pulumi.{stack}.yaml, then ./tenfold preview {stack}"
    steps["take it away"] = "./tenfold down"
    return steps


def _of_resources(aws: Emulator, resources: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for resource in resources:
        name, outputs = resource["urn"].rsplit("::", 1)[-1], resource.get("outputs", {})
        match resource["type"]:
            case "aws:lb/loadBalancer:LoadBalancer":
                kind = "internal load balancer" if outputs.get("internal") else "load balancer"
                yield f"{kind} {name}", f"{aws.endpoint}/_alb/{outputs['name']}"
            case "aws:sqs/queue:Queue":
                yield f"queue {name}", outputs["url"]
            case "aws:dynamodb/table:Table":
                yield f"table {name}", outputs["name"]
            case "aws:lambda/functionUrl:FunctionUrl":
                # The emulator serves it by its host's first part, which no name server knows here.
                host = outputs["functionUrl"].split("/")[2]
                yield f"function URL {name}", f"{aws.endpoint}/_aws/lambda-url/{host.split('.')[0]}/"
            case "aws:lambda/function:Function":
                yield f"function {name}", outputs["name"]
            case "aws:rds/cluster:Cluster" | "aws:rds/instance:Instance" if outputs.get("engine", "").endswith(
                ("postgres", "postgresql")
            ):
                host = outputs.get("address") or outputs["endpoint"]
                yield f"database {name}", f"postgresql://{host}:{outputs['port']}/{_database(outputs)}"
            case "aws:elasticache/replicationGroup:ReplicationGroup":
                host = outputs.get("configurationEndpointAddress") or outputs["primaryEndpointAddress"]
                scheme = "rediss" if outputs.get("transitEncryptionEnabled") else "redis"
                yield f"cache {name}", f"{scheme}://{host}:{outputs['port']}"
            case "aws:elasticache/serverlessCache:ServerlessCache":
                yield f"cache {name}", "rediss://{address}:{port}".format(**outputs["endpoints"][0])
            case _:
                continue


def _database(outputs: Mapping[str, Any]) -> str:
    return outputs.get("databaseName") or outputs.get("dbName") or "postgres"
