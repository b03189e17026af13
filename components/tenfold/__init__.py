"""Pulumi components for an AWS platform of one to ten million users."""

from tenfold.flow_logs import FlowLogs
from tenfold.network import Network
from tenfold.network_arguments import NatMode, NetworkArgs, NetworkExistingArgs, NetworkNatInstanceArgs, NetworkTier
from tenfold.placement import NetworkPlacement
from tenfold.queue_service import QueueService, QueueServiceArgs
from tenfold.queue_worker import QueueServiceWorkerArgs, WorkerArchitecture
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
from tenfold.web_tier import WebTier, WebTierArgs, WebTierClientsArgs, WebTierInstancesArgs, WebTierScalingArgs

__all__ = [
    "FlowLogs",
    "NatMode",
    "Network",
    "NetworkArgs",
    "NetworkExistingArgs",
    "NetworkNatInstanceArgs",
    "NetworkPlacement",
    "NetworkTier",
    "QueueService",
    "QueueServiceArgs",
    "QueueServiceWorkerArgs",
    "Table",
    "TableArgs",
    "TableCapacityArgs",
    "TableEncryption",
    "TableGlobalIndexArgs",
    "TableLocalIndexArgs",
    "TableProjection",
    "TableStream",
    "WebTier",
    "WebTierArgs",
    "WebTierClientsArgs",
    "WebTierInstancesArgs",
    "WebTierScalingArgs",
    "WorkerArchitecture",
]
