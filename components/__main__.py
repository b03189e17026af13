"""Hosts the components for programs in other languages: ``pulumi package add ./components``."""

import sys
import tomllib
from pathlib import Path

# The shard map's package lies beside this one. It is no line of requirements.txt: Pulumi gives that to pip before each
# start, and pip would build a folder anew each time and put it over the one that the checkout works with.
sys.path.append(str(Path(__file__).resolve().parents[1] / "shards"))

import tenfold
from tenfold.hosting import components_of, host

if __name__ == "__main__":
    project = tomllib.loads(Path(__file__).with_name("pyproject.toml").read_text())["project"]
    host(components_of(tenfold), project["version"], sys.argv[1:])
