"""The names of the environment variables by which programs find what a component made."""

import re


def variable(name: str) -> str:
    """A name as a variable's: in capitals, with an underscore for whatever no variable has."""
    return re.sub(r"\W", "_", name).upper()
