"""How an instance of the web tier starts: the user data that installs the sample application as a service."""

from collections.abc import Mapping
from pathlib import Path

_SERVER = Path(__file__).resolve().parents[1] / "app" / "web" / "server.py"

_SCRIPT = """\
#!/bin/bash
set -euo pipefail
dnf install -y python3-pip
pip3 install boto3
install -d /opt/tenfold
cat > /opt/tenfold/server.py <<'SERVER'
{server}SERVER
cat > /etc/systemd/system/tenfold-web.service <<'UNIT'
[Unit]
Description=tenfold web tier
After=network-online.target
[Service]
DynamicUser=yes
{environment}
ExecStart=/usr/bin/python3 /opt/tenfold/server.py
Restart=always
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now tenfold-web
"""


def user_data(environment: Mapping[str, str]) -> str:
    """The script. A change of it is a new version of the launch template, which the fleet takes up by a refresh."""
    lines = "\n".join(f'Environment="{name}={_quoted(value)}"' for name, value in environment.items())
    return _SCRIPT.format(server=_SERVER.read_text(), environment=lines)


def _quoted(value: str) -> str:
    """A value as systemd reads it between double quotes: it would take % for a specifier."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
