"""The mailer: mail that is believed, a good name that is kept, and senders that may do no more than send."""

import ast
import json
from functools import cache
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tenfold.mail_feedback_function
from tenfold import Mailer
from tenfold.mail_dns import dkim_domain
from tests.components.building import ACCOUNT, Built, build, refused
from tests.components.uses import EXAMPLES, KEY, STATEMENT, TOPIC
from tests.policies.judging import Pack, run

GOLDEN = Path(__file__).parent / "golden" / "mailer.txt"
ZONE = "Z0123456789ABCDEFGHIJ"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
WELCOME = {"subject": "Welcome, {{name}}", "text": "Hello"}
ARN = f"arn:aws:sesv2:us-east-1:{ACCOUNT}"


def mailer(**args: Any) -> Built[Mailer]:
    return built_with(**args) if args else least()


@cache
def least() -> Built[Mailer]:
    """What most tests ask about, made once."""
    return built_with()


def built_with(**args: Any) -> Built[Mailer]:
    return build(lambda: Mailer("mail", cast("Any", {"domain": "example.com", **args})))


def sender_policy(built: Built[Mailer]) -> list[dict[str, Any]]:
    return json.loads(built.value(built.result.sender_policy_json))["Statement"]


def records(built: Built[Mailer]) -> dict[str, dict[str, Any]]:
    return {
        record.name: {key: record.inputs[key] for key in ("name", "type", "records")}
        for record in built.of("aws:route53/record:Record")
    }


def test_the_domain_is_signed_with_long_keys_and_has_its_configuration_set() -> None:
    built = mailer()
    assert built["mail-identity"].inputs == {
        "emailIdentity": "example.com",
        "configurationSetName": "mail-stack",
        "dkimSigningAttributes": {"nextSigningKeyLength": "RSA_2048_BIT"},
    }


def test_mail_goes_over_tls_alone_is_measured_and_does_not_go_to_those_who_bounced_or_complained() -> None:
    assert mailer()["mail-configuration-set"].inputs == {
        "configurationSetName": "mail-stack",
        "deliveryOptions": {"tlsPolicy": "REQUIRE"},
        "reputationOptions": {"reputationMetricsEnabled": True},
        "sendingOptions": {"sendingEnabled": True},
        "suppressionOptions": {"suppressedReasons": ["BOUNCE", "COMPLAINT"]},
    }


def test_sending_is_stopped_by_one_argument() -> None:
    built = mailer(sending_enabled=False)
    assert built["mail-configuration-set"].inputs["sendingOptions"] == {"sendingEnabled": False}


def test_a_configuration_set_has_the_name_that_it_is_given() -> None:
    built = mailer(configuration_set_name="shop_mail")
    assert built["mail-identity"].inputs["configurationSetName"] == "shop_mail"
    assert built.value(built.result.configuration_set_name) == "shop_mail"


def test_bounces_come_back_to_a_name_below_the_domain_and_mail_without_it_is_refused() -> None:
    assert mailer()["mail-mail-from"].inputs == {
        "emailIdentity": "example.com",
        "mailFromDomain": "bounce.example.com",
        "behaviorOnMxFailure": "REJECT_MESSAGE",
    }
    assert mailer(mail_from_subdomain="back")["mail-mail-from"].inputs["mailFromDomain"] == "back.example.com"


DNS = {
    "mail-dkim-record-first": {
        "name": "token1._domainkey.example.com",
        "type": "CNAME",
        "records": ["token1.dkim.amazonses.com"],
    },
    "mail-dkim-record-second": {
        "name": "token2._domainkey.example.com",
        "type": "CNAME",
        "records": ["token2.dkim.amazonses.com"],
    },
    "mail-dkim-record-third": {
        "name": "token3._domainkey.example.com",
        "type": "CNAME",
        "records": ["token3.dkim.amazonses.com"],
    },
    "mail-mail-from-mx-record": {
        "name": "bounce.example.com",
        "type": "MX",
        "records": ["10 feedback-smtp.us-east-1.amazonses.com"],
    },
    "mail-mail-from-spf-record": {
        "name": "bounce.example.com",
        "type": "TXT",
        "records": ["v=spf1 include:amazonses.com ~all"],
    },
    "mail-dmarc-record": {"name": "_dmarc.example.com", "type": "TXT", "records": ["v=DMARC1; p=quarantine"]},
}


def test_a_zone_gets_the_domains_records_before_ses_looks_for_them() -> None:
    built = mailer(zone_id=ZONE)
    assert records(built) == DNS
    assert {record.inputs["zoneId"] for record in built.of("aws:route53/record:Record")} == {ZONE}
    assert DNS.keys() <= built["mail-mail-from"].depends_on


@pytest.mark.parametrize("args", [{}, {"zone_id": ZONE}])
def test_the_records_are_told_with_a_zone_and_without_one(args: dict[str, Any]) -> None:
    built = mailer(**args)
    assert built.value(built.result.dns_records) == [
        {"name": record["name"], "type": record["type"], "value": record["records"][0]} for record in DNS.values()
    ]


def test_without_a_zone_no_record_is_written() -> None:
    assert records(mailer()) == {}


@pytest.mark.parametrize(
    ("region", "domain"),
    [
        ("eu-west-1", "dkim.amazonses.com"),
        ("us-east-1", "dkim.amazonses.com"),
        ("eu-south-1", "dkim.eu-south-1.amazonses.com"),
        ("af-south-1", "dkim.af-south-1.amazonses.com"),
    ],
)
def test_keys_are_where_the_region_has_them(region: str, domain: str) -> None:
    assert dkim_domain(region) == domain


@pytest.mark.parametrize(
    ("dmarc", "value"),
    [
        ({"policy": "none"}, "v=DMARC1; p=none"),
        ({"policy": "reject"}, "v=DMARC1; p=reject"),
        (
            {"report_addresses": ["a@example.com", "b@example.org"]},
            "v=DMARC1; p=quarantine; rua=mailto:a@example.com,mailto:b@example.org",
        ),
    ],
)
def test_the_world_is_told_what_to_do_with_forged_mail(dmarc: dict[str, Any], value: str) -> None:
    assert records(mailer(zone_id=ZONE, dmarc=dmarc))["mail-dmarc-record"]["records"] == [value]


def test_a_dmarc_record_that_is_there_already_is_left_alone() -> None:
    built = mailer(zone_id=ZONE, dmarc={"record": False})
    assert records(built).keys() == DNS.keys() - {"mail-dmarc-record"}
    assert "_dmarc.example.com" not in {record["name"] for record in built.value(built.result.dns_records)}


def test_testers_are_proved_by_a_mail_to_them() -> None:
    built = mailer(sandbox_addresses=["jane@example.org"])
    assert built["mail-sandbox-identity-jane@example.org"].inputs == {"emailIdentity": "jane@example.org"}


def test_clicks_and_opens_are_counted_over_a_domain_of_ones_own_alone() -> None:
    assert "trackingOptions" not in mailer()["mail-configuration-set"].inputs
    built = mailer(tracking_domain="click.example.com")
    tracking = built["mail-configuration-set"].inputs["trackingOptions"]
    assert tracking == {"customRedirectDomain": "click.example.com", "httpsPolicy": "REQUIRE"}
    counted = built["mail-metrics"].inputs["eventDestination"]["matchingEventTypes"]
    assert set(counted) - set(mailer()["mail-metrics"].inputs["eventDestination"]["matchingEventTypes"]) == {
        "CLICK",
        "OPEN",
    }


def test_what_becomes_of_mail_is_counted_by_configuration_set() -> None:
    assert mailer()["mail-metrics"].inputs == {
        "configurationSetName": "mail-stack",
        "eventDestinationName": "metrics",
        "eventDestination": {
            "enabled": True,
            "matchingEventTypes": [
                *("BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "REJECT", "RENDERING_FAILURE", "SEND"),
            ],
            "cloudWatchDestination": {
                "dimensionConfigurations": [
                    {
                        "dimensionName": "ses:configuration-set",
                        "dimensionValueSource": "MESSAGE_TAG",
                        "defaultDimensionValue": "none",
                    }
                ]
            },
        },
    }


def test_ses_tells_a_topic_as_soon_as_it_is_let_in_and_somebody_listens() -> None:
    built = mailer()
    assert built["mail-events"].inputs == {
        "configurationSetName": "mail-stack",
        "eventDestinationName": "feedback",
        "eventDestination": {
            "enabled": True,
            "matchingEventTypes": ["BOUNCE", "COMPLAINT", "DELIVERY_DELAY", "REJECT", "RENDERING_FAILURE"],
            "snsDestination": {"topicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:mail-feedback-topic"},
        },
    }
    assert {"mail-feedback-topic-policy", "mail-feedback-subscription"} <= built["mail-events"].depends_on
    assert "mail-feedback-queue-policy" in built["mail-feedback-subscription"].depends_on


def test_bounces_do_not_come_by_mail_as_well_once_the_topic_is_told() -> None:
    forwarding = mailer()["mail-forwarding"]
    assert forwarding.inputs == {"emailIdentity": "example.com", "emailForwardingEnabled": False}
    assert "mail-events" in forwarding.depends_on


def test_the_topic_takes_events_of_this_configuration_set_alone_and_nothing_without_tls() -> None:
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:mail-feedback-topic"
    tls, events = json.loads(mailer()["mail-feedback-topic-policy"].inputs["policy"])["Statement"]
    assert tls == {
        "Sid": "TlsAlone",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    assert events == {
        "Sid": "Events",
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"{ARN}:mail-configuration-set"}},
    }


def test_events_wait_in_a_queue_with_a_dead_letter_queue_for_a_function_that_may_write_the_table_alone() -> None:
    built = mailer()
    subscription = built["mail-feedback-subscription"].inputs
    assert (subscription["protocol"], subscription["rawMessageDelivery"]) == ("sqs", True)
    assert subscription["endpoint"] == f"arn:aws:sqs:us-east-1:{ACCOUNT}:mail-feedback-queue"
    assert (
        "mail-feedback-dlq" in json.loads(built["mail-feedback-queue"].inputs["redrivePolicy"])["deadLetterTargetArn"]
    )
    allowed = json.loads(built["mail-feedback-worker-policy-suppression"].inputs["policy"])["Statement"]
    assert allowed == [
        {
            "Effect": "Allow",
            "Action": ["dynamodb:PutItem", "dynamodb:UpdateItem"],
            "Resource": [f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:mail-suppression-table"],
        }
    ]


def test_what_the_topic_cannot_hand_on_waits_for_14_days() -> None:
    built = mailer()
    redrive = json.loads(built["mail-feedback-subscription"].inputs["redrivePolicy"])
    assert redrive == {"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:mail-undelivered"}
    queue = built["mail-undelivered"].inputs
    assert (queue["messageRetentionSeconds"], queue["sqsManagedSseEnabled"]) == (1_209_600, True)
    assert json.loads(queue["redriveAllowPolicy"]) == {"redrivePermission": "denyAll"}
    assert "mail-undelivered-policy" in built["mail-feedback-subscription"].depends_on
    allowed = json.loads(built["mail-undelivered-policy"].inputs["policy"])["Statement"][1]
    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "sns.amazonaws.com"}, ["sqs:SendMessage"])
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:mail-feedback-topic"
    assert allowed["Condition"]["ArnEquals"] == {"aws:SourceArn": topic}


def test_the_function_is_the_packages_own_and_knows_its_table() -> None:
    worker = mailer()["mail-feedback-worker"].inputs
    file, asset = next(iter(worker["code"].assets.items()))
    assert worker["handler"] == f"{Path(file).stem}.handle"
    assert asset.text == Path(tenfold.mail_feedback_function.__file__).read_text()
    assert worker["environment"]["variables"] == {
        "SUPPRESSION_TABLE": "mail-suppression-table-0a1b2c",
        "SOFT_BOUNCE_LIMIT": "5",
        "SOFT_BOUNCE_DAYS": "7",
    }


def test_the_function_needs_nothing_that_lambda_has_not() -> None:
    tree = ast.parse(Path(tenfold.mail_feedback_function.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in names if name.startswith(("tenfold", "pulumi"))} == set()


def test_soft_bounces_and_logs_are_as_one_says() -> None:
    built = mailer(feedback={"soft_bounce_limit": 3, "soft_bounce_days": 30, "log_retention_days": 90})
    variables = built["mail-feedback-worker"].inputs["environment"]["variables"]
    assert (variables["SOFT_BOUNCE_LIMIT"], variables["SOFT_BOUNCE_DAYS"]) == ("3", "30")
    assert built["mail-feedback-worker-logs"].inputs["retentionInDays"] == 90


def test_addresses_that_get_no_mail_are_in_a_table_that_nobody_deletes_in_passing() -> None:
    table = mailer()["mail-suppression-table"]
    assert table.protect
    assert (table.inputs["hashKey"], table.inputs["ttl"]) == (
        "address",
        {"attributeName": "expires_at", "enabled": True},
    )
    assert table.inputs["deletionProtectionEnabled"] is True
    assert not mailer(deletion_protection=False)["mail-suppression-table"].protect


def test_a_key_of_ones_own_encrypts_events_and_addresses() -> None:
    built = mailer(kms_key_arn=KEY)
    assert built["mail-feedback-topic"].inputs["kmsMasterKeyId"] == KEY
    assert built["mail-feedback-queue"].inputs["kmsMasterKeyId"] == KEY
    assert built["mail-suppression-table"].inputs["serverSideEncryption"]["kmsKeyArn"] == KEY
    writes = json.loads(built["mail-feedback-worker-policy-suppression"].inputs["policy"])["Statement"]
    assert "kms:GenerateDataKey" in writes[1]["Action"]
    assert "kms:Decrypt" in sender_policy(built)[2]["Action"]
    assert "kmsMasterKeyId" not in mailer()["mail-feedback-topic"].inputs


def test_senders_may_send_from_the_known_addresses_by_this_domain_alone_and_look_up_single_addresses() -> None:
    assert sender_policy(mailer()) == [
        {
            "Sid": "Send",
            "Effect": "Allow",
            "Action": ["ses:SendEmail", "ses:SendRawEmail"],
            "Resource": [f"{ARN}:mail-identity", f"{ARN}:mail-configuration-set"],
            "Condition": {"StringEquals": {"ses:FromAddress": ["no-reply@example.com"]}},
        },
        {
            "Effect": "Allow",
            "Action": ["dynamodb:BatchGetItem", "dynamodb:GetItem"],
            "Resource": [f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:mail-suppression-table"],
        },
    ]


def test_senders_may_use_the_templates_and_write_to_testers_in_the_sandbox() -> None:
    built = mailer(
        templates={"welcome": WELCOME}, sandbox_addresses=["jane@example.org"], from_addresses=["a@shop.example.com"]
    )
    statement = sender_policy(built)[0]
    assert statement["Action"] == [
        *("ses:SendBulkEmail", "ses:SendBulkTemplatedEmail", "ses:SendEmail"),
        *("ses:SendRawEmail", "ses:SendTemplatedEmail"),
    ]
    assert set(statement["Resource"]) == {
        f"{ARN}:mail-identity",
        f"{ARN}:mail-configuration-set",
        f"{ARN}:mail-sandbox-identity-jane@example.org",
        f"arn:aws:ses:us-east-1:{ACCOUNT}:mail-template-welcome",
    }
    assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": ["a@shop.example.com"]}}


def test_a_role_is_granted_what_the_policy_says() -> None:
    def program() -> Mailer:
        one = Mailer("mail", {"domain": "example.com"})
        one.grant_send(aws.iam.Role("web", assume_role_policy=STATEMENT))
        return one

    built = build(program)
    granted = built["mail-send-grant-web"].inputs
    assert granted["policy"] == built.value(built.result.sender_policy_json)
    assert granted["role"] == "web-0a1b2c"


def test_programs_find_what_they_send_by_in_their_environment() -> None:
    templates = {"welcome": WELCOME, "order-receipt": WELCOME}
    built = mailer(templates=templates, from_addresses=["hello@example.com", "receipts@example.com"])
    assert built.value(built.result.environment) == {
        "MAIL_FROM": "hello@example.com",
        "MAIL_CONFIGURATION_SET": "mail-stack",
        "MAIL_SUPPRESSION_TABLE": "mail-suppression-table-0a1b2c",
        "MAIL_TEMPLATE_WELCOME": "mail-template-welcome-0a1b2c",
        "MAIL_TEMPLATE_ORDER_RECEIPT": "mail-template-order-receipt-0a1b2c",
    }
    assert built.value(built.result.template_names) == {
        "welcome": "mail-template-welcome-0a1b2c",
        "order-receipt": "mail-template-order-receipt-0a1b2c",
    }
    assert built["mail-template-welcome"].inputs == WELCOME


def test_commands_tell_of_the_sandbox_and_send_dead_letters_back() -> None:
    built = mailer()
    assert built.value(built.result.account_command) == "aws sesv2 get-account --region us-east-1"
    dlq = f"arn:aws:sqs:us-east-1:{ACCOUNT}:mail-feedback-dlq"
    command = f"aws sqs start-message-move-task --region us-east-1 --source-arn {dlq}"
    assert built.value(built.result.redrive_command) == command


@pytest.mark.parametrize(
    ("alarm", "metric", "threshold", "of_set"),
    [
        ("mail-bounce-rate-alarm", "Reputation.BounceRate", 0.05, True),
        ("mail-complaint-rate-alarm", "Reputation.ComplaintRate", 0.001, True),
        ("mail-account-bounce-rate-alarm", "Reputation.BounceRate", 0.05, False),
        ("mail-account-complaint-rate-alarm", "Reputation.ComplaintRate", 0.001, False),
    ],
)
def test_rates_at_which_aws_reviews_an_account_ring(alarm: str, metric: str, threshold: float, of_set: bool) -> None:
    inputs = mailer()[alarm].inputs
    assert (inputs["namespace"], inputs["metricName"], inputs["threshold"]) == ("AWS/SES", metric, threshold)
    assert inputs["comparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert inputs["treatMissingData"] == "ignore"
    assert inputs.get("dimensions") == ({"ses:configuration-set": "mail-stack"} if of_set else None)


@pytest.mark.parametrize(
    ("alarm", "namespace", "metric", "dimensions"),
    [
        ("mail-rendering-failure-alarm", "AWS/SES", "RenderingFailure", {"ses:configuration-set": "mail-stack"}),
        ("mail-reject-alarm", "AWS/SES", "Reject", {"ses:configuration-set": "mail-stack"}),
        (
            "mail-undelivered-alarm",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": "mail-undelivered-0a1b2c"},
        ),
    ],
)
def test_one_mail_that_is_not_sent_and_one_event_that_is_not_delivered_ring(
    alarm: str, namespace: str, metric: str, dimensions: dict[str, str]
) -> None:
    inputs = mailer()[alarm].inputs
    assert (inputs["namespace"], inputs["metricName"], inputs["dimensions"]) == (namespace, metric, dimensions)
    assert (inputs["threshold"], inputs["comparisonOperator"]) == (0, "GreaterThanThreshold")


def test_four_fifths_of_the_quota_ring_where_it_is_known() -> None:
    assert "mail-quota-alarm" not in mailer()
    inputs = mailer(daily_quota=50_000)["mail-quota-alarm"].inputs
    assert (inputs["metricName"], inputs["period"], inputs["threshold"]) == ("Send", 86_400, 40_000)
    assert "dimensions" not in inputs


def test_what_stops_all_mail_is_critical_and_what_this_mailer_adds_is_a_warning() -> None:
    alarms = {"topic_arn": TOPIC, "critical_topic_arn": f"{TOPIC}-now"}
    built = mailer(alarms=alarms, daily_quota=50_000)
    warned = {alarm.name for alarm in built.of(ALARM) if alarm.inputs["alarmActions"] == [TOPIC]}
    own = {"mail-bounce-rate-alarm", "mail-complaint-rate-alarm", "mail-quota-alarm"}
    critical = {f"mail-account-{rate}-rate-alarm" for rate in ("bounce", "complaint")}
    critical |= {f"mail-{kind}-alarm" for kind in ("rendering-failure", "reject", "undelivered")}
    assert own <= warned
    assert not critical & warned


def test_alarms_of_the_queue_and_the_table_are_among_its_own_and_can_be_off() -> None:
    assert {"feedback/dlq-alarm", "feedback/age-alarm", "suppression/write-throttle-alarm"} <= (
        mailer().value(mailer().result.alarm_arns).keys()
    )
    off = ["dlq-alarm", "write-throttle-alarm", "account-bounce-rate-alarm"]
    built = mailer(alarms={"off": off})
    gone = {"mail-feedback-dlq-alarm", "mail-suppression-write-throttle-alarm", "mail-account-bounce-rate-alarm"}
    assert {alarm.name for alarm in mailer().of(ALARM)} - {alarm.name for alarm in built.of(ALARM)} == gone


def test_no_child_is_renamed() -> None:
    args = {**EXAMPLES["Mailer"].full, "domain": "example.com"}
    found = sorted(resource.urn for resource in mailer(**args).resources)
    assert "\n".join(found) + "\n" == GOLDEN.read_text()


def test_the_policy_pack_asks_for_someone_who_is_told() -> None:
    judged = Pack().judge(run(lambda: Mailer("mail", {"domain": "example.com"}), preview=False))
    assert {each.policyName for each in judged} == {"dec-dlq-alarm"}


GOOD = [
    "Hello",
    "{{name}}, {{{address}}} {{ user.name }}",
    "{{#if paid}}Thanks{{else}}Please pay{{/if}}",
    "{{#each items}}{{#if this.new}}new {{/if}}{{name}}{{/each}}",
    "{{^paid}}Please pay{{/paid}} {{!-- a note --}} {{> footer}}",
    '{{#* inline "footer"}}Bye{{/inline}}{{~#if paid~}}x{{~/if~}}',
    "@media (max-width: 600px) { a { color: red }}",
]
WRONG = {
    "{{name} and more": "a tag that begins with {{ has no end",
    "{{name": "a tag that begins with {{ has no end",
    "{{}}": "a tag is empty",
    "{{#if paid}}Thanks": "the block 'if' has no end",
    "Thanks{{/if}}": "the block 'if' ends where it did not begin",
    "{{#each items}}{{#if new}}{{/each}}{{/if}}": "the block 'each' ends where it did not begin",
}


@pytest.mark.parametrize("text", GOOD)
def test_handlebars_language_is_taken(text: str) -> None:
    templates = {"welcome": {"subject": text, "html": text}}
    args = {"domain": "example.com", "templates": templates, "colour": "red"}
    assert refused(lambda: Mailer("mail", cast("Any", args))).faults.keys() == {"colour"}


@pytest.mark.parametrize("text", WRONG)
def test_what_handlebars_would_not_take_is_refused(text: str) -> None:
    templates = {"welcome": {"subject": "Welcome", "html": text}}
    refusal = refused(lambda: Mailer("mail", cast("Any", {"domain": "example.com", "templates": templates})))
    assert {path: given for path, (given, _) in refusal.faults.items()} == {"templates.welcome.html": WRONG[text]}


_WORDS = st.from_regex(r"[a-z]{1,8}", fullmatch=True)


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    block = st.builds(lambda word, text: f"{{{{#{word} x}}}}{text}{{{{/{word}}}}}", _WORDS, inner)
    return st.one_of(block, st.builds(lambda *parts: "".join(parts), inner, inner))


_TEXTS = st.recursive(st.one_of(_WORDS, _WORDS.map(lambda word: f"{{{{{word}}}}}")), _nested, max_leaves=8)


@given(text=_TEXTS, at=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_a_template_that_is_whole_is_taken_and_one_that_ends_within_a_tag_is_not(text: str, at: int) -> None:
    def program(body: str) -> Any:
        templates = {"welcome": {"subject": "Welcome", "text": body}}
        return lambda: Mailer("mail", cast("Any", {"domain": "example.com", "templates": templates, "name": 1}))

    assert set(refused(program(text)).faults) == {"name"}
    cut = text[: at % len(text)] + "{{"
    assert set(refused(program(cut)).faults) == {"name", "templates.welcome.text"}


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "no domain": ({"domain": "localhost"}, "domain: 'localhost' is given; allowed: a domain's name in lower case"),
    "a domain in capitals": ({"domain": "Example.com"}, "domain: 'Example.com' is given; allowed: a domain's name"),
    "a domain's wildcard": ({"domain": "*.example.com"}, "domain: '*.example.com' is given"),
    "a zone's name": ({"zone_id": "example.com"}, "zone_id: 'example.com' is given; allowed: the id of a hosted zone"),
    "nobody to send as": ({"from_addresses": []}, "from_addresses: it is empty; allowed: one address or more"),
    "an address elsewhere": (
        {"from_addresses": ["a@notexample.com"]},
        "from_addresses[0]: 'a@notexample.com' is given; allowed: an address of example.com or below it",
    ),
    "an address with a name": ({"from_addresses": ["A <a@example.com>"]}, "from_addresses[0]: 'A <a@example.com>' is"),
    "an address twice": (
        {"from_addresses": ["a@example.com", "a@example.com"]},
        "from_addresses[1]: 'a@example.com' is given twice; allowed: each address once",
    ),
    "a return path with a dot at its end": (
        {"mail_from_subdomain": "bounce."},
        "mail_from_subdomain: 'bounce.' is given; allowed: a name below the domain in lower case: bounce",
    ),
    "a return path that is too long": ({"mail_from_subdomain": ".".join(["a" * 60] * 4)}, "mail_from_subdomain: 'aaa"),
    "no such policy": ({"dmarc": {"policy": "delete"}}, "dmarc.policy: 'delete' is given; allowed: 'none', 'quara"),
    "reports to nobody": (
        {"dmarc": {"report_addresses": ["mailto:a@example.com,b"]}},
        "dmarc.report_addresses[0]: 'mailto:a@example.com,b' is given; allowed: a mail address",
    ),
    "a policy without a record": (
        {"dmarc": {"record": False, "policy": "none"}},
        "dmarc.policy: it is given, and record is False; allowed: nothing, or a record of the mailer's",
    ),
    "a tester without an address": ({"sandbox_addresses": ["jane"]}, "sandbox_addresses[0]: 'jane' is given; allowed:"),
    "a set with a dot": (
        {"configuration_set_name": "shop.mail"},
        "configuration_set_name: 'shop.mail' is given; allowed: 1 to 64 letters, digits, underscores and hyphens",
    ),
    "a set with a long name": ({"configuration_set_name": "a" * 65}, "configuration_set_name: 'aaa"),
    "tracking elsewhere": (
        {"tracking_domain": "click.example.org"},
        "tracking_domain: 'click.example.org' is given; allowed: a name below example.com in lower case",
    ),
    "tracking on the domain itself": ({"tracking_domain": "example.com"}, "tracking_domain: 'example.com' is given"),
    "no soft bounce": (
        {"feedback": {"soft_bounce_limit": 0}},
        "feedback.soft_bounce_limit: 0 is given; allowed: 1 to 100 mails",
    ),
    "no day": ({"feedback": {"soft_bounce_days": 91}}, "feedback.soft_bounce_days: 91 is given; allowed: 1 to 90 days"),
    "a retention nobody knows": (
        {"feedback": {"log_retention_days": 31}},
        "feedback.log_retention_days: 31 is given; allowed: one of 1, 3, 5",
    ),
    "no quota": ({"daily_quota": 0}, "daily_quota: 0 is given; allowed: 1 or more mails"),
    "a key's alias": ({"kms_key_arn": "alias/mail"}, "kms_key_arn: 'alias/mail' is given; allowed: a key's ARN"),
    "a template's name": (
        {"templates": {"wel come": WELCOME}},
        "templates.wel come: it has this name; allowed: 1 to 42 letters, digits, hyphens and underscores",
    ),
    "a template's long name": ({"templates": {"a" * 43: WELCOME}}, f"templates.{'a' * 43}: it has this name; allowed:"),
    "two templates in one variable": (
        {"templates": {"a-b": WELCOME, "a_b": WELCOME}},
        "templates.a_b: it has this name; allowed: one whose environment variable is not that of 'a-b'",
    ),
    "no subject": (
        {"templates": {"welcome": {"text": "Hello"}}},
        "templates.welcome.subject: nothing is given; allowed:",
    ),
    "an empty subject": (
        {"templates": {"welcome": {"subject": " ", "text": "Hello"}}},
        "templates.welcome.subject: it is empty; allowed: some text",
    ),
    "two subjects": (
        {"templates": {"welcome": {"subject": "Welcome\nback", "text": "Hello"}}},
        "templates.welcome.subject: it has a line break; allowed: one line",
    ),
    "no body": (
        {"templates": {"welcome": {"subject": "Welcome"}}},
        "templates.welcome.html: neither html nor text is given; allowed: one of them, or both",
    ),
    "a large template": (
        {"templates": {"welcome": {"subject": "Welcome", "text": "Hello", "html": "é" * 256_000}}},
        "templates.welcome.html: the template has 512012 bytes; allowed: up to 512000, all parts together",
    ),
    "no such alarm": ({"alarms": {"off": ["spam-alarm"]}}, "alarms.off[0]: there is no alarm 'spam-alarm'; allowed: "),
    "no such child": (
        {"overrides": {"queue": {}}},
        "overrides.queue: there is no such child; allowed: account-bounce-",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_before_anything_is_registered(case: str) -> None:
    args, text = REFUSALS[case]
    refusal = refused(lambda: Mailer("mail", cast("Any", {"domain": "example.com", **args})))
    assert refusal.text.startswith("Mailer 'mail' has 1 fault in its arguments:\n")
    assert text in refusal.text
    assert refusal.resources == ()


@pytest.mark.parametrize("name", ["", "a" * 36, "my mail", "mail.shop"])
def test_a_name_that_makes_no_names_on_aws_is_refused(name: str) -> None:
    assert refused(lambda: Mailer(name, {"domain": "example.com"})).faults.keys() == {"name"}


def test_the_longest_names_leave_room_for_pulumis_random_characters() -> None:
    args: Any = {"domain": "example.com", "templates": {"a" * 11: WELCOME}}
    built = build(lambda: Mailer("a" * 35, args))
    limits = {"aws:iam/role:Role": 64, "aws:lambda/function:Function": 64, "aws:ses/template:Template": 64}
    for token, limit in limits.items():
        assert max(len(f"{resource.name}-0123456") for resource in built.of(token)) <= limit
    assert len(built["a" * 35 + "-configuration-set"].inputs["configurationSetName"]) <= 64


def test_parts_of_templates_may_come_later() -> None:
    templates: Any = {"welcome": {"subject": pulumi.Output.from_input("{{"), "text": pulumi.Output.from_input("Hello")}}
    assert mailer(templates=templates)["mail-template-welcome"].inputs == {"subject": "{{", "text": "Hello"}
