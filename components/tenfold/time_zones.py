"""The time zones that this machine knows."""

from functools import cache
from zoneinfo import available_timezones

# The database is hundreds of files, and is read anew with every call.
_known = cache(available_timezones)


def is_time_zone(name: str) -> bool:
    """Whether a time zone has this IANA name; any may, on a machine without the database of them."""
    return not _known() or name in _known()
