"""Every resource type that the embedded AWS knows, by its Pulumi token."""

from collections.abc import Mapping
from types import ModuleType

from local.aws.catalogue import (
    autoscaling,
    cloudwatch,
    dynamodb,
    elb,
    functions,
    iam,
    keys,
    launch_template,
    s3,
    security_groups,
    sns,
    sqs,
    vpc,
)
from local.aws.catalogue.entry import ResourceType

_MODULES = (
    vpc,
    security_groups,
    launch_template,
    elb,
    autoscaling,
    sqs,
    functions,
    iam,
    dynamodb,
    cloudwatch,
    sns,
    keys,
    s3,
)


def _types(modules: tuple[ModuleType, ...]) -> dict[str, ResourceType]:
    found = [kind for module in modules for kind in vars(module).values() if isinstance(kind, ResourceType)]
    return {kind.token: kind for kind in found}


CATALOGUE: Mapping[str, ResourceType] = _types(_MODULES)
