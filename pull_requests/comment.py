"""The comment: one Markdown text for all environments, what may lose data first, no longer than GitHub takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pull_requests.cost import CostChange
from pull_requests.data_holders import data_losses
from pull_requests.markdown import code, prose
from pull_requests.preview import Preview
from pull_requests.sections import Detail, sections
from pull_requests.words import headline

LIMIT_BYTES = 65_536
"""What GitHub takes: 65,536 characters. Bytes are counted, which are never fewer."""

_LEVELS = (None, 200, 100, 50, 25, 10, 5, 2, 1, 0)


@dataclass(frozen=True, kw_only=True)
class About:
    """What the comment is about, beside the previews.

    Attributes:
        title: The heading.
        marker: What the comment is found by again; it is in the first line, and not shown.
        commit: The commit that was previewed.
        run_url: The page of the run, where the whole preview is.
        costs: The change of the monthly bill, by environment; none where it was not asked for.
        priced: Where the prices are from, and of which day.
    """

    title: str = "Preview"
    marker: str = "preview"
    commit: str | None = None
    run_url: str | None = None
    costs: dict[str, CostChange] = field(default_factory=dict[str, CostChange])
    priced: str = ""


def comment(previews: Sequence[Preview], about: About | None = None) -> str:
    """The comment on some environments' previews; at most 65,536 bytes, with a line that says what was left out."""
    about = about or About()
    for rows in _LEVELS:
        text = _whole(previews, about, Detail(rows))
        if len(text.encode()) <= LIMIT_BYTES:
            return text
    return _headlines(previews, about)


def marker(name: str) -> str:
    """The first line of a comment, by which it is found and updated."""
    return f"<!-- tenfold: {name} -->"


def _whole(previews: Sequence[Preview], about: About, detail: Detail) -> str:
    blocks = [_head(about), "\n".join(_line(preview, about) for preview in previews)]
    for preview in previews:
        lines = sections(preview, about.costs.get(preview.environment), detail)
        if lines:
            blocks.append("\n\n".join([f"### {prose(preview.environment)}", *lines]))
    if about.priced and any(preview.changes for preview in previews if preview.environment in about.costs):
        blocks.append(f"Prices: {about.priced}.")
    if detail.shortened:
        blocks.append(_left_out(about))
    return "\n\n".join(blocks) + "\n"


def _line(preview: Preview, about: About) -> str:
    return f"- {headline(preview, about.costs.get(preview.environment))}"


def _head(about: About) -> str:
    of = f" of {code(about.commit[:12])}" if about.commit else ""
    run = f" ([run]({about.run_url}))" if about.run_url else ""
    return f"{marker(about.marker)}\n## {about.title}{of}{run}"


def _left_out(about: About) -> str:
    where = f"[the run]({about.run_url})" if about.run_url else "the run"
    return f"This is shortened, as GitHub takes no longer comment; {where} has the whole preview."


def _headlines(previews: Sequence[Preview], about: About) -> str:
    """As many environments as fit, each in one line, and a count of the others."""
    lines: list[str] = []
    room = LIMIT_BYTES - len(_head(about).encode()) - len(_left_out(about).encode()) - 300
    for preview in previews:
        line = _line(preview, about)
        room -= len(line.encode()) + 1
        if room < 0:
            break
        lines.append(line)
    if more := previews[len(lines) :]:
        holders = sum(len(data_losses(preview)) for preview in more)
        lines.append(
            f"- {len(more):,} more environments, **in which {holders:,} resources that hold data are replaced or "
            "destroyed**"
        )
    return "\n\n".join([_head(about), "\n".join(lines), _left_out(about)]) + "\n"
