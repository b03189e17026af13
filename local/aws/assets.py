"""Files that a program hands over: their paths are relative to the program, which runs elsewhere than we do."""

from pathlib import Path
from typing import Any

from local.aws.values import Properties, is_asset


def anchored(value: Any, root: Path) -> Any:
    """The value with every relative path of an asset or archive made absolute."""
    if isinstance(value, dict):
        inner = {key: anchored(item, root) for key, item in value.items()}
        return {**inner, "path": str(root / inner["path"])} if is_asset(value) and "path" in value else inner
    return [anchored(item, root) for item in value] if isinstance(value, list) else value


def echoed(answer: Properties, given: Properties) -> Properties:
    """The answer with assets as they were given: state must not hold where this checkout lies."""
    return {name: given[name] if _has_asset(value) and name in given else value for name, value in answer.items()}


def described(value: Any) -> Any:
    """The value with assets as their hash, without their content."""
    if is_asset(value):
        return {key: item for key, item in value.items() if key not in ("text", "assets")}
    if isinstance(value, dict):
        return {key: described(item) for key, item in value.items()}
    return [described(item) for item in value] if isinstance(value, list) else value


def _has_asset(value: Any) -> bool:
    if isinstance(value, dict):
        return is_asset(value) or any(map(_has_asset, value.values()))
    return isinstance(value, list) and any(map(_has_asset, value))
