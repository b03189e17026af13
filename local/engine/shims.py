"""The executables beside a self-built CLI, which start the checkout's Python.

The engine takes a language host that lies in its own folder as bundled with it. The folder is shared by every checkout
of the user, so what is in it names none: the environment of `Engine` does.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent.parent

_LANGUAGE_HOST = """\
#!/bin/sh
# Runs Python programs for the pulumi beside this file; tenfold writes it.
if [ ! -x "${TENFOLD_PYTHON:-}" ] || [ ! -d "${TENFOLD_CHECKOUT:-}" ]; then
    echo "pulumi-language-python: TENFOLD_PYTHON and TENFOLD_CHECKOUT must name a Python and a checkout of tenfold;" \\
         "./tenfold sets them" >&2
    exit 1
fi
exec "$TENFOLD_PYTHON" -P -c 'import sys
sys.path.insert(0, sys.argv.pop(1))
from local.engine.language_host import main
main()' "$TENFOLD_CHECKOUT" "$@"
"""

_DYNAMIC_PROVIDER = """\
#!/bin/sh
# Runs dynamic resources of Python programs for the pulumi beside this file; tenfold writes it.
environment=${PULUMI_RUNTIME_VIRTUALENV:-}
[ -n "$environment" ] || [ "${PULUMI_RUNTIME_TOOLCHAIN:-}" != uv ] || environment=.venv
if [ -n "$environment" ]; then
    [ -x "$environment/bin/python" ] || { echo "$PWD: $environment is not a virtual environment" >&2; exit 1; }
    PATH=$environment/bin:$PATH
    unset PYTHONHOME
    exec "$environment/bin/python" -u -m pulumi.dynamic "$@"
fi
exec "${PULUMI_PYTHON_CMD:-python3}" -u -m pulumi.dynamic "$@"
"""

_SHIMS = {"pulumi-language-python": _LANGUAGE_HOST, "pulumi-resource-pulumi-python": _DYNAMIC_PROVIDER}


def write_shims(folder: Path) -> None:
    """Put the executables into `folder`, or renew them there where they are of another version."""
    for name, text in _SHIMS.items():
        path = folder / name
        if path.is_file() and path.read_text() == text:
            continue
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=f".{name}.", delete=False) as file:
            file.write(text)
        renewed = Path(file.name)
        renewed.chmod(0o755)
        renewed.replace(path)


def shim_environment() -> Mapping[str, str]:
    """The variables that the executables read: this process's Python and the checkout it runs from."""
    return {"TENFOLD_PYTHON": sys.executable, "TENFOLD_CHECKOUT": os.fspath(_CHECKOUT)}
