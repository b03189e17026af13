"""Pulumi components for an AWS platform of one to ten million users."""

from tenfold.bucket import Bucket
from tenfold.bucket_arguments import (
    BucketAccessLogsArgs,
    BucketArgs,
    BucketCorsArgs,
    BucketFunctionTargetArgs,
    BucketLifecycleArgs,
    BucketNotificationsArgs,
    BucketQueueTargetArgs,
    BucketReplicationArgs,
    BucketTopicTargetArgs,
)
from tenfold.cache import Cache
from tenfold.cache_arguments import (
    CacheAccessArgs,
    CacheArgs,
    CacheEngine,
    CacheEviction,
    CacheMaintenanceArgs,
    CacheMonitoringArgs,
    CacheNodesArgs,
    CacheServerlessArgs,
    CacheSnapshotArgs,
)
from tenfold.container import ContainerArchitecture, ContainerArgs
from tenfold.database import Database
from tenfold.database_arguments import (
    DatabaseAccessArgs,
    DatabaseArgs,
    DatabaseBackupArgs,
    DatabaseCapacityArgs,
    DatabaseEngine,
    DatabaseInsights,
    DatabaseMaintenanceArgs,
    DatabaseMonitoringArgs,
    DatabaseParametersArgs,
    DatabaseProxyArgs,
    DatabaseReaderArgs,
    DatabaseReaderScalingArgs,
    DatabaseRestoreArgs,
    DatabaseSettingsArgs,
    DatabaseStorageArgs,
    DatabaseStorageType,
)
from tenfold.domain import DomainArgs
from tenfold.federated_arguments import FederatedDatabasesArgs, FederatedFunctionArgs
from tenfold.federated_databases import FederatedDatabases
from tenfold.flow_logs import FlowLogs
from tenfold.function import Function
from tenfold.function_arguments import (
    FunctionArchitecture,
    FunctionArgs,
    FunctionAsynchronousArgs,
    FunctionCanaryArgs,
    FunctionCodeArgs,
    FunctionConcurrencyArgs,
    FunctionQueueArgs,
    FunctionScheduleArgs,
    FunctionStreamArgs,
    FunctionStreamStart,
    FunctionTopicArgs,
    FunctionTopicFilterScope,
    FunctionUrlArgs,
    FunctionUrlCorsArgs,
)
from tenfold.instance_fleet import InstancesArgs
from tenfold.network import Network
from tenfold.network_arguments import NatMode, NetworkArgs, NetworkExistingArgs, NetworkNatInstanceArgs, NetworkTier
from tenfold.pipeline import Pipeline
from tenfold.pipeline_arguments import PipelineArgs, PipelineStepArgs
from tenfold.placement import NetworkPlacement
from tenfold.queue_arguments import QueueServiceArgs
from tenfold.queue_fleet import QueueServiceFleetArgs
from tenfold.queue_scaling import QueueServiceScalingArgs
from tenfold.queue_service import QueueService
from tenfold.queue_worker import QueueServiceWorkerArgs, WorkerArchitecture
from tenfold.session_arguments import SessionStoreArgs, SessionStoreKind
from tenfold.session_store import SessionStore
from tenfold.sharded_arguments import ShardedClusterArgs, ShardedClusterRangeArgs, ShardedClusterShardArgs
from tenfold.sharded_cluster import ShardedCluster
from tenfold.site_arguments import StaticSiteArgs, StaticSiteRouting
from tenfold.site_buckets import StaticSiteBucketArgs
from tenfold.site_content import StaticSiteCacheRuleArgs
from tenfold.site_distribution import StaticSitePriceClass
from tenfold.site_headers import StaticSiteFraming, StaticSiteHeadersArgs, StaticSiteReferrer
from tenfold.static_site import StaticSite
from tenfold.table import Table
from tenfold.table_arguments import (
    TableArgs,
    TableCapacityArgs,
    TableConsistency,
    TableGlobalArgs,
    TableGlobalIndexArgs,
    TableImportArgs,
    TableImportCompression,
    TableImportFormat,
    TableLocalIndexArgs,
    TableProjection,
    TableReplicaArgs,
    TableRestoreArgs,
    TableSourceArgs,
    TableStream,
    TableThroughputArgs,
)
from tenfold.web_acl import WebAclArgs
from tenfold.web_arguments import (
    WebTierArgs,
    WebTierBalancer,
    WebTierClientsArgs,
    WebTierLoadBalancerArgs,
    WebTierRouteArgs,
    WebTierScalingArgs,
    WebTierScheduleArgs,
)
from tenfold.web_tier import WebTier

__all__ = [
    "Bucket",
    "BucketAccessLogsArgs",
    "BucketArgs",
    "BucketCorsArgs",
    "BucketFunctionTargetArgs",
    "BucketLifecycleArgs",
    "BucketNotificationsArgs",
    "BucketQueueTargetArgs",
    "BucketReplicationArgs",
    "BucketTopicTargetArgs",
    "Cache",
    "CacheAccessArgs",
    "CacheArgs",
    "CacheEngine",
    "CacheEviction",
    "CacheMaintenanceArgs",
    "CacheMonitoringArgs",
    "CacheNodesArgs",
    "CacheServerlessArgs",
    "CacheSnapshotArgs",
    "ContainerArchitecture",
    "ContainerArgs",
    "Database",
    "DatabaseAccessArgs",
    "DatabaseArgs",
    "DatabaseBackupArgs",
    "DatabaseCapacityArgs",
    "DatabaseEngine",
    "DatabaseInsights",
    "DatabaseMaintenanceArgs",
    "DatabaseMonitoringArgs",
    "DatabaseParametersArgs",
    "DatabaseProxyArgs",
    "DatabaseReaderArgs",
    "DatabaseReaderScalingArgs",
    "DatabaseRestoreArgs",
    "DatabaseSettingsArgs",
    "DatabaseStorageArgs",
    "DatabaseStorageType",
    "DomainArgs",
    "FederatedDatabases",
    "FederatedDatabasesArgs",
    "FederatedFunctionArgs",
    "FlowLogs",
    "Function",
    "FunctionArchitecture",
    "FunctionArgs",
    "FunctionAsynchronousArgs",
    "FunctionCanaryArgs",
    "FunctionCodeArgs",
    "FunctionConcurrencyArgs",
    "FunctionQueueArgs",
    "FunctionScheduleArgs",
    "FunctionStreamArgs",
    "FunctionStreamStart",
    "FunctionTopicArgs",
    "FunctionTopicFilterScope",
    "FunctionUrlArgs",
    "FunctionUrlCorsArgs",
    "InstancesArgs",
    "NatMode",
    "Network",
    "NetworkArgs",
    "NetworkExistingArgs",
    "NetworkNatInstanceArgs",
    "NetworkPlacement",
    "NetworkTier",
    "Pipeline",
    "PipelineArgs",
    "PipelineStepArgs",
    "QueueService",
    "QueueServiceArgs",
    "QueueServiceFleetArgs",
    "QueueServiceScalingArgs",
    "QueueServiceWorkerArgs",
    "SessionStore",
    "SessionStoreArgs",
    "SessionStoreKind",
    "ShardedCluster",
    "ShardedClusterArgs",
    "ShardedClusterRangeArgs",
    "ShardedClusterShardArgs",
    "StaticSite",
    "StaticSiteArgs",
    "StaticSiteBucketArgs",
    "StaticSiteCacheRuleArgs",
    "StaticSiteFraming",
    "StaticSiteHeadersArgs",
    "StaticSitePriceClass",
    "StaticSiteReferrer",
    "StaticSiteRouting",
    "Table",
    "TableArgs",
    "TableCapacityArgs",
    "TableConsistency",
    "TableGlobalArgs",
    "TableGlobalIndexArgs",
    "TableImportArgs",
    "TableImportCompression",
    "TableImportFormat",
    "TableLocalIndexArgs",
    "TableProjection",
    "TableReplicaArgs",
    "TableRestoreArgs",
    "TableSourceArgs",
    "TableStream",
    "TableThroughputArgs",
    "WebAclArgs",
    "WebTier",
    "WebTierArgs",
    "WebTierBalancer",
    "WebTierClientsArgs",
    "WebTierLoadBalancerArgs",
    "WebTierRouteArgs",
    "WebTierScalingArgs",
    "WebTierScheduleArgs",
    "WorkerArchitecture",
]
