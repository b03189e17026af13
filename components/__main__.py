"""Hosts the components for programs in other languages: ``pulumi package add ./components``."""

import sys

import tenfold
from tenfold.hosting import components_of, host

if __name__ == "__main__":
    host(components_of(tenfold), sys.argv[1:])
