"""Mail that arrives, without a mail server: Amazon SES, and what keeps a sender's good name.

*Scaling on AWS (Part 4): > One Million Users* tells not to reinvent the wheel where AWS has a service, as it has for
mail. Sending is the smaller part of it: receivers believe a domain that signs its mail, and AWS stops an account that
goes on writing to addresses which do not exist. This is a domain that mail is sent from with all of that.

See https://docs.aws.amazon.com/ses/latest/dg/best-practices.html.
"""

from collections.abc import Mapping
from functools import partial
from typing import cast

import pulumi
import pulumi_aws as aws

from tenfold.alarms import Alarms, alarm_faults
from tenfold.arguments import Children, checked
from tenfold.children import inherited
from tenfold.environment import variable
from tenfold.grants import grant
from tenfold.mail_access import send_statement
from tenfold.mail_alarms import mail_alarms
from tenfold.mail_arguments import MailerArgs, configuration_set_name, from_addresses, mail_from_domain
from tenfold.mail_dns import MailRecord, mail_records, write_records
from tenfold.mail_faults import mail_rules
from tenfold.mail_feedback import MailFeedback, mail_feedback, mail_metrics
from tenfold.mail_templates import mail_templates, template_variable
from tenfold.policy_documents import policy_document
from tenfold.queue_service import QUEUE_ACTING, QUEUE_CHILDREN
from tenfold.table import TABLE_CHILDREN
from tenfold.table_access import table_statements

_CHILDREN: Children = {
    "identity": aws.sesv2.EmailIdentity,
    "sandbox-identity": aws.sesv2.EmailIdentity,
    "mail-from": aws.sesv2.EmailIdentityMailFromAttributes,
    "forwarding": aws.sesv2.EmailIdentityFeedbackAttributes,
    "configuration-set": aws.sesv2.ConfigurationSet,
    "events": aws.sesv2.ConfigurationSetEventDestination,
    "metrics": aws.sesv2.ConfigurationSetEventDestination,
    "dkim-record": aws.route53.Record,
    "mail-from-mx-record": aws.route53.Record,
    "mail-from-spf-record": aws.route53.Record,
    "dmarc-record": aws.route53.Record,
    "feedback-topic": aws.sns.Topic,
    "feedback-topic-policy": aws.sns.TopicPolicy,
    "feedback-subscription": aws.sns.TopicSubscription,
    "undelivered": aws.sqs.Queue,
    "undelivered-policy": aws.sqs.QueuePolicy,
    "template": aws.ses.Template,
    "bounce-rate-alarm": aws.cloudwatch.MetricAlarm,
    "complaint-rate-alarm": aws.cloudwatch.MetricAlarm,
    "account-bounce-rate-alarm": aws.cloudwatch.MetricAlarm,
    "account-complaint-rate-alarm": aws.cloudwatch.MetricAlarm,
    "rendering-failure-alarm": aws.cloudwatch.MetricAlarm,
    "reject-alarm": aws.cloudwatch.MetricAlarm,
    "undelivered-alarm": aws.cloudwatch.MetricAlarm,
    "quota-alarm": aws.cloudwatch.MetricAlarm,
    "send-grant": aws.iam.RolePolicy,
}
# A sender asks for the addresses that it has; it does not list those of others.
_LOOK_UP = ("BatchGetItem", "GetItem")


class Mailer(pulumi.ComponentResource):
    """A domain that mail is sent from, its templates, and what is known of mail that did not arrive.

    The domain's mail is signed by SES (DKIM, 2048 bits), bounces come back to a name below it, and DMARC tells the
    world to distrust what is neither. With `zone_id` the records are written to Route 53. All mail goes by one
    configuration set, the domain's default: over TLS alone, and to nobody who has bounced or complained before.

    What became of a mail goes to a topic, from there to a queue, and a function writes addresses that get none into a
    table: its key is `address`, in lower case. A program looks there before it sends, and leaves an address out whose
    item has a `reason` and no `expires_at` in the past: `bounce` and `complaint` stay for ever, `soft_bounces` for some
    days. SES itself keeps the first two on the account's suppression list. To mail to somebody again, delete the item,
    and run `aws sesv2 delete-suppressed-destination --email-address`.

    A new account is in SES's sandbox: it sends to proved addresses alone, `sandbox_addresses`, and 200 mails a day. No
    program can look that up or end it: run `account_command`, and ask AWS for production access in SES's console.

    There are alarms on the rates of bounces and complaints at which AWS puts an account under review, of the mailer and
    of the whole account, on mail that is not sent, and on news that are lost or fail to be worked on.
    """

    identity_arn: pulumi.Output[str]
    """The ARN of the domain's identity in SES."""
    configuration_set_name: pulumi.Output[str]
    """The name of the configuration set on AWS, which every mail names, or takes as the domain's default."""
    configuration_set_arn: pulumi.Output[str]
    """The ARN of the configuration set."""
    dns_records: pulumi.Output[list[dict[str, str]]]
    """The records that the domain needs, each with `name`, `type` and `value`; they are written where there is a
    `zone_id`."""
    template_names: pulumi.Output[dict[str, str]]
    """The names of the templates on AWS, by the program's."""
    feedback_topic_arn: pulumi.Output[str]
    """The ARN of the topic that SES tells of bounces, complaints, delays, and mail that it did not send."""
    undelivered_queue_url: pulumi.Output[str]
    """The URL of the queue of events that the topic could not hand on."""
    feedback_queue_url: pulumi.Output[str]
    """The URL of the queue between the topic and the function."""
    feedback_dlq_url: pulumi.Output[str]
    """The URL of the dead-letter queue, for events that the function could not take."""
    redrive_command: pulumi.Output[str]
    """The command of the AWS CLI that sends the dead letters back to the queue, once their cause is mended."""
    suppression_table_name: pulumi.Output[str]
    """The name of the table of addresses that get no mail."""
    suppression_table_arn: pulumi.Output[str]
    """The ARN of the table."""
    environment: pulumi.Output[dict[str, str]]
    """The environment variables of a program that sends, the component's name in capitals: `<NAME>_FROM`, the usual
    address, `<NAME>_CONFIGURATION_SET`, `<NAME>_SUPPRESSION_TABLE`, and `<NAME>_TEMPLATE_<KEY>` for each template."""
    sender_policy_json: pulumi.Output[str]
    """The IAM policy of those who send: from the addresses of `from_addresses` alone, by this domain and its
    configuration set; and who look up addresses in the table."""
    account_command: pulumi.Output[str]
    """The command of the AWS CLI that tells whether the account is in the sandbox, `ProductionAccessEnabled`, and how
    many mails it may send, `SendQuota`."""
    alarm_arns: pulumi.Output[dict[str, str]]
    """The ARNs of its alarms by kind, those of the queue and of the table after their part: `bounce-rate-alarm`,
    `feedback/dlq-alarm`, `suppression/system-error-alarm`."""

    def __init__(self, name: str, args: MailerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        kinds = {**_CHILDREN, **QUEUE_CHILDREN, **TABLE_CHILDREN}
        alarm_rule = partial(alarm_faults, children=kinds, acting=QUEUE_ACTING)
        args = checked("Mailer", name, MailerArgs, args, _CHILDREN, *mail_rules(name), alarm_rule)
        super().__init__("tenfold:index:Mailer", name, {**args}, inherited(name, args, _CHILDREN, opts))

        configuration_set = _configuration_set(self, args)
        identity = _identity(self, args, configuration_set)
        records = mail_records(args, identity)
        written = write_records(self, args.get("zone_id"), records)
        _mail_from(self, args, identity, written)
        testers = _testers(self, args)
        templates = mail_templates(self, args.get("templates", {}))
        feedback, told = mail_feedback(self, args, configuration_set)
        mail_metrics(self, args, configuration_set)
        _no_forwarding(self, identity, told)
        alarms = Alarms(self, args)
        set_name = configuration_set.configuration_set_name
        mail_alarms(alarms, name, set_name, feedback.undelivered, args.get("daily_quota"))

        self.identity_arn = identity.arn
        self.configuration_set_name = set_name
        self.configuration_set_arn = configuration_set.arn
        self.dns_records = _described(records)
        self.template_names = _names(templates)
        self.feedback_topic_arn = feedback.topic.arn
        self.undelivered_queue_url = feedback.undelivered.url
        self.feedback_queue_url = feedback.service.queue_url
        self.feedback_dlq_url = feedback.service.dlq_url
        self.redrive_command = feedback.service.redrive_command
        self.suppression_table_name = feedback.table.table_name
        self.suppression_table_arn = feedback.table.table_arn
        self.environment = _environment(self, args, self.template_names)
        of_ses = [identity.arn, configuration_set.arn, *(each.arn for each in (*templates.values(), *testers))]
        self.sender_policy_json = _sender_policy(args, of_ses, feedback)
        self.account_command = identity.arn.apply(_account_command)
        parts = {"feedback": feedback.service.alarm_arns, "suppression": feedback.table.alarm_arns}
        self.alarm_arns = alarms.arns(parts)
        self.register_outputs({output: getattr(self, output) for output in Mailer.__annotations__})

    def grant_send(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        """Lets a role send mail from the domain, and look up who gets none."""
        return grant(self, "send-grant", role, self.sender_policy_json)


def _configuration_set(mailer: Mailer, args: MailerArgs) -> aws.sesv2.ConfigurationSet:
    tracking = args.get("tracking_domain")
    return aws.sesv2.ConfigurationSet(
        f"{mailer.pulumi_resource_name}-configuration-set",
        configuration_set_name=configuration_set_name(mailer.pulumi_resource_name, args),
        delivery_options={"tls_policy": "REQUIRE"},
        reputation_options={"reputation_metrics_enabled": True},
        sending_options={"sending_enabled": args.get("sending_enabled", True)},
        suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
        tracking_options=(
            None if tracking is None else {"custom_redirect_domain": tracking, "https_policy": "REQUIRE"}
        ),
        opts=pulumi.ResourceOptions(parent=mailer),
    )


def _identity(
    mailer: Mailer, args: MailerArgs, configuration_set: aws.sesv2.ConfigurationSet
) -> aws.sesv2.EmailIdentity:
    return aws.sesv2.EmailIdentity(
        f"{mailer.pulumi_resource_name}-identity",
        email_identity=args["domain"],
        configuration_set_name=configuration_set.configuration_set_name,
        dkim_signing_attributes={"next_signing_key_length": "RSA_2048_BIT"},
        opts=pulumi.ResourceOptions(parent=mailer),
    )


def _mail_from(
    mailer: Mailer, args: MailerArgs, identity: aws.sesv2.EmailIdentity, written: list[pulumi.Resource]
) -> None:
    aws.sesv2.EmailIdentityMailFromAttributes(
        f"{mailer.pulumi_resource_name}-mail-from",
        email_identity=identity.email_identity,
        mail_from_domain=mail_from_domain(args),
        # Otherwise SES sends from a domain of its own when the record is gone, and receivers take it for forged.
        behavior_on_mx_failure="REJECT_MESSAGE",
        # SES looks for the records as soon as it hears of the name.
        opts=pulumi.ResourceOptions(parent=mailer, depends_on=written),
    )


def _testers(mailer: Mailer, args: MailerArgs) -> list[aws.sesv2.EmailIdentity]:
    return [
        aws.sesv2.EmailIdentity(
            f"{mailer.pulumi_resource_name}-sandbox-identity-{address}",
            email_identity=address,
            opts=pulumi.ResourceOptions(parent=mailer),
        )
        for address in args.get("sandbox_addresses", [])
    ]


def _no_forwarding(mailer: Mailer, identity: aws.sesv2.EmailIdentity, told: pulumi.Resource) -> None:
    """Bounces and complaints do not come by mail as well, as soon as the topic is told of them."""
    aws.sesv2.EmailIdentityFeedbackAttributes(
        f"{mailer.pulumi_resource_name}-forwarding",
        email_identity=identity.email_identity,
        email_forwarding_enabled=False,
        opts=pulumi.ResourceOptions(parent=mailer, depends_on=[told]),
    )


def _described(records: list[MailRecord]) -> pulumi.Output[list[dict[str, str]]]:
    described = pulumi.Output.from_input([record.described() for record in records])
    return cast("pulumi.Output[list[dict[str, str]]]", described)


def _names(templates: Mapping[str, aws.ses.Template]) -> pulumi.Output[dict[str, str]]:
    names = pulumi.Output.from_input({key: template.name for key, template in templates.items()})
    return cast("pulumi.Output[dict[str, str]]", names)


def _environment(
    mailer: Mailer, args: MailerArgs, template_names: pulumi.Output[dict[str, str]]
) -> pulumi.Output[dict[str, str]]:
    name = mailer.pulumi_resource_name

    def variables(configuration_set: str, table: str, templates: Mapping[str, str]) -> dict[str, str]:
        return {
            variable(f"{name}_FROM"): from_addresses(args)[0],
            variable(f"{name}_CONFIGURATION_SET"): configuration_set,
            variable(f"{name}_SUPPRESSION_TABLE"): table,
            **{template_variable(name, key): found for key, found in templates.items()},
        }

    known = pulumi.Output.all(mailer.configuration_set_name, mailer.suppression_table_name, template_names)
    return known.apply(lambda found: variables(*found))


def _sender_policy(args: MailerArgs, ses_arns: list[pulumi.Output[str]], feedback: MailFeedback) -> pulumi.Output[str]:
    known = pulumi.Output.all(ses_arns, feedback.table.table_arn, args.get("kms_key_arn"))
    return known.apply(
        lambda found: policy_document(
            [
                send_statement(found[0], from_addresses(args), templates=bool(args.get("templates"))),
                *table_statements(_LOOK_UP, found[1], [], found[2]),
            ]
        )
    )


def _account_command(identity_arn: str) -> str:
    return f"aws sesv2 get-account --region {identity_arn.split(':')[3]}"
