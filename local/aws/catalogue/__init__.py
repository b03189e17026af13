"""Every resource type that the embedded AWS knows, by its Pulumi token."""

from collections.abc import Mapping
from types import ModuleType

from local.aws.catalogue import (
    acm,
    appautoscaling,
    autoscaling,
    budgets,
    cloudfront,
    cloudwatch,
    dynamodb,
    ecs,
    elasticache,
    elasticache_groups,
    elb,
    events,
    flow_logs,
    functions,
    iam,
    instances,
    keys,
    kinesis,
    launch_template,
    log_delivery,
    log_queries,
    mediaconvert,
    rds,
    rds_groups,
    rds_proxy,
    route53,
    s3,
    scheduler,
    security_groups,
    ses,
    sns,
    sns_push,
    sqs,
    vpc,
    vpc_endpoints,
    vpc_gateways,
    vpc_routes,
    wafv2,
    xray,
)
from local.aws.catalogue.entry import ResourceType

_MODULES = (
    vpc,
    vpc_gateways,
    vpc_routes,
    vpc_endpoints,
    flow_logs,
    instances,
    security_groups,
    launch_template,
    elb,
    autoscaling,
    appautoscaling,
    sqs,
    functions,
    iam,
    dynamodb,
    cloudwatch,
    sns,
    sns_push,
    keys,
    s3,
    acm,
    route53,
    wafv2,
    ecs,
    cloudfront,
    scheduler,
    log_delivery,
    log_queries,
    rds,
    rds_groups,
    rds_proxy,
    elasticache,
    elasticache_groups,
    kinesis,
    events,
    mediaconvert,
    ses,
    budgets,
    xray,
)


def _types(modules: tuple[ModuleType, ...]) -> dict[str, ResourceType]:
    found = [kind for module in modules for kind in vars(module).values() if isinstance(kind, ResourceType)]
    return {kind.token: kind for kind in found}


CATALOGUE: Mapping[str, ResourceType] = _types(_MODULES)
