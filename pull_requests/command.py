"""What `./tenfold comment` does: previews of some environments in, one comment or its data out."""

from collections.abc import Iterator, Sequence
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

MISSING = "There is no preview: its job ended before it came to one. The log of the run says more."


def read_all(arguments: Sequence[str], expected: Sequence[str] = ()) -> list[Preview]:
    """The previews in files.

    Args:
        arguments: `PREVIEW.json`, `ENVIRONMENT=PREVIEW.json`, or a folder, of which every `.json` is one.
        expected: Environments that come first, in this order; one without a file is a preview that failed.

    Raises:
        UnreadablePreviewError: Some are no previews; the message names every one of them.
    """
    previews: list[Preview] = []
    faults: list[str] = []
    for path, environment in _files(arguments):
        try:
            previews.append(read(path, environment))
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
    missing = [Preview(environment=name, errors=(MISSING,), ended=False) for name in expected if name not in names]
    order = {name: at for at, name in enumerate(expected)}
    return sorted([*previews, *missing], key=lambda preview: order.get(preview.environment, len(order)))


def _files(arguments: Sequence[str]) -> Iterator[tuple[Path, str | None]]:
    for argument in arguments:
        environment, named, path = argument.partition("=")
        if named:
            yield Path(path), environment
        elif Path(argument).is_dir():
            yield from ((file, None) for file in sorted(Path(argument).glob("*.json")))
        else:
            yield Path(argument), None


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
            "remediations": list(preview.remediations),
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
