"""Hosts the components for programs in other languages: ``pulumi package add ./components``."""

import inspect

import pulumi
import tenfold
from pulumi.provider.experimental import component_provider_host

if __name__ == "__main__":
    exported = [getattr(tenfold, name) for name in tenfold.__all__]
    component_provider_host(
        name="tenfold",
        components=[each for each in exported if inspect.isclass(each) and issubclass(each, pulumi.ComponentResource)],
    )
