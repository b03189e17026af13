"""What `./tenfold comment` does: previews of some environments in, one comment or its data out."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pull_requests.comment import About, comment
from pull_requests.cost import CostChange, cost_change
from pull_requests.data_holders import HOLDERS, data_losses, fate
from pull_requests.preview import Action, Change, Preview
from pull_requests.reading import UnreadablePreviewError, read
from pull_requests.words import failed
from stacks import prices


def read_all(arguments: Sequence[str]) -> list[Preview]:
    """The previews in the files `PREVIEW.json` or `ENVIRONMENT=PREVIEW.json`, in that order.

    Raises:
        UnreadablePreviewError: Some are no previews; the message names every one of them.
    """
    previews: list[Preview] = []
    faults: list[str] = []
    for argument in arguments:
        environment, named, path = argument.partition("=")
        try:
            previews.append(read(Path(path if named else argument), environment if named else None))
        except UnreadablePreviewError as error:
            faults.append(str(error))
    names = [preview.environment for preview in previews]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            faults.append(
                f"{name}: {names.count(name)} files are of this environment. Give one, or name them: NAME=FILE"
            )
    if faults:
        raise UnreadablePreviewError("\n".join(faults))
    return previews


def costs(previews: Sequence[Preview]) -> dict[str, CostChange]:
    """What each environment's monthly bill changes by."""
    return {preview.environment: cost_change(preview, prices.monthly_usd, prices.paid_by_use) for preview in previews}


def text(previews: Sequence[Preview], about: About, *, priced: bool) -> str:
    """The comment."""
    if priced:
        origin = f"AWS's list prices on demand in {prices.REGION}, of {prices.AS_OF}, with no discount"
        about = replace(about, costs=costs(previews), priced=origin)
    return comment(previews, about)


def data(previews: Sequence[Preview], *, priced: bool) -> list[dict[str, Any]]:
    """The same for a script: one object for each environment."""
    known = costs(previews) if priced else {}
    return [
        {
            "environment": preview.environment,
            "failed": failed(preview),
            "errors": list(preview.errors),
            "counts": {action.value: len(preview.of(action)) for action in Action},
            "data_losses": [_loss(change) for change in data_losses(preview)],
            "drift": [change.urn for change in preview.drift],
            "violations": [asdict(violation) for violation in preview.violations],
            "undecided": list(preview.undecided),
            "exemptions": list(preview.exemptions),
            "cost": asdict(known[preview.environment]) if priced else None,
        }
        for preview in previews
    ]


def _loss(change: Change) -> dict[str, str]:
    return {
        "urn": change.urn,
        "action": change.action.value,
        "holds": HOLDERS[change.type],
        "fate": fate(change.type, change.old),
    }
