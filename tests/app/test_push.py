"""Devices are registered as AWS recommends, and each platform gets what it takes: in its form, within its size.

The emulator has applications, endpoints and subscriptions. It does not disable an endpoint, deliver to one, or refuse a
token that another endpoint has: what SNS answers then is given by botocore's Stubber.
"""

import json
import uuid
import xml.etree.ElementTree as ET
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from hypothesis import given
from hypothesis import strategies as st

from app.push import DeviceGoneError, PushClient, PushMessage, PushMessageError, RegistrationError
from app.push.messages import LIMITS, envelope
from local.emulator import Emulator

APNS = "arn:aws:sns:us-east-1:123456789012:app/APNS/shop-ios"
DEVICE = "arn:aws:sns:us-east-1:123456789012:endpoint/APNS/shop-ios/1"
OTHER = "arn:aws:sns:us-east-1:123456789012:endpoint/APNS/shop-ios/2"
TAKEN = (
    f"Invalid parameter: Token Reason: Endpoint {OTHER} already exists with the same Token, but different attributes."
)
# What each platform takes, from its own documentation.
TAKES = {"APNS": 4096, "APNS_SANDBOX": 4096, "GCM": 4096, "ADM": 6144, "WNS": 5000, "BAIDU": 4096}

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40)
keys = st.text("abcdefgh", min_size=1, max_size=4)
messages = st.builds(
    PushMessage,
    title=texts,
    body=texts.filter(bool),
    data=st.dictionaries(keys, texts, max_size=4),
    badge=st.none() | st.integers(0, 99),
    ttl_seconds=st.none() | st.integers(1, 604_800),
)
platforms = st.sets(st.sampled_from([*LIMITS]), min_size=1)


@pytest.fixture
def sns(emulator: Emulator) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return cast("Any", boto3.client)("sns", endpoint_url=emulator.endpoint, region_name="us-east-1", **keys)


@pytest.fixture
def push(sns: Any) -> PushClient:
    name = f"a{uuid.uuid4().hex[:8]}"
    made = sns.create_platform_application(Name=name, Platform="GCM", Attributes={"PlatformCredential": "x"})
    topic = sns.create_topic(Name=name)["TopicArn"]
    return PushClient({"android": made["PlatformApplicationArn"]}, {"news": topic}, sns)


@pytest.fixture
def stubbed() -> Any:
    client = cast("Any", boto3.client)(
        "sns", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    with Stubber(client) as stubber:
        yield PushClient({"ios": APNS}, {"news": "arn:aws:sns:us-east-1:123456789012:news"}, client), stubber
        stubber.assert_no_pending_responses()


def attributes(sns: Any, device: str) -> dict[str, str]:
    return sns.get_endpoint_attributes(EndpointArn=device)["Attributes"]


def subscribers(sns: Any, push: PushClient) -> list[str]:
    found = sns.list_subscriptions_by_topic(TopicArn=push._topics["news"])["Subscriptions"]
    return [each["Endpoint"] for each in found]


def payloads(message: PushMessage, *wanted: str) -> dict[str, str]:
    return json.loads(envelope(message, wanted).text)


def values(message: PushMessage, *wanted: str) -> dict[str, str]:
    return {name: value["StringValue"] for name, value in envelope(message, wanted).attributes.items()}


class TestRegistration:
    def test_a_device_is_made_once_however_often_it_registers(self, push: PushClient, sns: Any) -> None:
        first = push.register_device("token", "android", user_data="anna")
        assert push.register_device("token", "android", user_data="anna") == first
        assert push.register_device("token", "android", user_data="anna", device=first) == first
        assert attributes(sns, first) == {"Enabled": "true", "Token": "token", "CustomUserData": "anna"}

    def test_the_next_user_of_a_device_takes_it_over(self, push: PushClient, sns: Any) -> None:
        first = push.register_device("token", "android", user_data="anna")
        assert push.register_device("token", "android", user_data="berta") == first
        assert attributes(sns, first)["CustomUserData"] == "berta"

    def test_a_device_that_was_disabled_is_enabled(self, push: PushClient, sns: Any) -> None:
        device = push.register_device("token", "android")
        sns.set_endpoint_attributes(EndpointArn=device, Attributes={"Enabled": "false"})
        assert push.register_device("token", "android") == device
        assert attributes(sns, device)["Enabled"] == "true"

    def test_a_new_token_stays_with_the_device(self, push: PushClient, sns: Any) -> None:
        device = push.register_device("old", "android")
        assert push.register_device("new", "android", device=device) == device
        assert attributes(sns, device)["Token"] == "new"

    def test_a_device_that_was_removed_is_made_anew(self, push: PushClient, sns: Any) -> None:
        device = push.register_device("token", "android")
        push.remove_device(device)
        again = push.register_device("token", "android", device=device)
        assert again != device
        assert attributes(sns, again)["Enabled"] == "true"

    def test_a_token_that_another_endpoint_has_leads_to_that_one(self, stubbed: Any) -> None:
        push, answers = stubbed
        old = {"Token": "old", "CustomUserData": "", "Enabled": "true"}
        new = {"Token": "new", "CustomUserData": "", "Enabled": "true"}
        answers.add_response("get_endpoint_attributes", {"Attributes": old}, {"EndpointArn": DEVICE})
        answers.add_client_error("set_endpoint_attributes", "InvalidParameter", TAKEN)
        answers.add_response("get_endpoint_attributes", {"Attributes": new}, {"EndpointArn": OTHER})
        assert push.register_device("new", "ios", device=DEVICE) == OTHER

    def test_an_error_of_another_kind_is_raised(self, stubbed: Any) -> None:
        push, answers = stubbed
        answers.add_client_error("create_platform_endpoint", "InvalidParameter", "Invalid parameter: Token")
        with pytest.raises(ClientError, match="Invalid parameter: Token"):
            push.register_device("", "ios")

    def test_a_device_that_changes_all_the_time_is_given_up_after_a_while(self, stubbed: Any) -> None:
        push, answers = stubbed
        for _ in range(4):
            answers.add_response("create_platform_endpoint", {"EndpointArn": DEVICE})
            answers.add_client_error("get_endpoint_attributes", "NotFound", "Endpoint does not exist", 404)
        with pytest.raises(RegistrationError, match="ios"):
            push.register_device("token", "ios")

    def test_baidu_gets_the_attributes_that_it_wants(self, stubbed: Any) -> None:
        push, answers = stubbed
        of_baidu = {"UserId": "u", "ChannelId": "c"}
        expected = {"PlatformApplicationArn": APNS, "Token": "c", "CustomUserData": "", "Attributes": of_baidu}
        answers.add_response("create_platform_endpoint", {"EndpointArn": DEVICE}, expected)
        answers.add_response(
            "get_endpoint_attributes",
            {"Attributes": {**of_baidu, "Token": "c", "Enabled": "true"}},
            {"EndpointArn": ANY},
        )
        assert push.register_device("c", "ios", attributes=of_baidu) == DEVICE

    def test_user_data_that_sns_cannot_keep_are_refused(self, push: PushClient) -> None:
        push.register_device("token", "android", user_data="ä" * 1024)
        with pytest.raises(PushMessageError, match="user_data: 2050 bytes are given; allowed: 2048 bytes"):
            push.register_device("token", "android", user_data="ä" * 1025)

    def test_the_environment_of_the_component_is_enough(self, sns: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHOP_PUSH_APPLICATIONS", json.dumps({"ios": APNS}))
        monkeypatch.setenv("SHOP_PUSH_TOPICS", json.dumps({"news": "arn:aws:sns:us-east-1:123456789012:news"}))
        push = PushClient.from_environment("SHOP", sns)
        assert (push._applications, [*push._topics]) == ({"ios": APNS}, ["news"])


class TestAudiences:
    def test_a_device_is_subscribed_once_and_leaves(self, push: PushClient, sns: Any) -> None:
        device = push.register_device("token", "android")
        assert push.subscribe(device, "news") == push.subscribe(device, "news")
        assert subscribers(sns, push) == [device]
        push.unsubscribe(device, "news")
        push.unsubscribe(device, "news")
        assert subscribers(sns, push) == []

    def test_a_device_that_is_removed_leaves_all_of_them(self, push: PushClient, sns: Any) -> None:
        device = push.register_device("token", "android")
        push.subscribe(device, "news")
        push.remove_device(device)
        assert subscribers(sns, push) == []

    def test_an_audience_is_told_on_all_platforms_of_the_applications(self, stubbed: Any) -> None:
        push, answers = stubbed
        sent = {
            "TopicArn": "arn:aws:sns:us-east-1:123456789012:news",
            "Message": '{"default": "hi", "APNS": "{\\"aps\\":{\\"alert\\":{\\"body\\":\\"hi\\"}}}"}',
            "MessageStructure": "json",
            "MessageAttributes": ANY,
        }
        answers.add_response("publish", {"MessageId": "1"}, sent)
        assert push.broadcast("news", PushMessage(body="hi")) == "1"

    def test_the_emulator_takes_what_is_broadcast(self, push: PushClient) -> None:
        assert push.broadcast("news", PushMessage(title="Shop", body="Grüße", ttl_seconds=60))


class TestSending:
    def test_a_device_gets_the_payload_of_its_platform_alone(self, stubbed: Any) -> None:
        push, answers = stubbed
        answers.add_response(
            "publish",
            {"MessageId": "1"},
            {**dict.fromkeys(("Message", "MessageAttributes"), ANY), "TargetArn": DEVICE, "MessageStructure": "json"},
        )
        assert push.push(DEVICE, PushMessage(body="hi")) == "1"
        assert payloads(PushMessage(body="hi"), "APNS").keys() == {"default", "APNS"}

    @pytest.mark.parametrize("code", ["EndpointDisabled", "NotFound"])
    def test_a_device_that_is_gone_is_an_error_of_its_own(self, stubbed: Any, code: str) -> None:
        push, answers = stubbed
        answers.add_client_error("publish", code, "Endpoint is disabled")
        with pytest.raises(DeviceGoneError, match="shop-ios/1"):
            push.push(DEVICE, PushMessage(body="hi"))

    def test_an_error_of_another_kind_is_raised_as_it_is(self, stubbed: Any) -> None:
        push, answers = stubbed
        answers.add_client_error("publish", "AuthorizationError", "not authorized")
        with pytest.raises(ClientError, match="not authorized"):
            push.push(DEVICE, PushMessage(body="hi"))

    def test_the_emulator_takes_what_is_pushed(self, push: PushClient) -> None:
        assert push.push(push.register_device("token", "android"), PushMessage(title="Shop", body="Grüße"))

    def test_an_arn_of_something_else_is_refused(self, push: PushClient) -> None:
        with pytest.raises(ValueError, match="is the ARN of no platform application"):
            push.push("arn:aws:sns:us-east-1:123456789012:news", PushMessage(body="hi"))


class TestPayloads:
    MESSAGE = PushMessage(title="Shop", body="Hi", data={"order": "1"}, badge=3, sound="default", ttl_seconds=60)

    def test_apple_gets_an_alert(self) -> None:
        alert = {"title": "Shop", "body": "Hi"}
        expected = {"aps": {"alert": alert, "badge": 3, "sound": "default"}, "order": "1"}
        assert json.loads(payloads(self.MESSAGE, "APNS")["APNS"]) == expected
        assert values(self.MESSAGE, "APNS", "APNS_SANDBOX") == {
            "AWS.SNS.MOBILE.APNS.TTL": "60",
            "AWS.SNS.MOBILE.APNS_SANDBOX.TTL": "60",
            "AWS.SNS.MOBILE.APNS.PUSH_TYPE": "alert",
            "AWS.SNS.MOBILE.APNS.PRIORITY": "10",
        }

    def test_apple_gets_data_alone_in_the_background(self) -> None:
        silent = PushMessage(data={"order": "1"})
        assert json.loads(payloads(silent, "APNS")["APNS"]) == {"aps": {"content-available": 1}, "order": "1"}
        found = values(silent, "APNS")
        assert found["AWS.SNS.MOBILE.APNS.PUSH_TYPE"] == "background"
        assert found["AWS.SNS.MOBILE.APNS.PRIORITY"] == "5"

    def test_google_gets_a_message_of_its_version_1(self) -> None:
        inner = {
            "notification": {"title": "Shop", "body": "Hi"},
            "data": {"order": "1"},
            "android": {"priority": "high"},
        }
        assert json.loads(payloads(self.MESSAGE, "GCM")["GCM"]) == {"fcmV1Message": {"message": inner}}
        assert values(self.MESSAGE, "GCM") == {"AWS.SNS.MOBILE.FCM.TTL": "60"}

    def test_fire_os_gets_data(self) -> None:
        assert json.loads(payloads(self.MESSAGE, "ADM")["ADM"]) == {
            "data": {"title": "Shop", "body": "Hi", "order": "1"}
        }
        assert values(self.MESSAGE, "ADM") == {"AWS.SNS.MOBILE.ADM.TTL": "60"}

    def test_windows_gets_a_toast(self) -> None:
        toast = ET.fromstring(payloads(self.MESSAGE, "WNS")["WNS"])
        assert [line.text for line in toast.iter("text")] == ["Shop", "Hi"]
        assert json.loads(toast.attrib["launch"]) == {"order": "1"}
        assert values(self.MESSAGE, "WNS") == {"AWS.SNS.MOBILE.WNS.TTL": "60", "AWS.SNS.MOBILE.WNS.Type": "wns/toast"}

    def test_windows_gets_data_alone_as_they_are(self) -> None:
        silent = PushMessage(data={"order": "1"})
        assert json.loads(payloads(silent, "WNS")["WNS"]) == {"order": "1"}
        assert values(silent, "WNS") == {"AWS.SNS.MOBILE.WNS.Type": "wns/raw"}

    def test_baidu_gets_a_notification(self) -> None:
        expected = {"title": "Shop", "description": "Hi", "custom_content": {"order": "1"}}
        assert json.loads(payloads(self.MESSAGE, "BAIDU")["BAIDU"]) == expected
        found = values(self.MESSAGE, "BAIDU")
        assert found == {"AWS.SNS.MOBILE.BAIDU.TTL": "60", "AWS.SNS.MOBILE.BAIDU.MessageType": "1"}

    def test_a_payload_of_one_s_own_stands_in_for_the_one_that_is_made(self) -> None:
        own = {"aps": {"alert": "Hi", "mutable-content": 1}}
        tile = "<tile><visual/></tile>"
        message = PushMessage(payloads={"APNS": own, "WNS": tile})
        assert json.loads(payloads(message, "APNS")["APNS"]) == own
        assert payloads(message, "WNS")["WNS"] == tile
        found = values(message, "APNS", "WNS")
        assert found["AWS.SNS.MOBILE.APNS.PUSH_TYPE"] == "alert"
        assert found["AWS.SNS.MOBILE.WNS.Type"] == "wns/tile"


class TestRefusals:
    def test_every_fault_is_told_at_once(self) -> None:
        wrong = PushMessage(data={"aps": "x", "google.id": "1", "a": "\ud800"}, badge=-1, ttl_seconds=0)
        with pytest.raises(PushMessageError) as caught:
            envelope(wrong, ["APNS"])
        assert {fault.path for fault in caught.value.faults} == {
            "data.aps",
            "data.google.id",
            "data.a",
            "badge",
            "ttl_seconds",
        }

    @pytest.mark.parametrize(
        ("message", "platform", "path"),
        [
            (PushMessage(), "APNS", "body"),
            (PushMessage(body="x"), "MPNS", "platforms"),
            (PushMessage(body="x", payloads={"FCM": {}}), "GCM", "payloads.FCM"),
            (PushMessage(body="a\x00b"), "WNS", "body"),
            (PushMessage(body="x", ttl_seconds=604_801), "BAIDU", "ttl_seconds"),
            (PushMessage(body="x", ttl_seconds=2_592_001), "APNS", "ttl_seconds"),
        ],
    )
    def test_what_no_platform_takes_is_refused(self, message: PushMessage, platform: str, path: str) -> None:
        with pytest.raises(PushMessageError) as caught:
            envelope(message, [platform])
        assert [fault.path for fault in caught.value.faults] == [path]

    def test_what_sns_itself_does_not_take_is_refused(self) -> None:
        long = PushMessage(body="x" * 262_144, payloads={"APNS": {"aps": {"alert": "Hi"}}})
        with pytest.raises(PushMessageError) as caught:
            envelope(long, ["APNS"])
        assert [fault.path for fault in caught.value.faults] == ["message"]


def _sized(platform: str, size: int, letter: str) -> PushMessage:
    """A message whose payload for a platform has exactly so many bytes, or one less than a whole letter more."""
    empty = len(payloads(PushMessage(body="x"), platform)[platform].encode()) - 1
    room = size - empty
    width = len(letter.encode())
    return PushMessage(body=letter * (room // width) + "x" * (room % width))


letters = st.sampled_from(["x", "ß", "€", "😀"])
"""Characters of 1 to 4 bytes."""


@given(messages, platforms)
def test_what_is_sent_is_within_each_platform_s_limit_and_says_what_was_given(
    message: PushMessage, wanted: set[str]
) -> None:
    found = payloads(message, *wanted)
    assert found.keys() == {"default", *wanted}
    for platform in wanted:
        assert len(found[platform].encode()) <= TAKES[platform]
        text = found[platform]
        if platform == "WNS":
            toast = ET.fromstring(text)
            assert [line.text for line in toast.iter("text")] == [
                line for line in (message.title, message.body) if line
            ]
            assert json.loads(toast.attrib.get("launch", "{}")) == message.data
            continue
        decoded = json.loads(text)
        if platform in ("APNS", "APNS_SANDBOX"):
            shown, data = decoded["aps"]["alert"], {key: decoded[key] for key in decoded.keys() - {"aps"}}
        elif platform == "GCM":
            inner = decoded["fcmV1Message"]["message"]
            shown, data = inner["notification"], inner.get("data", {})
        elif platform == "ADM":
            shown = {key: decoded["data"].pop(key) for key in ("title", "body") if key in decoded["data"]}
            data = decoded["data"]
        else:
            shown, data = {"title": decoded["title"], "body": decoded["description"]}, decoded.get("custom_content", {})
        assert (shown.get("title", ""), shown["body"], data) == (message.title, message.body, message.data)


@given(st.sampled_from([*TAKES]), letters, st.integers(0, 8))
def test_a_message_is_refused_from_the_first_byte_above_the_limit(platform: str, letter: str, less: int) -> None:
    largest = _sized(platform, TAKES[platform] - less, letter)
    assert len(payloads(largest, platform)[platform].encode()) == TAKES[platform] - less
    larger = _sized(platform, TAKES[platform] + 1 + less, letter)
    with pytest.raises(PushMessageError) as caught:
        envelope(larger, [platform])
    size = TAKES[platform] + 1 + less
    assert [*caught.value.faults] == [(platform, f"its payload has {size} bytes", f"{TAKES[platform]} bytes")]


@given(st.sets(st.sampled_from([*TAKES]), min_size=2), letters)
def test_one_platform_too_small_for_a_message_keeps_it_from_all(wanted: set[str], letter: str) -> None:
    message = PushMessage(body=letter * 7000)
    with pytest.raises(PushMessageError) as caught:
        envelope(message, wanted)
    assert {fault.path for fault in caught.value.faults} == wanted
