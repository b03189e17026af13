"""How a network's addresses are divided: a zone's ranges follow from its own name, so no zone ever moves another.

A VPC's range is cut into eight slots, one for each letter that ends a zone's name: ``us-east-1a`` has the first,
``us-east-1b`` the second. Adding, removing or reordering zones leaves the others where they are. A zone's slot of a
/16 is a /19, and its tiers have:

    ==========  =======  =========  ================================
    tier        of slot  in a /16   usable (AWS keeps five addresses)
    ==========  =======  =========  ================================
    app         1/2      /20        4,091
    data        1/4      /21        2,043
    public      1/8      /22        1,019
    (reserved)  1/8      /22        for a tier to come
    ==========  =======  =========  ================================

The smallest VPC is a /21: its public subnets are /27, the least that a load balancer takes
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html).

Of IPv6, AWS gives a VPC a /56, which has room for 256 subnets of a /64 each, the one size that a subnet has. The last
byte of a subnet's prefix tells where it is: the first digit is the zone's letter, the second one the tier, so that
``2001:db8:0:ab10::/64`` is the public subnet of zone b, and ``2001:db8:0:ab11::/64`` its app subnet.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network

ZONE = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+[a-h]")
"""The name of an availability zone, and not of a Local Zone or a Wavelength Zone."""


def tier_ranges(whole: IPv4Network, zone: str) -> Mapping[str, IPv4Network]:
    """The ranges of a zone's tiers.

    Args:
        whole: The VPC's range, from /16 to /21.
        zone: The zone's name.
    """
    slot = list(whole.subnets(prefixlen_diff=3))[ord(zone[-1]) - ord("a")]
    app, rest = slot.subnets()
    data, rest = rest.subnets()
    public, _reserved = rest.subnets()
    return {"app": app, "data": data, "public": public}


def tier_ranges_ipv6(whole: IPv6Network, zone: str) -> Mapping[str, IPv6Network]:
    """The IPv6 ranges of a zone's tiers.

    Args:
        whole: The VPC's range, a /56.
        zone: The zone's name.
    """
    slot = list(whole.subnets(prefixlen_diff=4))[ord(zone[-1]) - ord("a")]
    ranges = slot.subnets(prefixlen_diff=4)
    return dict(zip(("public", "app", "data"), ranges, strict=False))
