"""The servers behind RDS and ElastiCache: PostgreSQL and Valkey as processes of this machine.

The emulator keeps databases and caches as records. Here, inside its daemon, each record whose engine this machine has
gets servers of its own: ``databases`` and ``caches`` follow the records, ``postgresql`` and ``valkey_server`` run one
server each, and ``tls`` stands before them.
"""

import os
import tempfile
from pathlib import Path

from local.datastores import caches, databases
from local.datastores.tls import Authority, Gates


def place(home: Path) -> Path:
    """Where the databases' data is, below the home; root's homes are shut for the account that its databases run under.

    For root this is a link, so that nothing of root's has to be opened to that account.
    """
    link = home / "databases"
    if os.geteuid() == 0 and not link.exists():
        folder = Path(tempfile.mkdtemp(prefix="tenfold-databases-", dir="/tmp"))
        folder.chmod(0o711)
        link.symlink_to(folder)
    return link.resolve()


def follow(home: Path) -> None:
    """Have the databases and caches of the emulator whose home this is run from now on."""
    gates = Gates(Authority(home / "tls"))
    databases.follow(place(home), gates)
    caches.follow(home / "caches", gates)
