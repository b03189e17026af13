"""The engine's side of the provider protocol: one connection is one provider instance."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from local.aws.catalogue.entry import Naming, Operation, Read, ResourceType
from local.aws.protocol import provider_pb2, provider_pb2_grpc
from local.aws.values import Properties, decode, encode

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"

ROLE = ResourceType(
    token="aws:iam/role:Role",
    service="iam",
    create=Operation(name="create_role"),
    id="$name",
    read=(Read(name="get_role", params={"RoleName": "$id"}, at="Role"),),
    update=(Operation(name="update_role", params={"RoleName": "$id"}, only=frozenset({"description"})),),
    delete=Operation(name="delete_role", params={"RoleName": "$id"}),
    names={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
    outputs={"arn": "Arn", "uniqueId": "RoleId"},
    naming=Naming(limit=64),
)
"""Named by the program: its id is its name."""

ADDRESS = ResourceType(
    token="aws:ec2/eip:Eip",
    service="ec2",
    create=Operation(name="allocate_address"),
    id="AllocationId",
    read=(Read(name="describe_addresses", params={"AllocationIds": ["$id"]}, at="Addresses[0]"),),
    delete=Operation(name="release_address", params={"AllocationId": "$id"}),
    outputs={"publicIp": "PublicIp"},
)
"""Named by AWS, and listed by the call that describes one."""

PARAMETER = ResourceType(
    token="aws:ssm/parameter:Parameter",
    service="ssm",
    create=Operation(name="put_parameter"),
    id="$name",
    read=(Read(name="get_parameter", params={"Name": "$id", "WithDecryption": True}, at="Parameter"),),
    update=(
        Operation(name="put_parameter", params={"Name": "$id", "Overwrite": True}, only=frozenset({"value", "type"})),
    ),
    delete=Operation(name="delete_parameter", params={"Name": "$id"}),
    outputs={"arn": "ARN", "version": "Version"},
    changing=frozenset({"version"}),
    naming=Naming(limit=1000),
)
"""It holds a secret."""

TARGET = ResourceType(
    token="aws:appautoscaling/target:Target",
    service="application-autoscaling",
    create=Operation(name="register_scalable_target"),
    id="$serviceNamespace/$resourceId",
    outputs={"arn": "arn:aws:application-autoscaling:$region:$account:scalable-target/$id"},
    recorded="the emulator has no Application Auto Scaling",
)
"""It exists on record only."""

TYPES = {kind.token: kind for kind in (ROLE, ADDRESS, PARAMETER, TARGET)}


def secret(value: object) -> Properties:
    return {SIGNATURE: SECRET, "value": value}


class Instance:
    """A provider instance of a program."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)

    def configure(self, **settings: object) -> None:
        self.stub.Configure(provider_pb2.ConfigureRequest(args=encode(settings), acceptSecrets=True))

    def check(self, token: str, news: Properties, olds: Properties | None = None, name: str = "it") -> Any:
        return self.stub.Check(
            provider_pb2.CheckRequest(
                urn=_urn(token, name),
                name=name,
                type=token,
                olds=encode(olds or {}),
                news=encode(news),
                randomSeed=b"x",
            )
        )

    def checked(self, token: str, news: Properties, name: str = "it") -> Properties:
        answer = self.check(token, news, name=name)
        assert not answer.failures, answer.failures
        return decode(answer.inputs)

    def diff(self, token: str, olds: Properties, news: Properties) -> Any:
        return self.stub.Diff(
            provider_pb2.DiffRequest(
                id="i", urn=_urn(token), type=token, olds=encode(olds), old_inputs=encode(olds), news=encode(news)
            )
        )

    def create(self, token: str, inputs: Properties, *, preview: bool = False) -> tuple[str, Properties]:
        answer = self.stub.Create(
            provider_pb2.CreateRequest(urn=_urn(token), type=token, properties=encode(inputs), preview=preview)
        )
        return answer.id, decode(answer.properties)

    def made(self, token: str, news: Properties) -> tuple[str, Properties, Properties]:
        """Id, state and checked inputs of a new resource."""
        inputs = self.checked(token, news)
        return *self.create(token, inputs), inputs

    def read(
        self, token: str, identity: str, state: Properties | None = None, inputs: Properties | None = None
    ) -> tuple[str, Properties, Properties]:
        answer = self.stub.Read(
            provider_pb2.ReadRequest(
                id=identity, urn=_urn(token), type=token, properties=encode(state or {}), inputs=encode(inputs or {})
            )
        )
        return answer.id, decode(answer.properties), decode(answer.inputs)

    def update(
        self,
        token: str,
        identity: str,
        state: Properties,
        olds: Properties,
        news: Properties,
        *,
        preview: bool = False,
    ) -> Properties:
        answer = self.stub.Update(
            provider_pb2.UpdateRequest(
                id=identity,
                urn=_urn(token),
                type=token,
                olds=encode(state),
                old_inputs=encode(olds),
                news=encode(news),
                preview=preview,
            )
        )
        return decode(answer.properties)

    def delete(self, token: str, identity: str, state: Properties) -> None:
        self.stub.Delete(provider_pb2.DeleteRequest(id=identity, urn=_urn(token), type=token, properties=encode(state)))

    def invoke(self, token: str, **args: object) -> Any:
        return self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=encode(args)))

    def found(self, token: str, **args: object) -> Properties:
        answer = self.invoke(token, **args)
        assert not answer.failures, answer.failures
        return decode(getattr(answer, "return"))


@contextmanager
def instance(port: int, **settings: object) -> Generator[Instance]:
    """A connection with its provider instance configured."""
    # Connections of one process to one address are shared unless they are told apart.
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        one = Instance(channel)
        one.configure(**settings)
        yield one


def journal(folder: Path) -> Path:
    return folder / "emulator" / "journal.jsonl"


def _urn(token: str, name: str = "it") -> str:
    return f"urn:pulumi:local::tenfold::{token}::{name}"
