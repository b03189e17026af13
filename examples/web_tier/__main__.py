"""A shop: its pages come from instances, its search from containers, behind one load balancer; each scales alone."""

import pulumi

from tenfold import Network, WebTier

network = Network("main", {})

PAGES = """#!/bin/bash
mkdir -p /srv && echo ok > /srv/healthz
cd /srv && exec python3 -m http.server 8080
"""
shop = WebTier(
    "shop",
    {
        "placement": network.placement,
        "instances": {"user_data": PAGES, "spot_percent": 50, "on_demand_base": 3, "alternatives": ["m6g.large"]},
        "load_balancer": {"web_acl": {"rate_limit": 5000}},
        "scaling": {
            "survives_zone_loss": True,
            "schedules": {"evening": {"cron": "0 17 * * *", "min_size": 6, "time_zone": "Europe/Berlin"}},
        },
    },
)

search = WebTier(
    "search",
    {
        "placement": network.placement,
        "container": {"image": "public.ecr.aws/nginx/nginx:1.29", "cpu": 512, "environment": {"SHOP_URL": shop.url}},
        "port": 80,
        "health_check_path": "/",
        "route": {"balancer": shop.balancer, "priority": 10, "paths": ["/search/*"]},
    },
)

pulumi.export("url", shop.url)
pulumi.export("search_log_group", search.log_group_name)
