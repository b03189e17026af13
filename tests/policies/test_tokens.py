"""The types that rules know, against pulumi-aws."""

import importlib

import pytest

from tenfold_policies import tokens
from tenfold_policies.tokens import canonical

TOKENS = sorted(name for name in vars(tokens) if name.isupper())


@pytest.mark.parametrize("name", TOKENS)
def test_a_type_is_one_of_pulumi_aws(name: str) -> None:
    token: str = getattr(tokens, name)
    package, kind = token.removeprefix("aws:").split("/")[0], token.rpartition(":")[2]
    module = importlib.import_module(f"pulumi_aws.{ {'lambda': 'lambda_'}.get(package, package) }")
    assert getattr(module, kind).pulumi_type == token


@pytest.mark.parametrize(
    ("token", "known_by"),
    [
        ("aws:alb/loadBalancer:LoadBalancer", "aws:lb/loadBalancer:LoadBalancer"),
        ("aws:lb/loadBalancer:LoadBalancer", "aws:lb/loadBalancer:LoadBalancer"),
        ("aws:s3/bucketV2:BucketV2", "aws:s3/bucket:Bucket"),
        ("aws:s3/bucketAclV2:BucketAclV2", "aws:s3/bucketAcl:BucketAcl"),
        ("aws:sqs/queue:Queue", "aws:sqs/queue:Queue"),
        # No other package has types under two names.
        ("aws:apigatewayV2:ApiV2", "aws:apigatewayV2:ApiV2"),
    ],
)
def test_a_type_is_known_by_one_name(token: str, known_by: str) -> None:
    assert canonical(token) == known_by
