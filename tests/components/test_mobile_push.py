"""Mobile push: applications on each platform, whose credentials nobody sees, and who may do what with devices."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest

from tenfold import MobilePush, MobilePushArgs
from tenfold.errors import TenfoldError
from tests.components.building import CREDENTIALS, LOOK_UPS, Built, build, refused

GOLDEN = Path(__file__).parent / "golden" / "mobile_push.txt"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:push-AbCdEf"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
APPLICATION = "aws:sns/platformApplication:PlatformApplication"
PEM = CREDENTIALS["signing_key"]
# The mark of the engine's secrets, and that of a secret value.
MARK = "4dabf18193072939515e22adb298388d"
IOS = "arn:aws:sns:us-east-1:123456789012:app/APNS/shop-application-ios-0a1b2c"
IOS_DEVICES = "arn:aws:sns:us-east-1:123456789012:endpoint/APNS/shop-application-ios-0a1b2c/*"
NEWS = "arn:aws:sns:us-east-1:123456789012:shop-broadcast-news"


def ios(**args: Any) -> dict[str, Any]:
    return {"applications": {"ios": {"platform": "apns", "secret_arn": SECRET}}, **args}


def push(name: str = "shop", **args: Any) -> Built[MobilePush]:
    return build(lambda: MobilePush(name, cast("MobilePushArgs", ios(**args))))


def application(secret: dict[str, str] | None = None, **args: Any) -> dict[str, Any]:
    """What AWS is given for an application whose secret holds this."""
    held = json.dumps(CREDENTIALS if secret is None else secret)
    calls = {**LOOK_UPS, "aws:secretsmanager/getSecretVersion:getSecretVersion": {"secretString": held}}
    one = args if "credentials" in args else {"secret_arn": SECRET, **args}
    built = build(lambda: MobilePush("shop", cast("MobilePushArgs", {"applications": {"app": one}})), calls=calls)
    return built["shop-application-app"].inputs


def faults(name: str = "shop", **args: Any) -> dict[str, tuple[str, str]]:
    return refused(lambda: MobilePush(name, cast("MobilePushArgs", ios(**args)))).faults


def of(**one: Any) -> dict[str, tuple[str, str]]:
    return faults(applications={"app": one})


def statements(policy: str) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in json.loads(policy)["Statement"]}


def secret(value: Any) -> Any:
    """A value that the engine keeps secret."""
    assert value[MARK] == "1b47061264138c4ac30d75fd1eb44270"
    return value["value"]


class TestPlatforms:
    def test_apple_with_a_token(self) -> None:
        keys = {key: CREDENTIALS[key] for key in ("signing_key", "key_id", "team_id", "bundle_id")}
        made = application(keys, platform="apns")
        assert made["platform"] == "APNS"
        assert secret(made["platformCredential"]) == PEM
        assert secret(made["platformPrincipal"]) == "ABC123DEFG"
        assert (made["applePlatformTeamId"], made["applePlatformBundleId"]) == ("DEF123GHIJ", "com.example.shop")

    def test_apple_with_a_certificate(self) -> None:
        certificate = PEM.replace("PRIVATE KEY", "CERTIFICATE")
        made = application({"certificate": certificate, "private_key": PEM}, platform="apns")
        assert secret(made["platformPrincipal"]) == certificate
        assert secret(made["platformCredential"]) == PEM
        assert made.get("applePlatformTeamId") is made.get("applePlatformBundleId") is None

    def test_apple_s_sandbox(self) -> None:
        assert application(platform="apns", sandbox=True)["platform"] == "APNS_SANDBOX"
        assert application(platform="apns", sandbox=False)["platform"] == "APNS"

    def test_google_gets_the_key_file_as_it_is(self) -> None:
        keys = {key: CREDENTIALS[key] for key in ("type", "project_id", "private_key", "client_email")}
        made = application({**keys, "token_uri": "https://oauth2.googleapis.com/token"}, platform="fcm")
        assert made["platform"] == "GCM"
        whole = {**keys, "token_uri": "https://oauth2.googleapis.com/token"}
        assert json.loads(secret(made["platformCredential"])) == whole
        assert "platformPrincipal" not in made

    @pytest.mark.parametrize(
        ("platform", "name", "principal", "credential"),
        [
            ("adm", "ADM", "client_id", "client_secret"),
            ("wns", "WNS", "package_sid", "secret_key"),
            ("baidu", "BAIDU", "api_key", "secret_key"),
        ],
    )
    def test_the_others(self, platform: str, name: str, principal: str, credential: str) -> None:
        made = application({principal: "who", credential: "what"}, platform=platform)
        assert made["platform"] == name
        assert secret(made["platformPrincipal"]) == "who"
        assert secret(made["platformCredential"]) == "what"

    def test_pulumi_refuses_to_delete_them_unless_told_otherwise(self) -> None:
        assert push()["shop-application-ios"].protect
        assert push(broadcast=["news"])["shop-broadcast-news"].protect
        bare = push(broadcast=["news"], deletion_protection=False)
        assert not bare["shop-application-ios"].protect
        assert not bare["shop-broadcast-news"].protect


class TestCredentials:
    DOCUMENT = json.dumps(dict(CREDENTIALS))

    @pytest.mark.parametrize("given", [DOCUMENT, "later"], ids=["plain", "secret"])
    def test_they_are_secrets_wherever_they_come_from(self, given: str) -> None:
        def program() -> MobilePush:
            value = pulumi.Output.secret(self.DOCUMENT) if given == "later" else given
            one = {"platform": "apns", "credentials": value}
            return MobilePush("shop", cast("MobilePushArgs", {"applications": {"ios": one}, "broadcast": ["news"]}))

        built = build(program)
        assert secret(built["shop-application-ios"].inputs["platformCredential"]) == PEM
        for resource in built.resources:
            assert "BEGIN PRIVATE KEY" not in json.dumps(_without_secrets(resource.inputs), default=str), resource.name
            assert "BEGIN PRIVATE KEY" not in json.dumps(_without_secrets(resource.outputs), default=str), resource.name

    def test_a_secret_s_current_value_is_taken(self) -> None:
        asked: list[dict[str, Any]] = []

        def answer(args: dict[str, Any]) -> dict[str, Any]:
            asked.append(args)
            return {"secretString": self.DOCUMENT}

        calls = {**LOOK_UPS, "aws:secretsmanager/getSecretVersion:getSecretVersion": answer}
        build(lambda: MobilePush("shop", cast("MobilePushArgs", ios())), calls=calls)
        assert asked == [{"secretId": SECRET}]

    @pytest.mark.parametrize(
        ("platform", "held", "said"),
        [
            ("apns", {"key_id": "ABC123DEFG"}, "it lacks signing_key, team_id, bundle_id"),
            ("apns", {"certificate": PEM}, "it lacks private_key"),
            ("fcm", {"type": "service_account"}, "it lacks project_id, private_key, client_email"),
            ("adm", {"client_id": ""}, "it lacks client_id, client_secret"),
        ],
    )
    def test_a_secret_that_lacks_something_is_told_without_its_values(
        self, platform: str, held: dict[str, str], said: str
    ) -> None:
        with pytest.raises(TenfoldError, match=f"applications.app.secret_arn: {said}") as caught:
            application(held, platform=platform)
        assert "BEGIN" not in str(caught.value)

    def test_a_text_that_is_no_document_is_refused_without_being_shown(self) -> None:
        refusal = refused(
            lambda: MobilePush(
                "shop", cast("MobilePushArgs", {"applications": {"app": {"platform": "fcm", "credentials": PEM}}})
            )
        )
        assert refusal.faults["applications.app.credentials"][0] == "it is no JSON object"
        assert "BEGIN" not in refusal.text

    @pytest.mark.parametrize("given", [dict(CREDENTIALS), [PEM]])
    def test_one_of_another_type_is_refused_without_being_shown(self, given: Any) -> None:
        one = {"platform": "fcm", "credentials": given}
        refusal = refused(lambda: MobilePush("shop", cast("MobilePushArgs", {"applications": {"app": one}})))
        assert refusal.faults.keys() == {"applications.app.credentials"}
        assert "BEGIN" not in refusal.text

    def test_a_secret_in_the_place_of_its_arn_is_refused_without_being_shown(self) -> None:
        refusal = refused(
            lambda: MobilePush(
                "shop", cast("MobilePushArgs", {"applications": {"app": {"platform": "fcm", "secret_arn": PEM}}})
            )
        )
        assert refusal.faults.keys() == {"applications.app.secret_arn"}
        assert "BEGIN" not in refusal.text

    @pytest.mark.parametrize(
        ("key", "value"), [("team_id", "short"), ("key_id", "ABC-123DEF"), ("bundle_id", "a b"), ("signing_key", "AA")]
    )
    def test_known_ones_of_another_form_are_refused(self, key: str, value: str) -> None:
        found = of(platform="apns", credentials=json.dumps({**CREDENTIALS, key: value}))
        assert found.keys() == {f"applications.app.credentials.{key}"}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        if MARK in value:
            return "secret"
        return {key: _without_secrets(item) for key, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


class TestEvents:
    def test_each_has_a_topic_that_every_application_names(self) -> None:
        built = push()
        names = {
            "eventEndpointCreatedTopicArn": "created",
            "eventEndpointUpdatedTopicArn": "updated",
            "eventEndpointDeletedTopicArn": "deleted",
            "eventDeliveryFailureTopicArn": "failed",
        }
        arns = {event: f"arn:aws:sns:us-east-1:123456789012:shop-event-{event}" for event in names.values()}
        assert built.value(built.result.event_topic_arns) == arns
        inputs = built["shop-application-ios"].inputs
        assert {name: inputs[name] for name in names} == {name: arns[event] for name, event in names.items()}

    def test_those_that_nobody_wants_are_left_out(self) -> None:
        built = push(events=["failed"])
        assert [topic.name for topic in built.of("aws:sns/topic:Topic")] == ["shop-event-failed"]
        assert "eventEndpointCreatedTopicArn" not in built["shop-application-ios"].inputs

    def test_sns_may_publish_for_the_account_over_tls_and_nobody_else(self) -> None:
        found = statements(push()["shop-event-policy-failed"].inputs["policy"])
        assert found["TlsAlone"]["Effect"] == "Deny"
        assert found["TlsAlone"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert found["Applications"]["Condition"] == {"StringEquals": {"AWS:SourceOwner": "123456789012"}}
        assert found["Service"]["Principal"] == {"Service": "sns.amazonaws.com"}
        assert found["Service"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}

    def test_topics_are_encrypted_by_a_key_that_sns_may_use(self) -> None:
        built = push(broadcast=["news"])
        assert {topic.inputs["kmsMasterKeyId"] for topic in built.of("aws:sns/topic:Topic")} == {
            "arn:aws:kms:us-east-1:123456789012:shop-key"
        }
        key = built["shop-key"].inputs
        assert key["enableKeyRotation"] is True
        found = statements(key["policy"])
        assert found["Account"]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
        assert found["Events"]["Principal"] == {"Service": "sns.amazonaws.com"}
        assert found["Events"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]

    def test_a_key_of_one_s_own_encrypts_topics_and_the_queue(self) -> None:
        built = push(kms_key_arn=KEY)
        assert "shop-key" not in built
        assert {topic.inputs["kmsMasterKeyId"] for topic in built.of("aws:sns/topic:Topic")} == {KEY}
        assert built["shop-cleaner-queue"].inputs["kmsMasterKeyId"] == KEY


class TestCleaning:
    def test_failures_come_to_a_function_through_a_queue(self) -> None:
        built = push(broadcast=["news"])
        subscription = built["shop-cleaner-topic-failures"].inputs
        assert subscription["topic"] == "arn:aws:sns:us-east-1:123456789012:shop-event-failed"
        assert subscription["endpoint"] == "arn:aws:sqs:us-east-1:123456789012:shop-cleaner-queue"
        assert subscription["rawMessageDelivery"] is True
        dlq = "arn:aws:sqs:us-east-1:123456789012:shop-cleaner-dlq"
        assert json.loads(subscription["redrivePolicy"]) == {"deadLetterTargetArn": dlq}
        sender = statements(built["shop-cleaner-queue-policy"].inputs["policy"])["Sendertopicfailures"]
        assert sender["Condition"] == {"ArnEquals": {"aws:SourceArn": subscription["topic"]}}
        assert built["shop-cleaner-worker-source"].inputs["scalingConfig"] == {"maximumConcurrency": 2}
        environment = built["shop-cleaner-worker"].inputs["environment"]["variables"]
        assert json.loads(environment["BROADCAST_TOPICS"]) == [NEWS]

    def test_the_function_may_remove_devices_of_these_applications_and_nothing_else(self) -> None:
        found = statements(push(broadcast=["news"])["shop-cleaner-worker-policy-devices"].inputs["policy"])
        assert found["Devices"]["Action"] == ["sns:DeleteEndpoint", "sns:GetEndpointAttributes"]
        assert found["Devices"]["Resource"] == [IOS_DEVICES]
        assert found["Subscribe"]["Resource"] == [NEWS]
        assert found.keys() == {"Devices", "Subscribe", "Unsubscribe"}

    def test_its_code_is_the_module_that_the_tests_run(self) -> None:
        code = push()["shop-cleaner-worker"].inputs["code"]
        text = (Path(__file__).parents[2] / "components" / "tenfold" / "push_cleaning.py").read_text()
        assert code.assets["push_cleaning.py"].text == text
        assert push()["shop-cleaner-worker"].inputs["handler"] == "push_cleaning.handle"

    @pytest.mark.parametrize("args", [{"cleaning": {"enabled": False}}, {"events": ["created"]}])
    def test_it_can_be_left_out(self, args: dict[str, Any]) -> None:
        built = push(**args)
        assert not [resource for resource in built.resources if "cleaner" in resource.name]
        assert built.value(built.result.cleaner_function_name) == ""
        assert built.value(built.result.cleaner_dlq_url) == ""

    def test_its_options(self) -> None:
        built = push(cleaning={"maximum_concurrency": 20, "log_retention_days": 7})
        assert built["shop-cleaner-worker-source"].inputs["scalingConfig"] == {"maximumConcurrency": 20}
        assert built["shop-cleaner-worker-logs"].inputs["retentionInDays"] == 7


class TestDeliveryLogs:
    def test_all_failures_and_some_of_the_deliveries_are_logged(self) -> None:
        built = push()
        inputs = built["shop-application-ios"].inputs
        assert inputs["successFeedbackSampleRate"] == "5"
        assert inputs["successFeedbackRoleArn"] == inputs["failureFeedbackRoleArn"]
        trust = json.loads(built["shop-delivery-role"].inputs["assumeRolePolicy"])["Statement"][0]
        assert trust["Principal"] == {"Service": "sns.amazonaws.com"}

    def test_they_are_where_sns_writes_them_and_do_not_stay_for_ever(self) -> None:
        built = push(delivery_logs={"success_percent": 100, "retention_days": 7})
        group = "sns/us-east-1/123456789012/app/APNS/shop-application-ios-0a1b2c"
        assert built["shop-success-logs-ios"].inputs["name"] == group
        assert built["shop-failure-logs-ios"].inputs["name"] == f"{group}/Failure"
        assert built["shop-failure-logs-ios"].inputs["retentionInDays"] == 7
        assert built["shop-application-ios"].inputs["successFeedbackSampleRate"] == "100"

    def test_the_role_may_write_these_and_no_others(self) -> None:
        found = statements(push()["shop-delivery-policy"].inputs["policy"])
        groups = [f"arn:aws:cloudwatch:us-east-1:123456789012:shop-{kind}-logs-ios" for kind in ("failure", "success")]
        assert found["Groups"]["Resource"] == groups
        assert found["Events"]["Resource"] == [f"{group}:*" for group in groups]

    def test_they_can_be_left_out(self) -> None:
        built = push(delivery_logs={"enabled": False})
        assert "shop-delivery-role" not in built
        assert "successFeedbackSampleRate" not in built["shop-application-ios"].inputs


class TestAccess:
    def test_those_who_register_devices(self) -> None:
        built = push(broadcast=["news"])
        found = statements(built.value(built.result.register_policy_json))
        assert found["Applications"]["Action"] == ["sns:CreatePlatformEndpoint"]
        assert found["Applications"]["Resource"] == [IOS]
        of_devices = ["sns:DeleteEndpoint", "sns:GetEndpointAttributes", "sns:SetEndpointAttributes"]
        assert found["Devices"]["Action"] == of_devices
        assert found["Devices"]["Resource"] == [IOS_DEVICES]
        assert found["Subscribe"]["Resource"] == [NEWS]
        assert found["Subscribe"]["Condition"] == {"StringEquals": {"sns:Protocol": "application"}}
        assert found["Unsubscribe"]["Resource"] == [NEWS, f"{NEWS}:*"]

    def test_those_who_push(self) -> None:
        built = push()
        found = statements(built.value(built.result.push_policy_json))
        assert found == {
            "Devices": {"Sid": "Devices", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": [IOS_DEVICES]}
        }

    def test_those_who_broadcast(self) -> None:
        built = push(broadcast=["news"], kms_key_arn=KEY)
        found = statements(built.value(built.result.broadcast_policy_json))
        assert (found["Audiences"]["Action"], found["Audiences"]["Resource"]) == (["sns:Publish"], [NEWS])
        assert (found["Key"]["Action"], found["Key"]["Resource"]) == (["kms:Decrypt", "kms:GenerateDataKey"], KEY)

    def test_without_audiences_nobody_broadcasts(self) -> None:
        built = push()
        assert built.value(built.result.broadcast_policy_json) == ""
        assert "Subscribe" not in statements(built.value(built.result.register_policy_json))
        with pytest.raises(TenfoldError, match="MobilePush 'shop' has no audience"):
            build(lambda: MobilePush("shop", cast("MobilePushArgs", ios())).grant_broadcast(cast("Any", None)))

    def test_grants_are_the_policies(self) -> None:
        def granted() -> MobilePush:
            one = MobilePush("shop", cast("MobilePushArgs", ios(broadcast=["news"])))
            role = aws.iam.Role("web", assume_role_policy="{}")
            one.grant_register(role)
            one.grant_push(role)
            one.grant_broadcast(role)
            return one

        built = build(granted)
        for grant in ("register", "push", "broadcast"):
            policy = built.value(getattr(built.result, f"{grant}_policy_json"))
            assert built[f"shop-{grant}-grant-web"].inputs["policy"] == policy

    def test_the_environment_is_json_by_names(self) -> None:
        built = push("my-shop", broadcast=["news"])
        found = built.value(built.result.environment)
        assert found.keys() == {"MY_SHOP_PUSH_APPLICATIONS", "MY_SHOP_PUSH_TOPICS"}
        assert json.loads(found["MY_SHOP_PUSH_APPLICATIONS"]) == built.value(built.result.application_arns)
        assert json.loads(found["MY_SHOP_PUSH_TOPICS"]) == built.value(built.result.broadcast_topic_arns)


class TestAlarms:
    def test_many_messages_of_an_application_that_fail(self) -> None:
        alarm = push(alarms={"topic_arn": TOPIC})["shop-failure-alarm-ios"].inputs
        computed, failed, delivered = alarm["metricQueries"]
        assert "100 * FILL(failed, 0)" in computed["expression"]
        assert failed["metric"]["metricName"] == "NumberOfNotificationsFailed"
        assert delivered["metric"]["metricName"] == "NumberOfNotificationsDelivered"
        assert failed["metric"]["namespace"] == "AWS/SNS"
        dimensions = {"Application": "shop-application-ios-0a1b2c", "Platform": "APNS"}
        assert failed["metric"]["dimensions"] == delivered["metric"]["dimensions"] == dimensions
        assert (alarm["threshold"], alarm["evaluationPeriods"]) == (25, 3)
        assert alarm["alarmActions"] == [TOPIC]

    def test_events_that_do_not_reach_the_queue(self) -> None:
        alarm = push()["shop-event-alarm"].inputs
        assert alarm["metricName"] == "NumberOfNotificationsFailed"
        assert alarm["dimensions"] == {"TopicName": "shop-event-failed-0a1b2c"}
        assert "shop-event-alarm" not in push(cleaning={"enabled": False})

    def test_those_of_the_cleaner_are_among_them(self) -> None:
        built = push()
        assert built.value(built.result.alarm_arns).keys() == {
            "failure-alarm-ios",
            "event-alarm",
            "cleaner/dlq-alarm",
            "cleaner/age-alarm",
            "cleaner/worker-error-alarm",
            "cleaner/worker-throttle-alarm",
        }

    def test_each_can_be_left_out(self) -> None:
        built = push(alarms={"off": ["failure-alarm", "event-alarm", "age-alarm"]})
        assert {alarm.name for alarm in built.of(ALARM)} == {
            "shop-cleaner-dlq-alarm",
            "shop-cleaner-worker-error-alarm",
            "shop-cleaner-worker-throttle-alarm",
        }


class TestRefusals:
    @pytest.mark.parametrize(
        ("args", "path"),
        [
            ({"applications": {}}, "applications"),
            ({"applications": {"my app": {"platform": "fcm", "secret_arn": SECRET}}}, "applications.my app"),
            ({"applications": {"a": {"platform": "mpns", "secret_arn": SECRET}}}, "applications.a.platform"),
            ({"applications": {"a": {"platform": "fcm"}}}, "applications.a.secret_arn"),
            (
                {
                    "applications": {
                        "a": {"platform": "fcm", "secret_arn": SECRET, "credentials": json.dumps(CREDENTIALS)}
                    }
                },
                "applications.a.secret_arn",
            ),
            (
                {"applications": {"a": {"platform": "fcm", "sandbox": True, "secret_arn": SECRET}}},
                "applications.a.sandbox",
            ),
            ({"broadcast": ["a b"]}, "broadcast[0]"),
            ({"broadcast": ["news", "news"]}, "broadcast[1]"),
            ({"events": ["failed", "failed"]}, "events[1]"),
            ({"events": ["opened"]}, "events[0]"),
            ({"events": ["created"], "cleaning": {"enabled": True}}, "cleaning.enabled"),
            ({"cleaning": {"maximum_concurrency": 1}}, "cleaning.maximum_concurrency"),
            ({"cleaning": {"log_retention_days": 31}}, "cleaning.log_retention_days"),
            ({"delivery_logs": {"success_percent": 101}}, "delivery_logs.success_percent"),
            ({"delivery_logs": {"retention_days": 31}}, "delivery_logs.retention_days"),
            ({"kms_key_arn": "alias/push"}, "kms_key_arn"),
            ({"alarms": {"off": ["latency-alarm"]}}, "alarms.off[0]"),
        ],
    )
    def test_what_is_impossible_is_refused(self, args: dict[str, Any], path: str) -> None:
        assert faults(**args).keys() == {path}

    @pytest.mark.parametrize("name", ["a" * 37, "my shop", ""])
    def test_a_name_that_aws_does_not_take_is_refused(self, name: str) -> None:
        assert faults(name).keys() == {"name"}

    def test_a_long_name_is_good(self) -> None:
        assert push("a" * 36)


def test_a_rename_that_would_lose_devices_is_noticed() -> None:
    def whole() -> None:
        applications = {
            "ios": {"platform": "apns", "secret_arn": SECRET},
            "android": {"platform": "fcm", "secret_arn": SECRET},
        }
        one = MobilePush("shop", cast("MobilePushArgs", {"applications": applications, "broadcast": ["news"]}))
        role = aws.iam.Role("web", assume_role_policy="{}")
        one.grant_register(role)
        one.grant_push(role)
        one.grant_broadcast(role)

    built = build(whole)
    assert (
        sorted(resource.urn for resource in built.resources if resource.name != "web")
        == GOLDEN.read_text().splitlines()
    )


def test_one_more_application_or_audience_changes_no_other() -> None:
    small = push(broadcast=["news"])
    applications = {
        "android": {"platform": "fcm", "secret_arn": SECRET},
        "ios": {"platform": "apns", "secret_arn": SECRET},
    }
    large = push(applications=applications, broadcast=["offers", "news"])
    for name in ("shop-application-ios", "shop-broadcast-news", "shop-event-failed", "shop-failure-alarm-ios"):
        assert large[name].inputs == small[name].inputs
