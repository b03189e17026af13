"""Budgets live in the emulator as their entry says, with who is told of them."""

from typing import Any

from tests.local.aws.catalogue.life import Case, Made, World, live, parametrize


def _told(world: World, threshold: float, topic: str) -> dict[str, Any]:
    return {
        "notificationType": "ACTUAL",
        "comparisonOperator": "GREATER_THAN",
        "threshold": threshold,
        "thresholdType": "PERCENTAGE",
        "subscriberSnsTopicArns": [topic],
    }


def _budget(world: World, made: Made) -> Any:
    client, account = world.client("budgets"), world.emulator.account
    name = made.inputs["name"]
    limit = client.describe_budget(AccountId=account, BudgetName=name)["Budget"]["BudgetLimit"]
    found = client.describe_notifications_for_budget(AccountId=account, BudgetName=name)["Notifications"]
    told = {
        each["Threshold"]: client.describe_subscribers_for_notification(
            AccountId=account, BudgetName=name, Notification=each
        )["Subscribers"][0]["Address"]
        for each in found
    }
    return limit, told


CASES = [
    Case(
        token="aws:budgets/budget:Budget",
        inputs=lambda world: {
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "100.00",
            "limitUnit": "USD",
            "notifications": [_told(world, 80, world.topic), _told(world, 100, world.topic)],
        },
        look=_budget,
        made=lambda world, _: ({"Amount": "100.00", "Unit": "USD"}, {80.0: world.topic, 100.0: world.topic}),
        change=lambda world: {
            "limitAmount": "200.00",
            "notifications": [_told(world, 90, world.topic), _told(world, 100, world.topic)],
        },
        changed=lambda world, _: ({"Amount": "200.00", "Unit": "USD"}, {90.0: world.topic, 100.0: world.topic}),
        outputs={"arn": lambda world, made: f"arn:aws:budgets::{world.emulator.account}:budget/{made.inputs['name']}"},
    )
]


@parametrize(CASES)
def test_a_budget_lives_as_its_entry_says(case: Case, world: World) -> None:
    live(case, world)
