"""The provider's protocol messages, without the rest of the Pulumi SDK, which takes longer to load than all of this."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
else:
    from local.engine.protocol import load, plugin_pb2

    provider_pb2 = load("provider_pb2")
    provider_pb2_grpc = load("provider_pb2_grpc")
    status_pb2 = load("status_pb2")

__all__ = ["plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"]
