"""Code that runs when something happens: a file arrives, a message waits, a record changes, the clock strikes.

*Scaling on AWS (Part 4): > One Million Users* has work follow events, so that no server waits for it and none has to be
scaled for it. This is one such function in AWS Lambda with what it needs: its code built, a role that may do no more
than it must, a place for the events that fail, and someone who is told.

See https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, alarm_faults
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.environment import variable
from tenfold.function_access import (
    Statement,
    dead_letter_policy,
    delivery,
    invoke_policy,
    network_use,
    no_network_changes,
    queue_reading,
    stream_reading,
)
from tenfold.function_alarms import canary_alarm, dead_letter_alarm, function_alarms, stream_alarm
from tenfold.function_arguments import FunctionArchitecture, FunctionArgs, FunctionCodeArgs
from tenfold.function_faults import function_rules, name_faults
from tenfold.function_network import FunctionNetwork, function_network
from tenfold.function_package import folder_archive
from tenfold.function_sources import Called, call_by_schedules, read_queues, read_streams, subscribe_to_topics
from tenfold.function_url import function_url
from tenfold.grants import grant
from tenfold.lambda_function import LambdaFunction, lambda_function
from tenfold.placement import placed

_CHILDREN: Children = {
    "function": aws.lambda_.Function,
    "function-logs": aws.cloudwatch.LogGroup,
    "function-role": aws.iam.Role,
    "function-policy": aws.iam.RolePolicy,
    "live": aws.lambda_.Alias,
    "provisioned": aws.lambda_.ProvisionedConcurrencyConfig,
    "asynchronous": aws.lambda_.FunctionEventInvokeConfig,
    "dlq": aws.sqs.Queue,
    "dlq-policy": aws.sqs.QueuePolicy,
    "sg": aws.ec2.SecurityGroup,
    "sg-to-vpc": aws.vpc.SecurityGroupEgressRule,
    "sg-to-internet": aws.vpc.SecurityGroupEgressRule,
    "network-denial": aws.iam.RolePolicy,
    "url": aws.lambda_.FunctionUrl,
    "url-permission": aws.lambda_.Permission,
    "queue": aws.lambda_.EventSourceMapping,
    "stream": aws.lambda_.EventSourceMapping,
    "topic": aws.sns.TopicSubscription,
    "topic-permission": aws.lambda_.Permission,
    "schedule": aws.scheduler.Schedule,
    "schedule-role": aws.iam.Role,
    "schedule-policy": aws.iam.RolePolicy,
    "error-alarm": aws.cloudwatch.MetricAlarm,
    "throttle-alarm": aws.cloudwatch.MetricAlarm,
    "duration-alarm": aws.cloudwatch.MetricAlarm,
    "dlq-alarm": aws.cloudwatch.MetricAlarm,
    "iterator-age-alarm": aws.cloudwatch.MetricAlarm,
    "canary-error-alarm": aws.cloudwatch.MetricAlarm,
    "invoke-grant": aws.iam.RolePolicy,
}
_FOURTEEN_DAYS = 1_209_600


class Function(pulumi.ComponentResource):
    """A Lambda function, what sends it events, where failed events go, and the policies of those who call it.

    By default its code runs on Graviton with 256 MB for up to 30 seconds, is traced, and writes JSON logs that are kept
    for 30 days; its role may write those, send dead letters, and nothing else. Each change is a version, and callers
    call the alias `live`, whose ARN stays. An event that nobody waits for is tried three times and then kept for 14
    days in a dead-letter queue. There are alarms on errors, on throttling, on calls near their timeout and on dead
    letters.

    A canary is the alias with two versions, which an update sets and the next one ends: it needs nothing beside Pulumi.
    CodeDeploy would shift the calls by itself, but by deployments that no update makes, against the program's state.

    A bucket calls it by the bucket's own argument `notifications`, since a bucket has one list of all that it calls. In
    a network it leaves by NAT or by endpoints, and Lambda alone may use its permissions on network interfaces.
    """

    function_name: pulumi.Output[str]
    """The function's name on AWS."""
    function_arn: pulumi.Output[str]
    """The ARN of its alias `live`, which callers and event sources use."""
    unqualified_arn: pulumi.Output[str]
    """The ARN of the function itself, whose code is the newest, canary or not."""
    invoke_arn: pulumi.Output[str]
    """The ARN by which API Gateway calls its alias `live`."""
    version: pulumi.Output[str]
    """The newest version; as `canary.stable_version` it keeps calls while the next one is tried."""
    function_url: pulumi.Output[str]
    """Its HTTPS address; empty without one."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that calls it: `<NAME>_FUNCTION`, the component's name in capitals."""
    invoke_policy_json: pulumi.Output[str]
    """The IAM policy of those who call it."""
    role_name: pulumi.Output[str]
    """The name of its role."""
    role_arn: pulumi.Output[str]
    """The ARN of its role."""
    log_group_name: pulumi.Output[str]
    """The name of its log group."""
    dlq_name: pulumi.Output[str]
    """The name of its dead-letter queue."""
    dlq_url: pulumi.Output[str]
    """The URL of its dead-letter queue."""
    dlq_arn: pulumi.Output[str]
    """The ARN of its dead-letter queue."""
    security_group_id: pulumi.Output[str]
    """The id of its security group, which databases and caches open their port to; empty outside of a network."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind, `error-alarm`."""

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        alarm_rule = partial(alarm_faults, children=_CHILDREN)
        rules = (lambda _: name_faults(name), *function_rules(name), alarm_rule)
        args = checked("Function", name, FunctionArgs, args, _CHILDREN, *rules)
        package = _package(args["code"])
        super().__init__("tenfold:index:Function", name, {**args}, inherited(name, args, _CHILDREN, opts))

        dlq = _dead_letter_queue(self)
        dlq_policy = _dead_letter_policy(self, args, dlq)
        network = function_network(self, args["placement"]) if "placement" in args else None
        made = _function(self, args, package, dlq, network)
        live = _live(self, args, made, network)
        asynchronous = _asynchronous(self, args, made, live)
        url = function_url(self, args["url"], made.function, live) if "url" in args else None
        _sources(args, Called(self, made.function, live, dlq, [*made.permissions, dlq_policy, asynchronous]))
        self.alarm_arns = _alarms(self, args, made, live, dlq)

        nothing = pulumi.Output.from_input("")
        has_url = url is not None
        self.function_name = made.function.name
        self.function_arn = live.arn
        self.unqualified_arn = made.function.arn
        self.invoke_arn = live.invoke_arn
        self.version = made.function.version
        self.function_url = url.function_url if url else nothing
        self.environment = live.arn.apply(lambda arn: {variable(f"{name}_FUNCTION"): arn})
        self.invoke_policy_json = live.arn.apply(lambda arn: invoke_policy(arn, url=has_url))
        self.role_name = made.role.name
        self.role_arn = made.role.arn
        self.log_group_name = made.logs.name
        self.dlq_name = dlq.name
        self.dlq_url = dlq.url
        self.dlq_arn = dlq.arn
        self.security_group_id = network.group.id if network else nothing
        self.register_outputs({output: getattr(self, output) for output in Function.__annotations__})
        self._role = made.role

    @property
    def role(self) -> aws.iam.Role:
        """Its role, for grants in the same program: `results.grant_read_write(thumbnails.role)`."""
        return self._role

    def grant_invoke(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role call the function, by its URL too where it has one."""
        return grant(self, "invoke-grant", role, self.invoke_policy_json)


def _package(code: FunctionCodeArgs) -> Mapping[str, Any]:
    """The code as properties of a function; a folder is built here, before anything is registered."""
    if "image_uri" in code:
        command = {"image_config": {"commands": [code["handler"]]}} if "handler" in code else {}
        return {"package_type": "Image", "image_uri": code["image_uri"], **command}
    runtime = code.get("runtime", "python3.13")
    archive = folder_archive(code["folder"], runtime, _architecture(code)) if "folder" in code else code.get("archive")
    return {"code": archive, "handler": code.get("handler"), "runtime": runtime, "layers": code.get("layers")}


def _architecture(code: FunctionCodeArgs) -> str:
    return code.get("architecture", FunctionArchitecture.ARM64).value


def _dead_letter_queue(component: Function) -> aws.sqs.Queue:
    return aws.sqs.Queue(
        f"{component.pulumi_resource_name}-dlq",
        message_retention_seconds=_FOURTEEN_DAYS,
        sqs_managed_sse_enabled=True,
        # Its events come from the function's sources; no queue may drop its dead letters there.
        redrive_allow_policy=pulumi.Output.json_dumps({"redrivePermission": "denyAll"}),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _dead_letter_policy(component: Function, args: FunctionArgs, dlq: aws.sqs.Queue) -> aws.sqs.QueuePolicy:
    topics = [topic["topic_arn"] for _, topic in sorted(args.get("topics", {}).items())]
    return aws.sqs.QueuePolicy(
        f"{component.pulumi_resource_name}-dlq-policy",
        queue_url=dlq.url,
        policy=pulumi.Output.all(dlq.arn, topics).apply(lambda arns: dead_letter_policy(arns[0], arns[1])),
        opts=pulumi.ResourceOptions(parent=component),
    )


def _function(
    component: Function,
    args: FunctionArgs,
    package: Mapping[str, Any],
    dlq: aws.sqs.Queue,
    network: FunctionNetwork | None,
) -> LambdaFunction:
    name = component.pulumi_resource_name
    settings: dict[str, Any] = {
        # A version of its own for each change: what ran before can be called again.
        "publish": True,
        "ephemeral_storage": {"size": args.get("ephemeral_storage_mb", 512)},
        # Of each version, whoever calls it by whichever name; a destination gets what failed in its place.
        "dead_letter_config": None if "on_failure_arn" in args.get("asynchronous", {}) else {"target_arn": dlq.arn},
        "reserved_concurrent_executions": args.get("concurrency", {}).get("reserved"),
    }
    if network and "placement" in args:
        subnets = placed(args["placement"], "app_subnet_ids")
        settings["vpc_config"] = {"subnet_ids": subnets, "security_group_ids": [network.group.id]}
    return lambda_function(
        component,
        "function",
        description=f"The function {name}",
        role_description=f"The function {name}",
        package=package,
        architecture=_architecture(args["code"]),
        memory_mb=args.get("memory_mb", 256),
        timeout_seconds=args.get("timeout_seconds", 30),
        environment=args.get("environment"),
        statements=_statements(args, dlq, in_network=network is not None),
        policies=args.get("policies", {}),
        log_retention_days=args.get("log_retention_days", 30),
        settings=settings,
    )


def _statements(args: FunctionArgs, dlq: aws.sqs.Queue, *, in_network: bool) -> pulumi.Output[list[Statement]]:
    """What the function's role may do: deliver what failed, read its sources, be put into its network."""
    given = cast("Mapping[str, str]", args.get("asynchronous", {}))
    delivered = [dlq.arn, *(given[key] for key in ("on_failure_arn", "on_success_arn") if key in given)]
    # Sorted: programs in other languages give maps in no order.
    queues = [queue["queue_arn"] for _, queue in sorted(args.get("queues", {}).items())]
    streams = [stream["stream_arn"] for _, stream in sorted(args.get("streams", {}).items())]

    def statements(found: Sequence[Sequence[str]]) -> list[Statement]:
        to, from_queues, from_streams = (dict.fromkeys(arns) for arns in found)
        return [
            *map(delivery, to),
            *map(queue_reading, from_queues),
            *map(stream_reading, from_streams),
            *([network_use()] if in_network else []),
        ]

    return pulumi.Output.all(delivered, queues, streams).apply(statements)


def _live(
    component: Function, args: FunctionArgs, made: LambdaFunction, network: FunctionNetwork | None
) -> aws.lambda_.Alias:
    name, function, canary = component.pulumi_resource_name, made.function, args.get("canary")
    denials: list[pulumi.Resource] = []
    if network:
        denial = aws.iam.RolePolicy(
            f"{name}-network-denial",
            role=made.role.name,
            policy=function.arn.apply(no_network_changes),
            opts=pulumi.ResourceOptions(parent=component),
        )
        denials = [denial, *network.ways_out]
    weights: Any = None
    if canary:
        share = pulumi.Output.all(function.version, canary["stable_version"], canary.get("percent", 10.0))
        weights = {"additional_version_weights": share.apply(lambda found: _weights(*found))}
    live = aws.lambda_.Alias(
        f"{name}-live",
        name="live",
        description=f"What callers of {name} call",
        function_name=function.name,
        function_version=canary["stable_version"] if canary else function.version,
        routing_config=weights,
        # Whoever calls it finds its network open and its own code held back.
        opts=pulumi.ResourceOptions(parent=component, depends_on=denials),
    )
    if "provisioned" in args.get("concurrency", {}):
        aws.lambda_.ProvisionedConcurrencyConfig(
            f"{name}-provisioned",
            function_name=function.name,
            qualifier=live.name,
            provisioned_concurrent_executions=args.get("concurrency", {}).get("provisioned"),
            opts=pulumi.ResourceOptions(parent=component),
        )
    return live


def _weights(newest: str, stable: str, percent: float) -> dict[str, float]:
    # AWS refuses an alias that has one version twice: before the change there is nothing to try.
    return {newest: percent / 100} if percent and newest != stable else {}


def _asynchronous(
    component: Function, args: FunctionArgs, made: LambdaFunction, live: aws.lambda_.Alias
) -> aws.lambda_.FunctionEventInvokeConfig:
    asynchronous = args.get("asynchronous", {})
    destinations: Any = {
        key.removesuffix("_arn"): {"destination": arn}
        for key, arn in asynchronous.items()
        if key in ("on_failure_arn", "on_success_arn")
    }
    return aws.lambda_.FunctionEventInvokeConfig(
        f"{component.pulumi_resource_name}-asynchronous",
        function_name=made.function.name,
        qualifier=live.name,
        maximum_retry_attempts=asynchronous.get("retries", 2),
        maximum_event_age_in_seconds=asynchronous.get("maximum_age_seconds", 21_600),
        destination_config=destinations or None,
        opts=pulumi.ResourceOptions(parent=component, depends_on=made.permissions),
    )


def _sources(args: FunctionArgs, called: Called) -> None:
    read_queues(called, args.get("queues", {}))
    read_streams(called, args.get("streams", {}))
    subscribe_to_topics(called, args.get("topics", {}))
    call_by_schedules(called, args.get("schedules", {}))


def _alarms(
    component: Function, args: FunctionArgs, made: LambdaFunction, live: aws.lambda_.Alias, dlq: aws.sqs.Queue
) -> pulumi.Output[dict[str, str]]:
    alarms, name = Alarms(component, args), component.pulumi_resource_name
    function_alarms(alarms, name, made.function, args.get("timeout_seconds", 30))
    dead_letter_alarm(alarms, name, dlq)
    if args.get("streams"):
        stream_alarm(alarms, name, made.function)
    if "canary" in args:
        canary_alarm(alarms, name, made.function, live)
    return alarms.arns()
