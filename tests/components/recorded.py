"""What components register in the uses that tests have for all of them; each is built once, and tests only read it."""

from functools import cache
from typing import Any

from tests.components.building import Built, build
from tests.components.uses import EXAMPLES, TOPIC


@cache
def recorded(component: Any, use: str, *, preview: bool = False, topic: bool = False) -> Built[Any]:
    """A component in one of its uses.

    Args:
        component: Its class.
        use: A key of its example's uses.
        preview: Whether it is the preview of a new stack.
        topic: Whether its alarms notify a topic, which is `TOPIC`.
    """
    args = EXAMPLES[component.__name__].uses()[use]
    if topic:
        args = {**args, "alarms": {"topic_arn": TOPIC}}
    return build(lambda: component("it", args), preview=preview)
