"""Mail of a shop: welcomes and receipts from its own domain, and none to those who bounced or complained."""

import json

import pulumi
import pulumi_aws as aws

from tenfold import Mailer, MailerDmarcPolicy

zone = aws.route53.Zone("shop", name="shop.example.com")
people = aws.sns.Topic("alarms")

mail = Mailer(
    "mail",
    {
        "domain": "shop.example.com",
        "zone_id": zone.zone_id,
        "from_addresses": ["hello@shop.example.com", "receipts@shop.example.com"],
        # Until the reports show that nothing else sends in the shop's name.
        "dmarc": {"policy": MailerDmarcPolicy.NONE, "report_addresses": ["dmarc@shop.example.com"]},
        "templates": {
            "welcome": {
                "subject": "Welcome, {{name}}",
                "html": "<p>Good to see you, {{name}}.</p>",
                "text": "Good to see you, {{name}}.",
            },
            "receipt": {
                "subject": "Your order {{order}}",
                "text": "Thank you!\n{{#each items}}{{amount}} x {{name}}\n{{/each}}",
            },
        },
        "alarms": {"topic_arn": people.arn},
    },
)

shop = aws.iam.Role(
    "shop",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
            ],
        }
    ),
)
mail.grant_send(shop)

# What the shop is told: MAIL_FROM, MAIL_CONFIGURATION_SET, MAIL_SUPPRESSION_TABLE, MAIL_TEMPLATE_WELCOME and so on.
pulumi.export("mail", mail.environment)
pulumi.export("is_it_in_the_sandbox", mail.account_command)
