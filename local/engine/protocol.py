"""The engine's protocol messages, without the rest of the Pulumi SDK.

The language host starts with every command. `import pulumi.runtime.proto` costs it half a second, because a package's
parents are imported first and `pulumi` imports all of the SDK; the generated modules themselves need protobuf and gRPC
only. They refer to each other relatively, so they load as well under a bare package of our own.
"""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2
else:
    _PACKAGE = "tenfold_engine_protocol"

    def load(module: str) -> ModuleType:
        """One generated module by its name."""
        if _PACKAGE not in sys.modules:
            sdk = find_spec("pulumi")
            if sdk is None or not sdk.submodule_search_locations:
                raise ModuleNotFoundError(f"{sys.executable} has no Pulumi SDK: install the package `pulumi` there")
            package = ModuleType(_PACKAGE)
            package.__path__ = [str(Path(next(iter(sdk.submodule_search_locations))) / "runtime" / "proto")]
            sys.modules[_PACKAGE] = package
        return importlib.import_module(f"{_PACKAGE}.{module}")

    language_pb2 = load("language_pb2")
    language_pb2_grpc = load("language_pb2_grpc")
    plugin_pb2 = load("plugin_pb2")

__all__ = ["language_pb2", "language_pb2_grpc", "plugin_pb2"]
