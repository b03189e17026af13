"""Networks for tests: what the look-ups of their programs answer."""

from typing import Any

from tenfold import Network, NetworkArgs
from tests.components.building import Built, build

ZONES = [f"us-east-1{letter}" for letter in "abcdef"]
THREE = ZONES[:3]
TIERS = ("public", "app", "data")
LOOK_UP = "aws:index/getAvailabilityZones:getAvailabilityZones"
LOOK_UPS: dict[str, Any] = {
    LOOK_UP: {"names": ZONES},
    "aws:ssm/getParameter:getParameter": lambda args: {"insecureValue": f"image of {args['name'].rpartition('/')[2]}"},
    "aws:ec2/getVpc:getVpc": lambda args: {
        "id": args["id"],
        "arn": f"arn:aws:ec2:us-east-1:123456789012:vpc/{args['id']}",
        "ownerId": "123456789012",
        "cidrBlock": "172.16.0.0/16",
        "ipv6CidrBlock": "",
    },
}


def network(preview: bool = False, **args: Any) -> Built[Network]:
    """A program of one network."""
    return build(lambda: Network("main", NetworkArgs(**args)), preview=preview, calls=LOOK_UPS)
