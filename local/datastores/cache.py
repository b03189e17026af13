"""One cache: its nodes, the slots that each holds where it is a cluster, and the gates through which clients come."""

import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from local.datastores.errors import ServerError
from local.datastores.tls import Gate, Gates
from local.datastores.valkey_server import Server, Wanted

_SLOTS = 16384
_SETTLE_SECONDS = 30.0
_MEETING_MILLISECONDS = 500
"""Nodes that come together wait this long before they serve, and as long for one that does not answer."""
_PATIENCE_MILLISECONDS = 15000


class Cache:
    """The servers of a replication group, a serverless cache or a cache cluster: one for each shard."""

    def __init__(self, folder: Path, gates: Gates) -> None:
        self._folder = folder
        self._gates = gates
        self._secret = secrets.token_urlsafe(24)
        self._nodes: list[Server] = []
        self._gate_of: dict[Server, Gate] = {}
        self._made = 0

    def run(self, wanted: Wanted, shards: int, *, tls: bool, plain: bool) -> list[int]:
        """Have it run as wanted, and return the port of each shard, which stays the same.

        ``tls``: clients may speak TLS; ``plain``: they may do without.

        Raises:
            ServerError: A node did not start, or the nodes did not come together.
        """
        while len(self._nodes) < shards:
            self._made += 1
            self._nodes.append(Server(self._folder / str(self._made), self._secret))
        started = [node for node in self._nodes if node.run(wanted)]
        for node in self._nodes:
            if node not in self._gate_of:
                self._gate_of[node] = self._gates.open(lambda node=node: node.port)
        if wanted.cluster and (started or len(self._nodes) > shards):
            # Nodes that hand slots to each other come through the gates, too, and speak no TLS.
            self._let_in(tls=tls, plain=True)
            self._form(shards)
        self._let_in(tls=tls, plain=plain)
        for node in self._nodes[shards:]:
            self._drop(node)
        del self._nodes[shards:]
        return [self._gate_of[node].port for node in self._nodes]

    def remove(self) -> None:
        """End it and remove all that it holds."""
        for node in self._nodes:
            self._drop(node)
        self._nodes.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _let_in(self, *, tls: bool, plain: bool) -> None:
        for gate in self._gate_of.values():
            gate.tls, gate.plain = tls, plain

    def _drop(self, node: Server) -> None:
        if node in self._gate_of:
            self._gate_of.pop(node).close()
        node.remove()

    def _form(self, shards: int) -> None:
        """Bring the nodes together, and the slots to the first ``shards`` of them."""
        first, *others = self._nodes
        for node in self._nodes:
            with node.admin as admin:
                admin.config_set("cluster-announce-port", self._gate_of[node].port)
                admin.config_set("cluster-node-timeout", _MEETING_MILLISECONDS)
        for node in others:
            with first.admin as admin:
                admin.execute_command("CLUSTER MEET", "127.0.0.1", node.port, node.bus_port)
        _await(lambda: all(_knows(node, len(self._nodes)) for node in self._nodes))
        self._spread(shards)
        _await(lambda: all(_is_well(node) for node in self._nodes))
        for node in self._nodes[:shards]:
            with node.admin as admin:
                admin.config_set("cluster-node-timeout", _PATIENCE_MILLISECONDS)
                for gone in self._nodes[shards:]:
                    admin.execute_command("CLUSTER FORGET", _identity(gone))

    def _spread(self, shards: int) -> None:
        """Bring each slot to the node that is to hold it, with what is in it."""
        held: list[Server | None] = [None] * _SLOTS
        for node in self._nodes:
            for first, last in _slots_of(node):
                held[first : last + 1] = [node] * (last - first + 1)
        wanted = [self._nodes[slot * shards // _SLOTS] for slot in range(_SLOTS)]
        for source, target, first, last in _moves(held, wanted):
            if source is None:
                with target.admin as admin:
                    admin.execute_command("CLUSTER ADDSLOTSRANGE", first, last)
                continue
            with source.admin as admin:
                admin.execute_command("CLUSTER MIGRATESLOTS", "SLOTSRANGE", first, last, "NODE", _identity(target))
            _await(lambda target=target, last=last: any(a <= last <= b for a, b in _slots_of(target)))


def _moves(held: list[Server | None], wanted: list[Server]) -> Iterator[tuple[Server | None, Server, int, int]]:
    """Which runs of slots go from where to where; from None where nobody holds them."""
    steps = list(zip(held, wanted, strict=True))
    for (source, target), run in groupby(range(_SLOTS), key=steps.__getitem__):
        slots = list(run)
        if source is not target:
            yield source, target, slots[0], slots[-1]


def _identity(node: Server) -> str:
    with node.admin as admin:
        return admin.execute_command("CLUSTER MYID").decode()


def _slots_of(node: Server) -> list[tuple[int, int]]:
    """The slots that a node says it holds, as runs."""
    with node.admin as admin:
        known: dict[str, Any] = admin.execute_command("CLUSTER NODES")
    own = next(one for one in known.values() if "myself" in one["flags"])
    return [(int(run[0]), int(run[-1])) for run in own["slots"]]


def _knows(node: Server, count: int) -> bool:
    with node.admin as admin:
        return int(admin.execute_command("CLUSTER INFO")["cluster_known_nodes"]) >= count


def _is_well(node: Server) -> bool:
    with node.admin as admin:
        return admin.execute_command("CLUSTER INFO")["cluster_state"] == "ok"


def _await(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SETTLE_SECONDS
    while not is_done():
        if time.monotonic() > deadline:
            raise ServerError("the nodes of a Valkey cluster did not come together")
        time.sleep(0.02)
