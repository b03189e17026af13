"""Registers devices with Amazon SNS and sends them messages, as AWS recommends.

    push = PushClient.from_environment("SHOP")
    device = push.register_device(token, "ios", user_data=user_id)     # whenever the app starts; keep the ARN
    push.subscribe(device, "news")
    push.push(device, PushMessage(title="Shop", body="Your parcel is on its way"))
    push.broadcast("news", PushMessage(body="Everything must go"))

The component `MobilePush` gives the permissions for it, and the environment.

See https://docs.aws.amazon.com/sns/latest/dg/mobile-platform-endpoint.html.
"""

import json
import os
import re
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .messages import Envelope, Fault, PushMessage, PushMessageError, envelope

_PLATFORM = re.compile(r"arn:[^:]+:sns:[^:]+:\d+:(?:app|endpoint)/([A-Z_]+)/.+")
_EXISTING = re.compile(r"Endpoint (arn:\S+) already exists")
_USER_DATA_BYTES = 2048
# Another process may register or remove the same device at the same time; each round starts from what it left.
_ROUNDS = 4


class DeviceGoneError(Exception):
    """A device can no longer be reached: forget its ARN. It comes back by registering anew."""


class RegistrationError(Exception):
    """A device could not be registered, as others changed it all the time."""


class PushClient:
    """Mobile push for the applications and audiences of one component. It may be shared between threads."""

    def __init__(self, applications: Mapping[str, str], topics: Mapping[str, str], sns: Any = None) -> None:
        """A client.

        Args:
            applications: The ARNs of platform applications, by their names.
            topics: The ARNs of the topics of audiences, by their names.
            sns: A boto3 client; a new one by default.
        """
        self._applications = dict(applications)
        self._topics = dict(topics)
        self._sns = boto3.client("sns") if sns is None else sns

    @classmethod
    def from_environment(cls, name: str, sns: Any = None) -> "PushClient":
        """A client for the component of a name, by `<NAME>_PUSH_APPLICATIONS` and `<NAME>_PUSH_TOPICS`.

        Args:
            name: The component's name in capitals, with an underscore for what no variable has.
            sns: A boto3 client; a new one by default.
        """
        applications = json.loads(os.environ[f"{name}_PUSH_APPLICATIONS"])
        return cls(applications, json.loads(os.environ.get(f"{name}_PUSH_TOPICS", "{}")), sns)

    def register_device(
        self,
        token: str,
        application: str,
        *,
        user_data: str = "",
        device: str = "",
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Make sure that a device can be reached by its latest token. It does no harm to do so again.

        Args:
            token: The token that the platform gave to the app on the device.
            application: The name of the application.
            user_data: What is kept with the device, such as the user's id; up to 2048 bytes.
            device: The ARN that an earlier registration gave, so that a new token does not make a new device.
            attributes: Further attributes of a new device; with Baidu `{"UserId": ..., "ChannelId": token}`.

        Returns:
            The device's ARN, to be kept: it may be another one than `device`.

        Raises:
            PushMessageError: The user's data are too large.
            KeyError: There is no such application.
            RegistrationError: Others change the device all the time.
        """
        size = len(user_data.encode())
        if size > _USER_DATA_BYTES:
            raise PushMessageError([Fault("user_data", f"{size} bytes are given", f"{_USER_DATA_BYTES} bytes")])
        wanted = {"Token": token, "CustomUserData": user_data, **(attributes or {})}
        for _ in range(_ROUNDS):
            device = device or self._create(self._applications[application], wanted)
            found = self._attributes(device)
            if found is None:
                device = ""
            elif _is_current(found, wanted):
                return device
            else:
                # The next round looks at what came of it.
                device = self._renew(device, wanted)
        raise RegistrationError(f"{application}: a device is changed by others all the time; try again later.")

    def remove_device(self, device: str) -> None:
        """Forget a device, as when its user signs out: it gets no message any more, of no audience either."""
        for topic in self._topics:
            self.unsubscribe(device, topic)
        self._sns.delete_endpoint(EndpointArn=device)

    def subscribe(self, device: str, topic: str) -> str:
        """Let a device hear what an audience is told; the subscription's ARN."""
        answer = self._sns.subscribe(
            TopicArn=self._topics[topic], Protocol="application", Endpoint=device, ReturnSubscriptionArn=True
        )
        return answer["SubscriptionArn"]

    def unsubscribe(self, device: str, topic: str) -> None:
        """Let a device no longer hear what an audience is told."""
        # To subscribe once more is the one way to learn the subscription's ARN from the device's.
        self._sns.unsubscribe(SubscriptionArn=self.subscribe(device, topic))

    def push(self, device: str, message: PushMessage) -> str:
        """Send a message to one device; the message's id.

        Raises:
            PushMessageError: The message cannot be sent as it is.
            DeviceGoneError: The device cannot be reached any more.
        """
        try:
            return self._publish(envelope(message, [_platform(device)]), TargetArn=device)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("EndpointDisabled", "NotFound"):
                raise DeviceGoneError(device) from error
            raise

    def broadcast(self, topic: str, message: PushMessage) -> str:
        """Send a message to all devices of an audience, on whatever platform; the message's id.

        Raises:
            PushMessageError: The message cannot be sent as it is to one of the platforms.
            KeyError: There is no such audience.
        """
        platforms = map(_platform, self._applications.values())
        return self._publish(envelope(message, platforms), TopicArn=self._topics[topic])

    def _create(self, application: str, wanted: Mapping[str, str]) -> str:
        further = {name: value for name, value in wanted.items() if name not in ("Token", "CustomUserData")}
        try:
            made = self._sns.create_platform_endpoint(
                PlatformApplicationArn=application,
                Token=wanted["Token"],
                CustomUserData=wanted["CustomUserData"],
                Attributes=further,
            )
        except ClientError as error:
            return _existing(error)
        return made["EndpointArn"]

    def _attributes(self, device: str) -> Mapping[str, str] | None:
        try:
            return self._sns.get_endpoint_attributes(EndpointArn=device)["Attributes"]
        except self._sns.exceptions.NotFoundException:
            return None

    def _renew(self, device: str, wanted: Mapping[str, str]) -> str:
        """Give a device its latest token and enable it; the ARN of the one that has the token."""
        try:
            self._sns.set_endpoint_attributes(EndpointArn=device, Attributes={**wanted, "Enabled": "true"})
        except self._sns.exceptions.NotFoundException:
            return ""
        except ClientError as error:
            return _existing(error)
        return device

    def _publish(self, given: Envelope, **target: str) -> str:
        answer = self._sns.publish(
            Message=given.text, MessageStructure="json", MessageAttributes=dict(given.attributes), **target
        )
        return answer["MessageId"]


def _is_current(found: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    same = all(found.get(name, "") == value for name, value in wanted.items())
    return same and found.get("Enabled", "").lower() == "true"


def _existing(error: ClientError) -> str:
    """The device that has the token already with other attributes, whose ARN stands in the message alone."""
    given = error.response["Error"]
    match = _EXISTING.search(given.get("Message", ""))
    if given.get("Code") != "InvalidParameter" or match is None:
        raise error
    return match[1]


def _platform(arn: str) -> str:
    match = _PLATFORM.fullmatch(arn)
    if match is None:
        raise ValueError(f"{arn!r} is the ARN of no platform application and of no device.")
    return match[1]
