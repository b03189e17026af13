"""Pulumi components for an AWS platform of one to ten million users."""

from tenfold.flow_logs import FlowLogs
from tenfold.network import NatMode, Network, NetworkArgs
from tenfold.placement import NetworkPlacement
from tenfold.table import (
    Table,
    TableArgs,
    TableCapacityArgs,
    TableEncryption,
    TableGlobalIndexArgs,
    TableLocalIndexArgs,
    TableProjection,
    TableStream,
)

__all__ = [
    "FlowLogs",
    "NatMode",
    "Network",
    "NetworkArgs",
    "NetworkPlacement",
    "Table",
    "TableArgs",
    "TableCapacityArgs",
    "TableEncryption",
    "TableGlobalIndexArgs",
    "TableLocalIndexArgs",
    "TableProjection",
    "TableStream",
]
