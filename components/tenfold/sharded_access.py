"""Who may do what with a sharded cluster: IAM policy documents that name each action and each ARN.

The actions are those of `tenfold_shards.store_dynamodb`.
"""

import json
from collections.abc import Sequence
from typing import Any

from tenfold.policy_documents import policy_document

_READ = ("dynamodb:GetItem", "dynamodb:Query")
_PUBLISH = (*_READ, "dynamodb:PutItem", "dynamodb:UpdateItem")


def router_policy(table_arn: str, connect_policies: Sequence[str]) -> str:
    """Who routes: reads the map, and signs in to every shard by IAM."""
    return policy_document([_allowed(_READ, [table_arn]), *_statements(connect_policies)])


def mover_policy(table_arn: str, secret_policies: Sequence[str]) -> str:
    """Who moves: reads and publishes the map, and signs in to every shard as its master user."""
    return policy_document([_allowed(_PUBLISH, [table_arn]), *_statements(secret_policies)])


def _statements(policies: Sequence[str]) -> list[dict[str, Any]]:
    """The statements of several documents, those alike as one: a role's policies have 10,240 characters together."""
    merged: dict[str, dict[str, Any]] = {}
    for statement in (each for policy in policies for each in json.loads(policy)["Statement"]):
        rest = {key: value for key, value in statement.items() if key != "Resource"}
        known = merged.setdefault(json.dumps(rest, sort_keys=True), {**rest, "Resource": []})
        known["Resource"] += [arn for arn in statement["Resource"] if arn not in known["Resource"]]
    return list(merged.values())


def _allowed(actions: Sequence[str], resources: list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": sorted(actions), "Resource": resources}
