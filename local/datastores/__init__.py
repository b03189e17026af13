"""The servers behind RDS and ElastiCache: PostgreSQL and Valkey as processes of this machine.

The emulator keeps databases and caches as records. Here, inside its daemon, each record whose engine this machine has
gets servers of its own: ``databases`` and ``caches`` follow the records, ``postgresql`` and ``valkey_server`` run one
server each, and ``tls`` stands before them.
"""

from pathlib import Path

from local.datastores import caches, databases
from local.datastores.tls import Authority, Gates


def follow(home: Path) -> None:
    """Have the databases and caches of the emulator whose home this is run from now on."""
    gates = Gates(Authority(home / "tls"))
    databases.follow(home / "databases", gates)
    caches.follow(home / "caches", gates)
