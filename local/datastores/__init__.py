"""The servers behind RDS and ElastiCache: PostgreSQL and Valkey as processes of this machine.

The emulator keeps databases and caches as records. Here, inside its daemon, each record whose engine this machine has
gets a server of its own: ``databases`` and ``caches`` follow the records, ``postgresql`` and ``valkey`` run one server
each.
"""
