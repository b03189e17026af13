"""Budgets: what an account may cost, and who is told."""

from collections.abc import Callable
from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_OF_NOTIFICATION = ("notificationType", "comparisonOperator", "threshold", "thresholdType")


def _budget(properties: Properties) -> Properties:
    """The limit is one block in AWS and two properties of the program."""
    rest = {name: value for name, value in properties.items() if name not in ("limitAmount", "limitUnit")}
    if "limitAmount" in properties:
        rest["budgetLimit"] = {"amount": properties["limitAmount"], "unit": properties.get("limitUnit")}
    return rest


def _budget_back(properties: Properties) -> Properties:
    limit = properties.get("budgetLimit")
    if not limit:
        return properties
    rest = {name: value for name, value in properties.items() if name != "budgetLimit"}
    return {**rest, "limitAmount": limit.get("amount"), "limitUnit": limit.get("unit")}


def _notification(given: Any) -> Properties:
    addresses = [("SNS", each) for each in given.get("subscriberSnsTopicArns") or []]
    addresses += [("EMAIL", each) for each in given.get("subscriberEmailAddresses") or []]
    return {
        "Notification": {name[0].upper() + name[1:]: given[name] for name in _OF_NOTIFICATION if name in given},
        "Subscribers": [{"SubscriptionType": kind, "Address": address} for kind, address in addresses],
    }


def _added(before: Properties, after: Properties) -> list[Properties]:
    old = before.get("notifications") or []
    return [_notification(each) for each in after.get("notifications") or [] if each not in old]


def _gone(before: Properties, after: Properties) -> list[Properties]:
    removed = _added(after, before)
    return [{"Notification": each["Notification"]} for each in removed]


def _notify(name: str, steps: Callable[[Properties, Properties], list[Properties]]) -> Operation:
    return Operation(
        name=name,
        params={"AccountId": "$account", "BudgetName": "$name"},
        only=frozenset({"notifications"}),
        steps=steps,
    )


_NEVER = frozenset({"notifications", "tags"})

BUDGET = ResourceType(
    token="aws:budgets/budget:Budget",
    service="budgets",
    create=Operation(name="create_budget", params={"AccountId": "$account"}, under="Budget", never=_NEVER),
    id="$account:$name",
    read=(Read(name="describe_budget", params={"AccountId": "$account", "BudgetName": "$name"}, at="Budget"),),
    update=(
        Operation(name="update_budget", params={"AccountId": "$account"}, under="NewBudget", never=_NEVER, whole=True),
        _notify("delete_notification", _gone),
        _notify("create_notification", _added),
    ),
    delete=Operation(name="delete_budget", params={"AccountId": "$account", "BudgetName": "$name"}),
    names={"name": "BudgetName"},
    outputs={"arn": "arn:aws:budgets::$account:budget/$name"},
    required=frozenset({"budgetType", "timeUnit"}),
    replace_on=frozenset({"name"}),
    not_returned={"notifications": "AWS tells of the subscribers of one notification at a time"},
    prepare=_budget,
    restore=_budget_back,
    tagging=Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"ResourceARN": "$arn"},
        read=Read(name="list_tags_for_resource", params={"ResourceARN": "$arn"}, at="ResourceTags"),
    ),
    naming=Naming(limit=100),
)
