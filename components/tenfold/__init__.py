"""Pulumi components for an AWS platform of one to ten million users.

A module is loaded when a name of it is first asked for: `pulumi-aws` takes seconds to load, and a program uses few of
its services.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tenfold.bucket import Bucket as Bucket
    from tenfold.bucket_arguments import BucketAccessLogsArgs as BucketAccessLogsArgs
    from tenfold.bucket_arguments import BucketArgs as BucketArgs
    from tenfold.bucket_arguments import BucketCorsArgs as BucketCorsArgs
    from tenfold.bucket_arguments import BucketFunctionTargetArgs as BucketFunctionTargetArgs
    from tenfold.bucket_arguments import BucketLifecycleArgs as BucketLifecycleArgs
    from tenfold.bucket_arguments import BucketNotificationsArgs as BucketNotificationsArgs
    from tenfold.bucket_arguments import BucketQueueTargetArgs as BucketQueueTargetArgs
    from tenfold.bucket_arguments import BucketReplicationArgs as BucketReplicationArgs
    from tenfold.bucket_arguments import BucketTopicTargetArgs as BucketTopicTargetArgs
    from tenfold.cache import Cache as Cache
    from tenfold.cache_arguments import CacheAccessArgs as CacheAccessArgs
    from tenfold.cache_arguments import CacheArgs as CacheArgs
    from tenfold.cache_arguments import CacheEngine as CacheEngine
    from tenfold.cache_arguments import CacheEviction as CacheEviction
    from tenfold.cache_arguments import CacheMaintenanceArgs as CacheMaintenanceArgs
    from tenfold.cache_arguments import CacheMonitoringArgs as CacheMonitoringArgs
    from tenfold.cache_arguments import CacheNodesArgs as CacheNodesArgs
    from tenfold.cache_arguments import CacheServerlessArgs as CacheServerlessArgs
    from tenfold.cache_arguments import CacheSnapshotArgs as CacheSnapshotArgs
    from tenfold.container import ContainerArchitecture as ContainerArchitecture
    from tenfold.container import ContainerArgs as ContainerArgs
    from tenfold.database import Database as Database
    from tenfold.database_arguments import DatabaseAccessArgs as DatabaseAccessArgs
    from tenfold.database_arguments import DatabaseArgs as DatabaseArgs
    from tenfold.database_arguments import DatabaseBackupArgs as DatabaseBackupArgs
    from tenfold.database_arguments import DatabaseCapacityArgs as DatabaseCapacityArgs
    from tenfold.database_arguments import DatabaseEngine as DatabaseEngine
    from tenfold.database_arguments import DatabaseInsights as DatabaseInsights
    from tenfold.database_arguments import DatabaseMaintenanceArgs as DatabaseMaintenanceArgs
    from tenfold.database_arguments import DatabaseMonitoringArgs as DatabaseMonitoringArgs
    from tenfold.database_arguments import DatabaseParametersArgs as DatabaseParametersArgs
    from tenfold.database_arguments import DatabaseProxyArgs as DatabaseProxyArgs
    from tenfold.database_arguments import DatabaseReaderArgs as DatabaseReaderArgs
    from tenfold.database_arguments import DatabaseReaderScalingArgs as DatabaseReaderScalingArgs
    from tenfold.database_arguments import DatabaseRestoreArgs as DatabaseRestoreArgs
    from tenfold.database_arguments import DatabaseSettingsArgs as DatabaseSettingsArgs
    from tenfold.database_arguments import DatabaseStorageArgs as DatabaseStorageArgs
    from tenfold.database_arguments import DatabaseStorageType as DatabaseStorageType
    from tenfold.domain import DomainArgs as DomainArgs
    from tenfold.federated_arguments import FederatedDatabasesArgs as FederatedDatabasesArgs
    from tenfold.federated_arguments import FederatedFunctionArgs as FederatedFunctionArgs
    from tenfold.federated_databases import FederatedDatabases as FederatedDatabases
    from tenfold.flow_logs import FlowLogs as FlowLogs
    from tenfold.function import Function as Function
    from tenfold.function_arguments import FunctionArchitecture as FunctionArchitecture
    from tenfold.function_arguments import FunctionArgs as FunctionArgs
    from tenfold.function_arguments import FunctionAsynchronousArgs as FunctionAsynchronousArgs
    from tenfold.function_arguments import FunctionCanaryArgs as FunctionCanaryArgs
    from tenfold.function_arguments import FunctionCodeArgs as FunctionCodeArgs
    from tenfold.function_arguments import FunctionConcurrencyArgs as FunctionConcurrencyArgs
    from tenfold.function_arguments import FunctionQueueArgs as FunctionQueueArgs
    from tenfold.function_arguments import FunctionScheduleArgs as FunctionScheduleArgs
    from tenfold.function_arguments import FunctionStreamArgs as FunctionStreamArgs
    from tenfold.function_arguments import FunctionStreamStart as FunctionStreamStart
    from tenfold.function_arguments import FunctionTopicArgs as FunctionTopicArgs
    from tenfold.function_arguments import FunctionTopicFilterScope as FunctionTopicFilterScope
    from tenfold.function_arguments import FunctionUrlArgs as FunctionUrlArgs
    from tenfold.function_arguments import FunctionUrlCorsArgs as FunctionUrlCorsArgs
    from tenfold.instance_fleet import InstancesArgs as InstancesArgs
    from tenfold.mail_arguments import MailerArgs as MailerArgs
    from tenfold.mail_arguments import MailerDmarcArgs as MailerDmarcArgs
    from tenfold.mail_arguments import MailerDmarcPolicy as MailerDmarcPolicy
    from tenfold.mail_arguments import MailerFeedbackArgs as MailerFeedbackArgs
    from tenfold.mail_arguments import MailerTemplateArgs as MailerTemplateArgs
    from tenfold.mailer import Mailer as Mailer
    from tenfold.mobile_push import MobilePush as MobilePush
    from tenfold.monitoring import Monitoring as Monitoring
    from tenfold.monitoring_arguments import MonitoringArgs as MonitoringArgs
    from tenfold.monitoring_arguments import MonitoringBudgetArgs as MonitoringBudgetArgs
    from tenfold.monitoring_arguments import MonitoringLogGroupArgs as MonitoringLogGroupArgs
    from tenfold.monitoring_arguments import MonitoringObjectiveArgs as MonitoringObjectiveArgs
    from tenfold.monitoring_arguments import MonitoringSamplingArgs as MonitoringSamplingArgs
    from tenfold.monitoring_arguments import MonitoringServiceArgs as MonitoringServiceArgs
    from tenfold.monitoring_arguments import MonitoringServiceKind as MonitoringServiceKind
    from tenfold.monitoring_arguments import MonitoringSubscribersArgs as MonitoringSubscribersArgs
    from tenfold.monitoring_arguments import MonitoringTier as MonitoringTier
    from tenfold.monitoring_arguments import MonitoringTracesArgs as MonitoringTracesArgs
    from tenfold.network import Network as Network
    from tenfold.network_arguments import NatMode as NatMode
    from tenfold.network_arguments import NetworkArgs as NetworkArgs
    from tenfold.network_arguments import NetworkExistingArgs as NetworkExistingArgs
    from tenfold.network_arguments import NetworkNatInstanceArgs as NetworkNatInstanceArgs
    from tenfold.network_arguments import NetworkTier as NetworkTier
    from tenfold.pipeline import Pipeline as Pipeline
    from tenfold.pipeline_arguments import PipelineArgs as PipelineArgs
    from tenfold.pipeline_arguments import PipelineStepArgs as PipelineStepArgs
    from tenfold.placement import NetworkPlacement as NetworkPlacement
    from tenfold.push_arguments import MobilePushApplicationArgs as MobilePushApplicationArgs
    from tenfold.push_arguments import MobilePushArgs as MobilePushArgs
    from tenfold.push_arguments import MobilePushCleaningArgs as MobilePushCleaningArgs
    from tenfold.push_arguments import MobilePushDeliveryLogsArgs as MobilePushDeliveryLogsArgs
    from tenfold.push_arguments import MobilePushEvent as MobilePushEvent
    from tenfold.push_credentials import MobilePushPlatform as MobilePushPlatform
    from tenfold.queue_arguments import QueueServiceArgs as QueueServiceArgs
    from tenfold.queue_fleet import QueueServiceFleetArgs as QueueServiceFleetArgs
    from tenfold.queue_scaling import QueueServiceScalingArgs as QueueServiceScalingArgs
    from tenfold.queue_service import QueueService as QueueService
    from tenfold.queue_topics import QueueServiceTopicArgs as QueueServiceTopicArgs
    from tenfold.queue_worker import QueueServiceWorkerArgs as QueueServiceWorkerArgs
    from tenfold.queue_worker import WorkerArchitecture as WorkerArchitecture
    from tenfold.session_arguments import SessionStoreArgs as SessionStoreArgs
    from tenfold.session_arguments import SessionStoreKind as SessionStoreKind
    from tenfold.session_store import SessionStore as SessionStore
    from tenfold.sharded_arguments import ShardedClusterArgs as ShardedClusterArgs
    from tenfold.sharded_arguments import ShardedClusterRangeArgs as ShardedClusterRangeArgs
    from tenfold.sharded_arguments import ShardedClusterShardArgs as ShardedClusterShardArgs
    from tenfold.sharded_cluster import ShardedCluster as ShardedCluster
    from tenfold.site_arguments import StaticSiteArgs as StaticSiteArgs
    from tenfold.site_arguments import StaticSiteRouting as StaticSiteRouting
    from tenfold.site_buckets import StaticSiteBucketArgs as StaticSiteBucketArgs
    from tenfold.site_content import StaticSiteCacheRuleArgs as StaticSiteCacheRuleArgs
    from tenfold.site_distribution import StaticSitePriceClass as StaticSitePriceClass
    from tenfold.site_headers import StaticSiteFraming as StaticSiteFraming
    from tenfold.site_headers import StaticSiteHeadersArgs as StaticSiteHeadersArgs
    from tenfold.site_headers import StaticSiteReferrer as StaticSiteReferrer
    from tenfold.static_site import StaticSite as StaticSite
    from tenfold.table import Table as Table
    from tenfold.table_arguments import TableArgs as TableArgs
    from tenfold.table_arguments import TableCapacityArgs as TableCapacityArgs
    from tenfold.table_arguments import TableConsistency as TableConsistency
    from tenfold.table_arguments import TableGlobalArgs as TableGlobalArgs
    from tenfold.table_arguments import TableGlobalIndexArgs as TableGlobalIndexArgs
    from tenfold.table_arguments import TableImportArgs as TableImportArgs
    from tenfold.table_arguments import TableImportCompression as TableImportCompression
    from tenfold.table_arguments import TableImportFormat as TableImportFormat
    from tenfold.table_arguments import TableLocalIndexArgs as TableLocalIndexArgs
    from tenfold.table_arguments import TableProjection as TableProjection
    from tenfold.table_arguments import TableReplicaArgs as TableReplicaArgs
    from tenfold.table_arguments import TableRestoreArgs as TableRestoreArgs
    from tenfold.table_arguments import TableSourceArgs as TableSourceArgs
    from tenfold.table_arguments import TableStream as TableStream
    from tenfold.table_arguments import TableThroughputArgs as TableThroughputArgs
    from tenfold.topic import Topic as Topic
    from tenfold.topic_arguments import TopicArgs as TopicArgs
    from tenfold.topic_arguments import TopicBackoff as TopicBackoff
    from tenfold.topic_arguments import TopicDeliveryLogsArgs as TopicDeliveryLogsArgs
    from tenfold.topic_arguments import TopicDeliveryProtocol as TopicDeliveryProtocol
    from tenfold.topic_arguments import TopicFilterScope as TopicFilterScope
    from tenfold.topic_arguments import TopicHttpsDeliveryArgs as TopicHttpsDeliveryArgs
    from tenfold.topic_arguments import TopicHttpsSubscriberArgs as TopicHttpsSubscriberArgs
    from tenfold.topic_arguments import TopicPublishersArgs as TopicPublishersArgs
    from tenfold.topic_arguments import TopicQueueSubscriberArgs as TopicQueueSubscriberArgs
    from tenfold.topic_arguments import TopicReplayArgs as TopicReplayArgs
    from tenfold.topic_arguments import TopicServicePublisherArgs as TopicServicePublisherArgs
    from tenfold.topic_arguments import TopicSubscriberArgs as TopicSubscriberArgs
    from tenfold.topic_arguments import TopicThroughputScope as TopicThroughputScope
    from tenfold.transcoder import Transcoder as Transcoder
    from tenfold.transcoder_arguments import TranscoderAcceleration as TranscoderAcceleration
    from tenfold.transcoder_arguments import TranscoderArgs as TranscoderArgs
    from tenfold.transcoder_arguments import TranscoderEventsArgs as TranscoderEventsArgs
    from tenfold.transcoder_arguments import TranscoderEventStatus as TranscoderEventStatus
    from tenfold.transcoder_arguments import TranscoderJobArgs as TranscoderJobArgs
    from tenfold.transcoder_arguments import TranscoderLimitsArgs as TranscoderLimitsArgs
    from tenfold.transcoder_arguments import TranscoderOutputsArgs as TranscoderOutputsArgs
    from tenfold.transcoder_arguments import TranscoderPreset as TranscoderPreset
    from tenfold.transcoder_arguments import TranscoderQueueArgs as TranscoderQueueArgs
    from tenfold.transcoder_arguments import TranscoderStartArgs as TranscoderStartArgs
    from tenfold.transcoder_arguments import TranscoderUploadsArgs as TranscoderUploadsArgs
    from tenfold.web_acl import WebAclArgs as WebAclArgs
    from tenfold.web_arguments import WebTierArgs as WebTierArgs
    from tenfold.web_arguments import WebTierBalancer as WebTierBalancer
    from tenfold.web_arguments import WebTierClientsArgs as WebTierClientsArgs
    from tenfold.web_arguments import WebTierLoadBalancerArgs as WebTierLoadBalancerArgs
    from tenfold.web_arguments import WebTierRouteArgs as WebTierRouteArgs
    from tenfold.web_arguments import WebTierScalingArgs as WebTierScalingArgs
    from tenfold.web_arguments import WebTierScheduleArgs as WebTierScheduleArgs
    from tenfold.web_tier import WebTier as WebTier

_MODULES: Final = {
    "Bucket": "bucket",
    "BucketAccessLogsArgs": "bucket_arguments",
    "BucketArgs": "bucket_arguments",
    "BucketCorsArgs": "bucket_arguments",
    "BucketFunctionTargetArgs": "bucket_arguments",
    "BucketLifecycleArgs": "bucket_arguments",
    "BucketNotificationsArgs": "bucket_arguments",
    "BucketQueueTargetArgs": "bucket_arguments",
    "BucketReplicationArgs": "bucket_arguments",
    "BucketTopicTargetArgs": "bucket_arguments",
    "Cache": "cache",
    "CacheAccessArgs": "cache_arguments",
    "CacheArgs": "cache_arguments",
    "CacheEngine": "cache_arguments",
    "CacheEviction": "cache_arguments",
    "CacheMaintenanceArgs": "cache_arguments",
    "CacheMonitoringArgs": "cache_arguments",
    "CacheNodesArgs": "cache_arguments",
    "CacheServerlessArgs": "cache_arguments",
    "CacheSnapshotArgs": "cache_arguments",
    "ContainerArchitecture": "container",
    "ContainerArgs": "container",
    "Database": "database",
    "DatabaseAccessArgs": "database_arguments",
    "DatabaseArgs": "database_arguments",
    "DatabaseBackupArgs": "database_arguments",
    "DatabaseCapacityArgs": "database_arguments",
    "DatabaseEngine": "database_arguments",
    "DatabaseInsights": "database_arguments",
    "DatabaseMaintenanceArgs": "database_arguments",
    "DatabaseMonitoringArgs": "database_arguments",
    "DatabaseParametersArgs": "database_arguments",
    "DatabaseProxyArgs": "database_arguments",
    "DatabaseReaderArgs": "database_arguments",
    "DatabaseReaderScalingArgs": "database_arguments",
    "DatabaseRestoreArgs": "database_arguments",
    "DatabaseSettingsArgs": "database_arguments",
    "DatabaseStorageArgs": "database_arguments",
    "DatabaseStorageType": "database_arguments",
    "DomainArgs": "domain",
    "FederatedDatabases": "federated_databases",
    "FederatedDatabasesArgs": "federated_arguments",
    "FederatedFunctionArgs": "federated_arguments",
    "FlowLogs": "flow_logs",
    "Function": "function",
    "FunctionArchitecture": "function_arguments",
    "FunctionArgs": "function_arguments",
    "FunctionAsynchronousArgs": "function_arguments",
    "FunctionCanaryArgs": "function_arguments",
    "FunctionCodeArgs": "function_arguments",
    "FunctionConcurrencyArgs": "function_arguments",
    "FunctionQueueArgs": "function_arguments",
    "FunctionScheduleArgs": "function_arguments",
    "FunctionStreamArgs": "function_arguments",
    "FunctionStreamStart": "function_arguments",
    "FunctionTopicArgs": "function_arguments",
    "FunctionTopicFilterScope": "function_arguments",
    "FunctionUrlArgs": "function_arguments",
    "FunctionUrlCorsArgs": "function_arguments",
    "InstancesArgs": "instance_fleet",
    "Mailer": "mailer",
    "MailerArgs": "mail_arguments",
    "MailerDmarcArgs": "mail_arguments",
    "MailerDmarcPolicy": "mail_arguments",
    "MailerFeedbackArgs": "mail_arguments",
    "MailerTemplateArgs": "mail_arguments",
    "MobilePush": "mobile_push",
    "MobilePushApplicationArgs": "push_arguments",
    "MobilePushArgs": "push_arguments",
    "MobilePushCleaningArgs": "push_arguments",
    "MobilePushDeliveryLogsArgs": "push_arguments",
    "MobilePushEvent": "push_arguments",
    "MobilePushPlatform": "push_credentials",
    "Monitoring": "monitoring",
    "MonitoringArgs": "monitoring_arguments",
    "MonitoringBudgetArgs": "monitoring_arguments",
    "MonitoringLogGroupArgs": "monitoring_arguments",
    "MonitoringObjectiveArgs": "monitoring_arguments",
    "MonitoringSamplingArgs": "monitoring_arguments",
    "MonitoringServiceArgs": "monitoring_arguments",
    "MonitoringServiceKind": "monitoring_arguments",
    "MonitoringSubscribersArgs": "monitoring_arguments",
    "MonitoringTier": "monitoring_arguments",
    "MonitoringTracesArgs": "monitoring_arguments",
    "NatMode": "network_arguments",
    "Network": "network",
    "NetworkArgs": "network_arguments",
    "NetworkExistingArgs": "network_arguments",
    "NetworkNatInstanceArgs": "network_arguments",
    "NetworkPlacement": "placement",
    "NetworkTier": "network_arguments",
    "Pipeline": "pipeline",
    "PipelineArgs": "pipeline_arguments",
    "PipelineStepArgs": "pipeline_arguments",
    "QueueService": "queue_service",
    "QueueServiceArgs": "queue_arguments",
    "QueueServiceFleetArgs": "queue_fleet",
    "QueueServiceScalingArgs": "queue_scaling",
    "QueueServiceTopicArgs": "queue_topics",
    "QueueServiceWorkerArgs": "queue_worker",
    "SessionStore": "session_store",
    "SessionStoreArgs": "session_arguments",
    "SessionStoreKind": "session_arguments",
    "ShardedCluster": "sharded_cluster",
    "ShardedClusterArgs": "sharded_arguments",
    "ShardedClusterRangeArgs": "sharded_arguments",
    "ShardedClusterShardArgs": "sharded_arguments",
    "StaticSite": "static_site",
    "StaticSiteArgs": "site_arguments",
    "StaticSiteBucketArgs": "site_buckets",
    "StaticSiteCacheRuleArgs": "site_content",
    "StaticSiteFraming": "site_headers",
    "StaticSiteHeadersArgs": "site_headers",
    "StaticSitePriceClass": "site_distribution",
    "StaticSiteReferrer": "site_headers",
    "StaticSiteRouting": "site_arguments",
    "Table": "table",
    "TableArgs": "table_arguments",
    "TableCapacityArgs": "table_arguments",
    "TableConsistency": "table_arguments",
    "TableGlobalArgs": "table_arguments",
    "TableGlobalIndexArgs": "table_arguments",
    "TableImportArgs": "table_arguments",
    "TableImportCompression": "table_arguments",
    "TableImportFormat": "table_arguments",
    "TableLocalIndexArgs": "table_arguments",
    "TableProjection": "table_arguments",
    "TableReplicaArgs": "table_arguments",
    "TableRestoreArgs": "table_arguments",
    "TableSourceArgs": "table_arguments",
    "TableStream": "table_arguments",
    "TableThroughputArgs": "table_arguments",
    "Topic": "topic",
    "TopicArgs": "topic_arguments",
    "TopicBackoff": "topic_arguments",
    "TopicDeliveryLogsArgs": "topic_arguments",
    "TopicDeliveryProtocol": "topic_arguments",
    "TopicFilterScope": "topic_arguments",
    "TopicHttpsDeliveryArgs": "topic_arguments",
    "TopicHttpsSubscriberArgs": "topic_arguments",
    "TopicPublishersArgs": "topic_arguments",
    "TopicQueueSubscriberArgs": "topic_arguments",
    "TopicReplayArgs": "topic_arguments",
    "TopicServicePublisherArgs": "topic_arguments",
    "TopicSubscriberArgs": "topic_arguments",
    "TopicThroughputScope": "topic_arguments",
    "Transcoder": "transcoder",
    "TranscoderAcceleration": "transcoder_arguments",
    "TranscoderArgs": "transcoder_arguments",
    "TranscoderEventStatus": "transcoder_arguments",
    "TranscoderEventsArgs": "transcoder_arguments",
    "TranscoderJobArgs": "transcoder_arguments",
    "TranscoderLimitsArgs": "transcoder_arguments",
    "TranscoderOutputsArgs": "transcoder_arguments",
    "TranscoderPreset": "transcoder_arguments",
    "TranscoderQueueArgs": "transcoder_arguments",
    "TranscoderStartArgs": "transcoder_arguments",
    "TranscoderUploadsArgs": "transcoder_arguments",
    "WebAclArgs": "web_acl",
    "WebTier": "web_tier",
    "WebTierArgs": "web_arguments",
    "WebTierBalancer": "web_arguments",
    "WebTierClientsArgs": "web_arguments",
    "WebTierLoadBalancerArgs": "web_arguments",
    "WebTierRouteArgs": "web_arguments",
    "WebTierScalingArgs": "web_arguments",
    "WebTierScheduleArgs": "web_arguments",
    "WorkerArchitecture": "queue_worker",
}
"""The module of each name that the package exports, as the imports above have it."""

__all__ = list(_MODULES)  # pyright: ignore[reportUnsupportedDunderAll]  it goes by the imports above

if not TYPE_CHECKING:  # to the type checker, what is not imported above does not exist

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_MODULES})
