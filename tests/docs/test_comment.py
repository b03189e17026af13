"""The page on pull requests shows the comment that the command makes today, and its links lead somewhere."""

import re

from docs import comment


def test_the_page_shows_the_comment_of_today() -> None:
    assert comment.PAGE.read_text() == comment.page(), "run `python -m docs.comment` and commit it"


def test_links_lead_to_files() -> None:
    written, _, _ = comment.PAGE.read_text().partition(comment.START)
    links = re.findall(r"\]\((\.\./[^)]*)\)", written)
    assert len(links) == 3
    assert all((comment.PAGE.parent / link).exists() for link in links)


def test_every_option_of_the_page_is_one_of_the_command() -> None:
    from typer.main import get_command

    from local.cli import app

    known = {option for one in get_command(app).commands["comment"].params for option in one.opts}  # pyright: ignore[reportAttributeAccessIssue]
    written, _, _ = comment.PAGE.read_text().partition(comment.START)
    asked = set(re.findall(r"tenfold comment .*?(--\w+)", written)) | {"--expect", "--json"}
    assert asked <= known
