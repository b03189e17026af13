"""The program whose previews are recorded and commented: a shop before a pull request, and with it."""

import pulumi
import pulumi_aws as aws

from tenfold import NatMode, Network, QueueService, Table

config = pulumi.Config()
proposed, protected = config.get_bool("proposed"), config.get_bool("protected") or False
key = "id" if proposed else "job_id"

Table("results", {"hash_key": key, "attributes": {key: "S"}, "deletion_protection": protected})
QueueService("jobs", {"max_receive_count": 5 if proposed else 3})
aws.ssm.Parameter("api-token", type="SecureString", value=config.require_secret("token"))
aws.ec2.Instance("batch", ami="ami-12345678", instance_type="t4g.medium" if proposed else "t4g.small")
if proposed:
    Table("baskets", {"hash_key": "user_id", "attributes": {"user_id": "S"}, "deletion_protection": protected})
    Network("network", {"zones": 2, "nat": NatMode.SINGLE})
else:
    Table("carts", {"hash_key": "user_id", "attributes": {"user_id": "S"}, "deletion_protection": protected})
    aws.s3.Bucket("exports", force_destroy=True)
if config.get_bool("careless"):
    aws.sqs.Queue("mails")
if config.get_bool("broken"):
    raise ValueError("the shop has no <opening hours> | `none`")
