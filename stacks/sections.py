"""What may stand in ``stacks/Pulumi.<stack>.yaml``: the sections of an environment's configuration, and of `global`'s.

Defaults here are those that no number of users changes; `stacks.growth` has the others. Null takes a section away.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tenfold import MobilePushPlatform, NatMode

_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_DOMAIN = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"
_INSTANCE_TYPE = r"^[a-z0-9-]+\.[a-z0-9]+$"

Count = Annotated[int, Field(ge=1, le=1000)]
Acu = Annotated[float, Field(ge=0, le=256, multiple_of=0.5)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")]


class Section(BaseModel):
    """A part of a configuration: it has no keys but its own, and does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NetworkConfig(Section):
    """The network: how many zones, and how private subnets reach the internet."""

    zones: int = Field(default=3, ge=2, le=6)
    """Availability zones."""
    cidr_block: str = Field(default="10.0.0.0/16", pattern=r"^\d+\.\d+\.\d+\.\d+/\d+$")
    """The VPC's IPv4 range."""
    nat: NatMode = NatMode.PER_ZONE
    """NAT gateways: ``per_zone``, ``single`` or ``none``."""
    flow_log_retention_days: int = Field(default=90, ge=1)
    """How long flow logs are kept."""


class FleetConfig(Section):
    """A fleet's bounds and what it runs on."""

    instance_type: str = Field(default="t4g.small", pattern=_INSTANCE_TYPE)
    """EC2 instance type, arm64."""
    min_size: Count = 3
    """Instances at the least."""
    max_size: Count = 12
    """Instances at the most."""

    @model_validator(mode="after")
    def _ordered(self) -> "FleetConfig":
        if self.min_size > self.max_size:
            raise ValueError(f"min_size {self.min_size} is over max_size {self.max_size}")
        return self


class WebConfig(FleetConfig):
    """The web tier, which users reach."""

    certificate_arn: str | None = Field(default=None, pattern=r"^arn:aws[a-z-]*:acm:")
    """The ACM certificate of the HTTPS listener; without it, and without a host, the balancer speaks HTTP alone."""
    host: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] | None = None
    """Its name in the domain, ``www``, with a certificate of its own; none by default."""


class FunctionConfig(Section):
    """A function of the application: where its data is."""

    database: Name = "main"
    """The database that its services write to."""
    also_in: Name | None = None
    """Another database, while its data moves there or came from there."""


class DatabaseConfig(Section):
    """A database's bounds: serverless Aurora PostgreSQL."""

    min_acu: Acu = 0.5
    """Capacity of each instance at the least, in ACU of about 2 GB of memory."""
    max_acu: Annotated[Acu, Field(ge=1)] = 16
    """Capacity of each instance at the most."""
    readers: int = Field(default=1, ge=1, le=15)
    """Readers in other zones than the writer's; the first takes over from it."""

    @model_validator(mode="after")
    def _ordered(self) -> "DatabaseConfig":
        if self.min_acu > self.max_acu:
            raise ValueError(f"min_acu {self.min_acu} is over max_acu {self.max_acu}")
        return self


class ShardsConfig(Section):
    """The databases that share the users by key."""

    count: int = Field(default=4, ge=1, le=1024)
    """How many there are. One that is added is empty until `tenfold-shards` moves something to it."""
    min_acu: Acu = 0.5
    """Capacity of each instance at the least, in ACU."""
    max_acu: Annotated[Acu, Field(ge=1)] = 16
    """Capacity of each instance at the most."""


class CacheConfig(Section):
    """The cache before the databases."""

    node_type: str = Field(default="cache.m7g.large", pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")
    """The type of each node."""
    shards: int = Field(default=1, ge=1, le=500)
    """Over how many shards keys are spread; more come in place."""
    replicas: int = Field(default=1, ge=1, le=5)
    """Replicas of each shard in other zones."""


class SiteConfig(Section):
    """Pages, pictures and scripts that no server makes."""

    host: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] | None = None
    """Its name in the domain, ``static``; CloudFront's own by default."""


class JobsConfig(Section):
    """The job queue and its worker."""

    timeout_seconds: int = Field(default=30, ge=1, le=900)
    """How long one batch may take."""
    memory_mb: int = Field(default=256, ge=128, le=10240)
    """The worker's memory."""
    batch_size: int = Field(default=10, ge=1, le=10)
    """Messages that the worker takes at once."""
    maximum_concurrency: int | None = Field(default=None, ge=2, le=1000)
    """Workers at the same time, at the most; without it, as many as the account has."""


class PicturesConfig(Section):
    """Pictures that users upload: a job of three steps, each with a queue and workers of its own."""

    maximum_concurrency: int | None = Field(default=None, ge=2, le=1000)
    """Workers of each step at the same time, at the most; without it, as many as the account has."""


class MailConfig(Section):
    """Mails to users."""

    domain: str = Field(pattern=_DOMAIN)
    """The domain that mails are sent from."""
    zone_id: str | None = Field(default=None, pattern=r"^Z[A-Z0-9]+$")
    """The domain's hosted zone in Route 53; without it, its records are made by hand from the output
    ``mail_records``."""


class PushApplicationConfig(Section):
    """An app on one platform."""

    platform: MobilePushPlatform
    """The platform's push service: ``apns``, ``fcm`` and so on."""
    secret_arn: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:secretsmanager:")]
    """The secret with its credentials, in Secrets Manager."""
    sandbox: bool = False
    """Whether it is Apple's sandbox."""


class PushConfig(Section):
    """Notifications on phones."""

    applications: Annotated[dict[str, PushApplicationConfig], Field(min_length=1)]
    """The apps by a name of one's own: ``ios``, ``android``."""
    audiences: list[str] = ["news"]
    """Audiences that all devices may be told in one call."""


class MediaConfig(Section):
    """Films that users upload."""

    max_input_minutes: int = Field(default=60, ge=1, le=1440)
    """The longest film that is transcoded."""


class MonitoringConfig(Section):
    """Who is told, and from which cost on."""

    email: str | None = Field(default=None, pattern=_EMAIL)
    """An address that is told of warnings; it must confirm the subscription."""
    critical_email: str | None = Field(default=None, pattern=_EMAIL)
    """An address that is told at once what users suffer from; that of warnings by default."""
    monthly_usd: int | None = Field(default=None, ge=1)
    """The account's budget in US dollars a month; without it there is none."""


class EnvironmentConfig(Section):
    """One environment."""

    name: str
    """The stack's name: ``local``, ``dev``."""
    users: int = Field(default=1_000_000, ge=1, le=1_000_000_000)
    """How many users it is for: it picks the article's stage, and with it the defaults of what follows."""
    network: NetworkConfig = NetworkConfig()
    domain: str | None = Field(default=None, pattern=_DOMAIN)
    """The domain that the stack `global` has the zone of, for the hosts of `web` and `site`; none by default."""
    web: WebConfig = WebConfig()
    services: dict[Name, FleetConfig] = {}
    """Services behind balancers of their own between the tiers, by name; without any, the web tier does all."""
    functions: dict[Name, FunctionConfig] = {}
    """The application's functions and the databases that their data is in. A service has the function of its name,
    the web tier those that no service has."""
    databases: dict[Name, DatabaseConfig] = {}
    """The databases by name."""
    shards: ShardsConfig | None = None
    """Databases that share the users by key; none by default below five million users."""
    cache: CacheConfig | None = CacheConfig()
    """Without it every read is the database's."""
    site: SiteConfig | None = SiteConfig()
    """Without it the web tier serves every file."""
    jobs: JobsConfig = JobsConfig()
    pictures: PicturesConfig | None = None
    """Without it nothing becomes of pictures."""
    mail: MailConfig | None = None
    """Without it no mail is sent."""
    push: PushConfig | None = None
    """Without it there are no apps."""
    media: MediaConfig | None = None
    """Without it nothing is transcoded."""
    monitoring: MonitoringConfig = MonitoringConfig()
    protected: bool = True
    """Whether what holds data, and the balancer, refuse to be deleted."""

    @field_validator("services", "functions", "databases", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return {} if value is None else value

    @field_validator("services")
    @classmethod
    def _named(cls, services: dict[str, FleetConfig]) -> dict[str, FleetConfig]:
        if "web" in services:
            raise ValueError("web is the tier before the services; give this one another name")
        return services

    @model_validator(mode="after")
    def _addressed(self) -> "EnvironmentConfig":
        hosts = {"web": self.web.host, "site": self.site.host if self.site else None}
        for section, host in hosts.items():
            if host and not self.domain:
                raise ValueError(f"{section}.host is {host!r}, without a domain that it is in; set domain")
        return self

    @model_validator(mode="after")
    def _placed(self) -> "EnvironmentConfig":
        for name, function in self.functions.items():
            for key, database in (("database", function.database), ("also_in", function.also_in)):
                if database is not None and database not in self.databases:
                    known = ", ".join(self.databases) or "none"
                    raise ValueError(f"functions.{name}.{key} is {database!r}, which databases does not have: {known}")
        return self

    def tier_of(self, function: str) -> str:
        """The tier that has a function: the service of its name, or the web tier."""
        return function if function in self.services else "web"

    @property
    def tiers_with_data(self) -> list[str]:
        """The tiers that have a function of the application, and with it a database."""
        return sorted({self.tier_of(function) for function in self.functions})


class GlobalConfig(Section):
    """What an account has once, whatever its environments."""

    domain: str = Field(pattern=_DOMAIN)
    """The domain, whose hosted zone is made; its name servers are an output."""
    repository: str = Field(pattern=r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$")
    """The repository on GitHub whose workflows preview and deploy: ``owner/name``."""
    environments: Annotated[list[Name], Field(min_length=1)]
    """The environments that workflows deploy, each by a role that no other environment's workflow can take on."""
    preview_secrets: list[Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:secretsmanager:")]] = []
    """The secrets that previews may read: the `secret_arn`s of `push`. Whoever may open a pull request from a branch of
    the repository can then read them; none by default."""
    protected: bool = True
    """Whether what holds data refuses to be deleted."""
