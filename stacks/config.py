"""The typed configuration of an environment: what may stand in ``stacks/Pulumi.<stack>.yaml``.

Defaults are those of an environment that people depend on; a smaller one says where it is smaller. A mistake stops the
program before anything is registered, with every fault, its path, what was given and what is allowed.
"""

import difflib
import json
from collections.abc import Mapping
from typing import Annotated, Any

import pulumi
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tenfold import MobilePushPlatform, NatMode
from tenfold.errors import TenfoldError

PROJECT = "tenfold"
KEYS = ("network", "web", "jobs", "mail", "push", "media", "monitoring", "protected")

Count = Annotated[int, Field(ge=1, le=1000)]
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NetworkConfig(_Section):
    """The network: how many zones, and how private subnets reach the internet."""

    zones: int = Field(default=3, ge=2, le=6)
    """Availability zones."""
    cidr_block: str = Field(default="10.0.0.0/16", pattern=r"^\d+\.\d+\.\d+\.\d+/\d+$")
    """The VPC's IPv4 range."""
    nat: NatMode = NatMode.PER_ZONE
    """NAT gateways: ``per_zone``, ``single`` or ``none``."""
    flow_log_retention_days: int = Field(default=90, ge=1)
    """How long flow logs are kept."""


class WebConfig(_Section):
    """The web tier: the fleet's bounds and what it runs on."""

    instance_type: str = Field(default="t4g.small", pattern=r"^[a-z0-9-]+\.[a-z0-9]+$")
    """EC2 instance type, arm64."""
    min_size: Count = 3
    """Instances at the least."""
    max_size: Count = 12
    """Instances at the most."""
    certificate_arn: str | None = Field(default=None, pattern=r"^arn:aws[a-z-]*:acm:")
    """The ACM certificate of the HTTPS listener; without it the balancer speaks HTTP alone."""

    @model_validator(mode="after")
    def _ordered(self) -> "WebConfig":
        if self.min_size > self.max_size:
            raise ValueError(f"min_size {self.min_size} is over max_size {self.max_size}")
        return self


class JobsConfig(_Section):
    """The job queue and its worker."""

    timeout_seconds: int = Field(default=30, ge=1, le=900)
    """How long one batch may take."""
    memory_mb: int = Field(default=256, ge=128, le=10240)
    """The worker's memory."""
    batch_size: int = Field(default=10, ge=1, le=10)
    """Messages that the worker takes at once."""
    maximum_concurrency: int | None = Field(default=None, ge=2, le=1000)
    """Workers at the same time, at the most; without it, as many as the account has."""


class MailConfig(_Section):
    """Mails to users."""

    domain: str = Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")
    """The domain that mails are sent from."""
    zone_id: str | None = Field(default=None, pattern=r"^Z[A-Z0-9]+$")
    """The domain's hosted zone in Route 53; without it, its records are made by hand from the output
    ``mail_records``."""


class PushApplicationConfig(_Section):
    """An app on one platform."""

    platform: MobilePushPlatform
    """The platform's push service: ``apns``, ``fcm`` and so on."""
    secret_arn: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:secretsmanager:")]
    """The secret with its credentials, in Secrets Manager."""
    sandbox: bool = False
    """Whether it is Apple's sandbox."""


class PushConfig(_Section):
    """Notifications on phones."""

    applications: Annotated[dict[str, PushApplicationConfig], Field(min_length=1)]
    """The apps by a name of one's own: ``ios``, ``android``."""
    audiences: list[str] = ["news"]
    """Audiences that all devices may be told in one call."""


class MediaConfig(_Section):
    """Films that users upload."""

    max_input_minutes: int = Field(default=60, ge=1, le=1440)
    """The longest film that is transcoded."""


class MonitoringConfig(_Section):
    """Who is told, and from which cost on."""

    email: str | None = Field(default=None, pattern=_EMAIL)
    """An address that is told of warnings; it must confirm the subscription."""
    critical_email: str | None = Field(default=None, pattern=_EMAIL)
    """An address that is told at once what users suffer from; that of warnings by default."""
    monthly_usd: int | None = Field(default=None, ge=1)
    """The account's budget in US dollars a month; without it there is none."""


class EnvironmentConfig(_Section):
    """One environment."""

    name: str
    """The stack's name: ``local``, ``dev``."""
    network: NetworkConfig = NetworkConfig()
    web: WebConfig = WebConfig()
    jobs: JobsConfig = JobsConfig()
    mail: MailConfig | None = None
    """Without it no mail is sent."""
    push: PushConfig | None = None
    """Without it there are no apps."""
    media: MediaConfig | None = None
    """Without it nothing is transcoded."""
    monitoring: MonitoringConfig = MonitoringConfig()
    protected: bool = True
    """Whether what holds data, and the balancer, refuse to be deleted."""


class ConfigurationError(TenfoldError):
    """The stack's configuration cannot be used."""

    def __init__(self, stack: str, faults: list[str]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"stacks/Pulumi.{stack}.yaml has {count}:\n{lines}")


def load(stack: str) -> EnvironmentConfig:
    """The configuration of the running stack.

    Raises:
        ConfigurationError: Something in it is wrong; it lists every fault.
    """
    prefix = f"{PROJECT}:"
    given = {key: value for key, value in pulumi.runtime.config.CONFIG.get().items() if key.startswith(prefix)}
    return parse(stack, {key.removeprefix(prefix): value for key, value in given.items()})


def parse(stack: str, given: Mapping[str, str]) -> EnvironmentConfig:
    """The configuration from the project's keys, each with its value as Pulumi hands it over: text, or JSON as text."""
    faults = [f"{PROJECT}:{key}: there is no such key{_hint(key, KEYS)}" for key in sorted(given.keys() - set(KEYS))]
    known = {key: _value(value) for key, value in given.items() if key in KEYS}
    try:
        config = EnvironmentConfig.model_validate({"name": stack, **known})
    except ValidationError as error:
        faults += [_described(fault) for fault in error.errors()]
        raise ConfigurationError(stack, faults) from None
    if faults:
        raise ConfigurationError(stack, faults)
    return config


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _described(fault: Any) -> str:
    path = f"{PROJECT}:{'.'.join(map(str, fault['loc']))}"
    if fault["type"] == "extra_forbidden":
        section = EnvironmentConfig.model_fields[fault["loc"][0]].annotation
        known = tuple(section.model_fields) if isinstance(section, type) and issubclass(section, BaseModel) else ()
        return f"{path}: there is no such key{_hint(fault['loc'][-1], known)}"
    reason = fault["msg"].removeprefix("Value error, ")
    given = "" if isinstance(fault["input"], dict | BaseModel) else f"{fault['input']!r} is given; "
    return f"{path}: {given}{reason[0].lower()}{reason[1:]}"


def _hint(key: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"; allowed: {', '.join(known)}" + (f"; did you mean {close[0]}?" if close else "")
