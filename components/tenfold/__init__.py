"""Pulumi components for an AWS platform of one to ten million users."""

from tenfold.flow_logs import FlowLogs
from tenfold.network import Network
from tenfold.network_arguments import NatMode, NetworkArgs, NetworkExistingArgs, NetworkNatInstanceArgs, NetworkTier
from tenfold.placement import NetworkPlacement
from tenfold.queue_arguments import QueueServiceArgs
from tenfold.queue_container import QueueServiceContainerArgs
from tenfold.queue_instances import QueueServiceInstancesArgs
from tenfold.queue_scaling import QueueServiceScalingArgs
from tenfold.queue_service import QueueService
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
    "QueueServiceContainerArgs",
    "QueueServiceInstancesArgs",
    "QueueServiceScalingArgs",
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
