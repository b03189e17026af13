"""What goes wrong, in words for the author of a program."""

import difflib
from collections.abc import Iterable

from botocore.exceptions import ClientError, EndpointConnectionError


def unknown_token(what: str, token: str, known: Iterable[str]) -> str:
    """That there is no such type or look-up in the embedded AWS, with the nearest that there are."""
    near = difflib.get_close_matches(token, known := sorted(known), 3, 0.75)
    package = token.partition("/")[0]
    alike = near or [one for one in known if one.startswith(f"{package}/")]
    hint = f"; near it are {', '.join(alike)}" if alike else ""
    return f"{what} {token} is not in the embedded AWS's catalogue{hint}"


def reason(error: BaseException) -> str:
    """An exception as one line."""
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        code, message = said.get("Code", "unknown"), said.get("Message", "")
        return f"{error.operation_name}: {code}: {message}"
    if isinstance(error, EndpointConnectionError):
        return f"{error}. The embedded AWS does not run any more: run the command again"
    return str(error) or type(error).__name__
