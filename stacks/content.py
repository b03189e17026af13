"""Content from the right place: pages, pictures and scripts by CloudFront, next to whoever asks."""

import pulumi

from stacks.parts import Environment
from tenfold import Monitoring, StaticSite, StaticSiteArgs


def site(environment: Environment, monitoring: Monitoring) -> None:
    """The site; its alarm is in us-east-1, where CloudFront's metrics are, and notifies there."""
    config, given = environment.config, environment.config.site
    if given is None:
        return
    args: StaticSiteArgs = {
        "content": "app/site",
        "deletion_protection": config.protected,
        "alarms": monitoring.edge_alarms,
        "tags": environment.tags,
    }
    if environment.account and given.host:
        args["domain"] = {"name": f"{given.host}.{config.domain}", "zone_id": environment.account.zone_id}
    made = StaticSite("site", args)
    pulumi.export("site_url", made.url)
