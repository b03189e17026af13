"""Who may do what with a table: IAM policy documents that name each action and each ARN.

See https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html.
"""

from collections.abc import Sequence
from typing import Any

from tenfold.policy_documents import Statement, policy_document

READ = ("BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem", "Query", "Scan")
WRITE = ("BatchWriteItem", "ConditionCheckItem", "DeleteItem", "DescribeTable", "PutItem", "UpdateItem")
READ_WRITE = (*READ, *(action for action in WRITE if action not in READ))
_OF_INDEXES = ("Query", "Scan")
# Lambda asks for ListStreams, too, before it reads a stream.
_STREAM = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
_KEY_READ = ("Decrypt", "DescribeKey")
_KEY_WRITE = ("Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")


def table_policy(actions: Sequence[str], table_arn: str, indexes: Sequence[str], key_arn: str | None) -> str:
    """The policy of a table's reader or writer, as a JSON document.

    Args:
        actions: What it may do: `READ`, `WRITE` or `READ_WRITE`.
        table_arn: The table's ARN.
        indexes: The names of its indexes.
        key_arn: The ARN of the customer's key that it is encrypted with, if it is.
    """
    return policy_document(table_statements(actions, table_arn, indexes, key_arn))


def table_statements(
    actions: Sequence[str], table_arn: str, indexes: Sequence[str], key_arn: str | None
) -> list[Statement]:
    """The statements of `table_policy`, for a policy that lets somebody do other things too."""
    statements: list[Statement] = [_allowed("dynamodb", actions, [table_arn])]
    of_indexes = [action for action in actions if action in _OF_INDEXES]
    if of_indexes and indexes:
        statements.append(_allowed("dynamodb", of_indexes, [f"{table_arn}/index/{index}" for index in indexes]))
    if key_arn:
        writes = "PutItem" in actions
        statements.append(_with_key(table_arn, key_arn, (*_KEY_READ, *(_KEY_WRITE if writes else ()))))
    return statements


def stream_policy(stream_arn: str, key_arn: str | None) -> str:
    """The policy of a reader of a table's stream, as a JSON document."""
    statements = [_allowed("dynamodb", _STREAM, [stream_arn])]
    if key_arn:
        statements.append(_with_key(stream_arn, key_arn, _KEY_READ))
    return policy_document(statements)


def _allowed(service: str, actions: Sequence[str], resources: list[str]) -> dict[str, Any]:
    names = sorted(f"{service}:{action}" for action in actions)
    return {"Effect": "Allow", "Action": names, "Resource": resources}


def _with_key(arn: str, key_arn: str, actions: Sequence[str]) -> dict[str, Any]:
    """What DynamoDB does with the key for the caller; the caller alone cannot."""
    # The service's name ends in .com.cn in China.
    service = f"dynamodb.{arn.split(':')[3]}.amazonaws.com*"
    return {**_allowed("kms", actions, [key_arn]), "Condition": {"StringLike": {"kms:ViaService": service}}}
