"""The platform of one environment, read top to bottom in the order of *Scaling on AWS (Part 4): > One Million Users*.

Environments differ by their configuration alone.
"""

import pulumi

from stacks import content, data, media, messages, tiers, watching
from stacks.contract import ENVIRONMENT_VERSION
from stacks.sections import EnvironmentConfig


def build(config: EnvironmentConfig) -> None:
    """Register everything that the environment consists of, and export where it can be reached.

    Multi-AZ and security groups first, then what tiers need to hold no state, then what stands between them, and the
    tiers at last, which are told where all of that is.
    """
    environment = tiers.foundation(config)
    tables = data.tables(environment)
    data.databases(environment)
    data.shards(environment)
    data.cache(environment)
    mail = messages.mail(environment)
    events = messages.events(environment, mail)
    messages.jobs(environment, tables, events)
    messages.push(environment)
    media.pictures(environment, tables, events)
    media.films(environment)
    services = tiers.services(environment)
    tiers.web(environment, services)
    monitoring = watching.monitoring(environment)
    content.site(environment, monitoring)
    pulumi.export("version", ENVIRONMENT_VERSION)
