"""Who signs in to a cache: users by IAM, who have no password, and their policies.

See https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html.
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from tenfold.cache_arguments import CacheArgs, CacheEngine
from tenfold.cache_server import engine_of
from tenfold.environment import variable
from tenfold.policy_documents import policy_document

APP = "app"
OFF = "off"
DEFAULT = "default"
_APP_ACCESS = "on ~* &* +@all -@dangerous +info"


def access_strings(args: CacheArgs) -> dict[str, str]:
    """What each user may do, by name."""
    access = args.get("access", {})
    return {APP: access.get("app", _APP_ACCESS), **dict(sorted(access.get("users", {}).items()))}


def user_id(identifier: str, user: str) -> str:
    """What a user is called on AWS, where ids are of a region and not of a cache."""
    return f"{identifier}-{user}"


def user_group(
    component: pulumi.ComponentResource, args: CacheArgs, identifier: pulumi.Output[str]
) -> aws.elasticache.UserGroup:
    """The users, in a group that belongs to this cache alone."""
    engine = engine_of(args)
    users = [_user(component, engine, identifier, user, may) for user, may in access_strings(args).items()]
    if engine is CacheEngine.REDIS:
        users.append(_nobody(component, identifier))
    return aws.elasticache.UserGroup(
        f"{component.pulumi_resource_name}-users",
        engine=engine.value,
        user_group_id=identifier,
        user_ids=[user.user_id for user in users],
        opts=pulumi.ResourceOptions(parent=component),
    )


def _user(
    component: pulumi.ComponentResource, engine: CacheEngine, identifier: pulumi.Output[str], user: str, may: str
) -> aws.elasticache.User:
    # For those who sign in by IAM the name is the id.
    known_as = identifier.apply(lambda found: user_id(found, user))
    return aws.elasticache.User(
        f"{component.pulumi_resource_name}-user-{user}",
        engine=engine.value,
        user_id=known_as,
        user_name=known_as,
        access_string=may,
        authentication_mode={"type": "iam"},
        opts=pulumi.ResourceOptions(parent=component),
    )


def _nobody(component: pulumi.ComponentResource, identifier: pulumi.Output[str]) -> aws.elasticache.User:
    """The user of those who do not say who they are. A group of Redis OSS has one; one of Valkey is better without."""
    return aws.elasticache.User(
        f"{component.pulumi_resource_name}-default-user",
        engine=CacheEngine.REDIS.value,
        user_id=identifier.apply(lambda found: user_id(found, OFF)),
        user_name=DEFAULT,
        access_string="off -@all",
        authentication_mode={"type": "no-password-required"},
        opts=pulumi.ResourceOptions(parent=component),
    )


def connect_policy(cache_arn: str, user_ids: Sequence[str]) -> str:
    """The policy of those who sign in to a cache as some of its users, as a JSON document."""
    _, partition, service, region, account, _ = cache_arn.split(":", 5)
    users = [f"arn:{partition}:{service}:{region}:{account}:user:{user}" for user in user_ids]
    statement = {"Effect": "Allow", "Action": ["elasticache:Connect"], "Resource": [cache_arn, *users]}
    return policy_document([statement])


def variables(prefix: str, values: dict[str, str]) -> dict[str, str]:
    """The environment variables of a program that uses a cache: `PAGES_CACHE_HOST` and so on."""
    capitals = variable(prefix)
    return {f"{capitals}_{key}": value for key, value in values.items()}
