"""A shop's pages: the folder `public`, everywhere and over HTTPS; `pulumi up` publishes what has changed in it.

pulumi config set domain www.example.com    # and the hosted zone that it is in
pulumi config set zone_id Z0123456789ABCDEFGHIJ
"""

import pulumi

from tenfold import DomainArgs, StaticSite, StaticSiteArgs

config = pulumi.Config()
args: StaticSiteArgs = {
    "content": "public",
    # The build names these by what is in them, in a way that the site does not know.
    "cache_rules": [{"glob": "assets/*"}],
    "headers": {"content_security_policy": "default-src 'self'"},
    # The bucket goes with the stack, whatever is left in it: this is an example.
    "deletion_protection": False,
}
domain = config.get("domain")
if domain:
    args["domain"] = DomainArgs(name=domain, zone_id=config.require("zone_id"))

site = StaticSite("shop", args)

pulumi.export("url", site.url)
pulumi.export("bucket_name", site.bucket_name)
# For whoever publishes without Pulumi: aws s3 sync public s3://<bucket_name> --delete
pulumi.export("deploy_policy_json", site.deploy_policy_json)
