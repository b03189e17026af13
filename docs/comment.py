"""Writes the comment in `pull-requests.md` anew, from what the engine once said: `python -m docs.comment`."""

from pathlib import Path

from pull_requests import command
from pull_requests.comment import About

PAGE = Path(__file__).parent / "pull-requests.md"
RECORDED = Path(__file__).parents[1] / "tests" / "pull_requests" / "recorded"
START = "<!-- The rest is written by `python -m docs.comment`. -->\n"


def page() -> str:
    """The page as it should be."""
    previews = command.read_all([f"dev={RECORDED / 'unchanged.json'}", f"staging={RECORDED / 'proposed.json'}"])
    about = About(commit="3770695f2a1b", run_url="https://github.com/example/tenfold/actions/runs/1")
    written, _, _ = PAGE.read_text().partition(START)
    _, _, shown = command.text(previews, about, priced=True).partition("\n")
    # Two levels below the page's own heading.
    return (
        written + START + "\n" + "\n".join(f"#{line}" if line.startswith("#") else line for line in shown.split("\n"))
    )


if __name__ == "__main__":
    PAGE.write_text(page())
