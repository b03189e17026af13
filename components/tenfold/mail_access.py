"""Who may send in a mailer's name, and who may tell it of what became of the mail.

See https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html.
"""

from collections.abc import Sequence

from tenfold.policy_documents import Statement, policy_document, tls_alone

# A mail is one that SES puts together, or one that the program did.
_SEND = ("ses:SendEmail", "ses:SendRawEmail")
# SES asks for the action of its older interface when a mail is made from a template, whichever is called.
_SEND_TEMPLATES = ("ses:SendBulkEmail", "ses:SendBulkTemplatedEmail", "ses:SendTemplatedEmail")


def send_statement(ses_arns: Sequence[str], from_addresses: Sequence[str], *, templates: bool) -> Statement:
    """What those may do who send mail: from these addresses alone, by this identity and its configuration set.

    Args:
        ses_arns: The ARNs of the identity, the configuration set and the templates. SES in its sandbox asks for those
            of the recipients' identities too.
        from_addresses: The addresses that may be sent from.
        templates: Whether there are templates.
    """
    return {
        "Sid": "Send",
        "Effect": "Allow",
        "Action": sorted([*_SEND, *(_SEND_TEMPLATES if templates else ())]),
        "Resource": list(ses_arns),
        "Condition": {"StringEquals": {"ses:FromAddress": list(from_addresses)}},
    }


def feedback_topic_policy(topic_arn: str, configuration_set_arn: str) -> str:
    """The policy of the topic that SES tells: of one configuration set, and nothing without TLS."""
    publish = {
        "Sid": "Events",
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {
            "StringEquals": {
                "aws:SourceAccount": configuration_set_arn.split(":")[4],
                "aws:SourceArn": configuration_set_arn,
            }
        },
    }
    return policy_document([tls_alone("sns:Publish", topic_arn), publish])
