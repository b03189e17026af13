"""The ``aws`` provider of a local run: what the engine asks of pulumi-aws, answered by the embedded AWS.

It runs in the command's own process, and the engine is told its port (``PULUMI_DEBUG_PROVIDERS=aws:<port>``), so the
program and ``Pulumi.yaml`` stay those of a real account.
"""

# ruff: noqa: N802, ARG002 - the protocol says what methods are called and what they are given

import functools
import traceback
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import any_pb2, empty_pb2, struct_pb2

from local.aws import configuration, invokes, resources
from local.aws.assets import anchored, echoed
from local.aws.catalogue import CATALOGUE
from local.aws.catalogue.entry import ResourceType
from local.aws.clients import ClientPool
from local.aws.complaints import reason, unknown_token
from local.aws.configuration import Configuration
from local.aws.differences import differences
from local.aws.journal import Journal
from local.aws.model import Fault
from local.aws.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
from local.aws.records import Records
from local.aws.resources import Account
from local.aws.secrets import Path as SecretPath
from local.aws.secrets import conceal, reveal, silenced
from local.aws.values import UNKNOWN, Properties, decode, encode
from local.emulator import Emulator, home

_CHECKOUT = Path(__file__).resolve().parents[2]
_MESSAGE_BYTES = 400 * 1024 * 1024  # the engine's own limit
_THREADS = 32
_GLOBAL_SERVICES = frozenset({"iam", "route53", "cloudfront", "organizations", "globalaccelerator"})
"""Their resources have no ``region`` in pulumi-aws."""

Method = TypeVar("Method", bound=Callable[..., Any])


class ProviderError(Exception):
    """What a program asks for cannot be done; the message is for its author."""


@contextmanager
def serve(
    emulator: Emulator,
    folder: Path,
    *,
    root: Path = _CHECKOUT,
    types: Mapping[str, ResourceType] = CATALOGUE,
) -> Generator[int]:
    """Run the provider for as long as the context lasts, and yield its port.

    ``folder`` is the emulator's; ``root`` is where the program runs, which relative paths of its assets start from.
    """
    server = grpc.server(
        ThreadPoolExecutor(_THREADS, thread_name_prefix="aws-provider"),
        options=[("grpc.max_receive_message_length", _MESSAGE_BYTES), ("grpc.max_send_message_length", _MESSAGE_BYTES)],
    )
    provider = Provider(emulator, folder, root, types)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(grace=None).wait()


def _answering(method: Method) -> Method:
    """Turn what goes wrong into one message for the engine; only our own faults leave a traceback, in a file."""

    @functools.wraps(method)
    def answer(self: "Provider", request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except _HalfMadeError as error:
            _abort_half_made(context, error, _without_secrets(str(error), request))
        except (ClientError, BotoCoreError, ProviderError, TimeoutError, OSError) as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, _without_secrets(reason(error), request))
        except Exception as error:  # noqa: BLE001 - whatever it is, the engine must be told
            log = self.log_fault(method.__name__, request)
            said = f"a fault in the embedded AWS: {type(error).__name__}: {error}; more is in {log}"
            context.abort(grpc.StatusCode.INTERNAL, _without_secrets(said, request))

    return cast(Method, answer)


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One server for all provider instances of a program."""

    def __init__(self, emulator: Emulator, folder: Path, root: Path, types: Mapping[str, ResourceType]) -> None:
        self._emulator = emulator
        self._clients = ClientPool(emulator)
        self._root = root
        self._types = types
        self._journal = Journal(folder)
        self._records = Records(folder)
        self._log = home(folder) / "provider.log"
        # Each provider instance has a connection of its own, and no request but Configure says which one it is.
        self._configured: dict[str, Configuration] = {}

    def log_fault(self, method: str, request: Any) -> Path:
        """Note the exception at hand, without the request's values."""
        said = _without_secrets(traceback.format_exc(), request)
        with self._log.open("a") as file:
            file.write(f"{method} {getattr(request, 'urn', getattr(request, 'tok', ''))}\n{said}\n")
        return self._log

    # What the engine says to a provider as a whole.

    @_answering
    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say what this provider can take."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    @_answering
    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Take note that an engine is there."""
        return empty_pb2.Empty()

    @_answering
    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The version of the provider that this one stands for."""
        return plugin_pb2.PluginInfo(version=version("pulumi-aws"))

    @_answering
    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Refuse: programs have their schema from their SDK."""
        raise ProviderError("the embedded AWS has no schema; take pulumi-aws's own")

    @_answering
    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Let what is under way come to its end: no call here takes long."""
        return empty_pb2.Empty()

    @_answering
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Check a provider's settings."""
        news, hidden = reveal(decode(request.news))
        inputs = encode(conceal(news, hidden))
        return provider_pb2.CheckResponse(inputs=inputs, failures=_failures(configuration.check(news)))

    @_answering
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Nothing in a provider's settings replaces it; resources have their region in their own inputs."""
        olds, news = reveal(decode(request.old_inputs))[0], reveal(decode(request.news))[0]
        changed = [name for name in sorted(olds.keys() | news.keys()) if olds.get(name) != news.get(name)]
        return _diff(changed)

    @_answering
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Remember the settings of the instance at the other end of this connection."""
        args = reveal(decode(request.args))[0]
        faults = configuration.check(args)
        if faults:
            raise ProviderError("; ".join(f"aws:{fault.path} {fault.reason}" for fault in faults))
        self._configured[context.peer()] = configuration.configured(args, self._emulator.region)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @_answering
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a look-up."""
        args, hidden = reveal(decode(request.args))
        try:
            found = invokes.look_up(self._account(context), request.tok, args)
        except invokes.InvokeError as error:
            return provider_pb2.InvokeResponse(failures=_failures(error.faults))
        # What is computed from a secret may hold it.
        found = conceal(found, [(name,) for name in found]) if hidden else found
        return provider_pb2.InvokeResponse(**{"return": encode(found)})

    # The life of a resource.

    @_answering
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Fill in defaults, and find every fault in a resource's inputs."""
        token = _type_of(request)
        kind = self._types.get(token)
        if kind is None:
            fault = Fault("", unknown_token("the resource type", token, self._types))
            return provider_pb2.CheckResponse(inputs=request.news, failures=_failures([fault]))
        account = self._account(context)
        news, hidden = reveal(decode(request.news))
        if kind.service not in _GLOBAL_SERVICES:
            news.setdefault("region", account.region)
        olds = reveal(decode(request.olds))[0]
        inputs, faults = resources.check(account, kind, _name_of(request), request.randomSeed, olds, news)
        named = [Fault(fault.path, f"{token}: {silenced(fault.reason, news, hidden)}") for fault in faults]
        return provider_pb2.CheckResponse(inputs=encode(conceal(inputs, hidden)), failures=_failures(named))

    @_answering
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say what an update would change, and whether it replaces the resource."""
        kind = self._kind(request)
        olds, news = reveal(decode(request.old_inputs))[0], reveal(decode(request.news))[0]
        change = resources.compare(self._account(context), kind, olds, news)
        result = _diff(change.changed, change.replaces, delete_first=bool(change.replaces) and change.delete_first)
        for name in change.changed:
            for path, what in differences(name, olds, news):
                kept = f"{what}_REPLACE" if name in change.replaces else what
                result.detailedDiff[path].kind = provider_pb2.PropertyDiff.Kind.Value(kept)
                result.detailedDiff[path].inputDiff = True
        result.hasDetailedDiff = bool(change.changed)
        return result

    @_answering
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Make a resource; in a preview say what is known of it."""
        kind = self._kind(request)
        given, hidden = reveal(decode(request.properties))
        if request.preview:
            state = {**dict.fromkeys(kind.outputs, UNKNOWN), **_visible(given)}
            return provider_pb2.CreateResponse(properties=encode(conceal(state, hidden)))
        account = self._account(context)
        identity, state = self._create(account, kind, request.urn, anchored(given, self._root), hidden)
        self._records.put(kind, identity, given, hidden)
        return provider_pb2.CreateResponse(id=identity, properties=encode(conceal(echoed(state, given), hidden)))

    def _create(
        self, account: Account, kind: ResourceType, urn: str, inputs: Properties, hidden: Iterable[SecretPath]
    ) -> tuple[str, Properties]:
        """Make it with notes in the journal, and take it back where that fails half-way."""
        note = self._journal.creating(urn, kind, inputs, set(hidden))
        known: list[str] = []

        def created(identity: str) -> None:
            known.append(identity)
            self._journal.created(note, identity)

        try:
            return resources.create(account, kind, inputs, created)
        except Exception as error:
            if known and self._is_still_there(account, kind, known[0], inputs):
                # Where taking it back has failed, what went wrong at first is behind that.
                said = f"{reason(error.__context__ or error)}; it was made and could not be taken back"
                raise _HalfMadeError(known[0], conceal(_visible(inputs), hidden), said) from error
            self._journal.taken_back(note)
            raise

    def _is_still_there(self, account: Account, kind: ResourceType, identity: str, inputs: Properties) -> bool:
        try:
            found = resources.read(account, kind, identity, inputs, inputs)
            if found:
                resources.delete(account, kind, identity, found[0])
        except (ClientError, BotoCoreError, LookupError, TimeoutError):
            return True
        return False

    @_answering
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say what a resource is now: for a refresh with its old inputs, for an import by its id alone."""
        kind = self._kind(request)
        account = self._account(context)
        inputs, hidden = reveal(decode(request.inputs))
        state, more = reveal(decode(request.properties))
        hidden |= more
        if kind.why_recorded(inputs or state) and not self._records.has(kind, request.id):
            return provider_pb2.ReadResponse()
        try:
            found = resources.read(account, kind, request.id, state, inputs)
        except KeyError as error:
            if inputs:
                raise
            raise ProviderError(
                f"{kind.token} {request.id} cannot be imported here by its id alone: AWS finds it by {error} as well"
            ) from None
        if found is None:
            return provider_pb2.ReadResponse()
        now, seen = found
        if "region" in inputs or kind.service not in _GLOBAL_SERVICES:
            region = {"region": now.get("region", account.region)}
            now, seen = now | region, seen | region
        return provider_pb2.ReadResponse(
            id=request.id,
            properties=encode(conceal(echoed(now, state), hidden)),
            inputs=encode(conceal(echoed(seen, inputs), hidden)),
        )

    @_answering
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Change a resource in place."""
        kind = self._kind(request)
        state = reveal(decode(request.olds))[0]
        olds = reveal(decode(request.old_inputs))[0]
        news, hidden = reveal(decode(request.news))
        if request.preview:
            kept = {**state, **dict.fromkeys(kind.changing, UNKNOWN), **_visible(news)}
            gone = olds.keys() - news.keys() - kind.outputs.keys()
            kept = {name: value for name, value in kept.items() if name not in gone}
            return provider_pb2.UpdateResponse(properties=encode(conceal(kept, hidden)))
        account = self._account(context)
        changed = self._update(account, kind, request.id, state, olds, anchored(news, self._root))
        self._records.put(kind, request.id, news, hidden)
        return provider_pb2.UpdateResponse(properties=encode(conceal(echoed(changed, news), hidden)))

    def _update(
        self, account: Account, kind: ResourceType, identity: str, state: Properties, olds: Properties, news: Properties
    ) -> Properties:
        """Change it; where an update that failed half-way left it between the two, go on from where it is."""
        try:
            return resources.update(account, kind, identity, state, olds, news)
        except ClientError:
            found = resources.read(account, kind, identity, state, olds)
            if found is None or found[1] == olds:
                raise
            return resources.update(account, kind, identity, state, found[1], news)

    @_answering
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Remove a resource."""
        kind = self._kind(request)
        state = reveal(decode(request.properties))[0]
        resources.delete(self._account(context), kind, request.id, state)
        self._records.remove(kind, request.id)
        self._journal.deleted(kind, request.id)
        return empty_pb2.Empty()

    def _account(self, context: grpc.ServicerContext) -> Account:
        """The account as the provider instance at the other end sees it."""
        found = self._configured.get(context.peer())
        if found is None:
            different = set(map(repr, self._configured.values()))
            if len(different) != 1:
                raise ProviderError("a request came over a connection that was never configured")
            found = next(iter(self._configured.values()))
        return Account(self._clients, self._emulator.account, found.region, found.default_tags)

    def _kind(self, request: Any) -> ResourceType:
        token = _type_of(request)
        if token not in self._types:
            raise ProviderError(unknown_token("the resource type", token, self._types))
        return self._types[token]


class _HalfMadeError(ProviderError):
    """A resource was made, could be neither finished nor taken back: the engine must know that it is there."""

    def __init__(self, identity: str, inputs: Properties, reason: str) -> None:
        super().__init__(reason)
        self.identity = identity
        self.inputs = inputs


def _without_secrets(text: str, request: Any) -> str:
    """A message without the secrets that the request was made with."""
    for _, given in request.ListFields():
        if isinstance(given, struct_pb2.Struct):
            text = silenced(text, *reveal(decode(given)))
    return text


def _abort_half_made(context: grpc.ServicerContext, error: _HalfMadeError, said: str) -> NoReturn:
    """Fail, and tell the engine what is there all the same: it keeps it in its state and tries again."""
    known = provider_pb2.ErrorResourceInitFailed(
        id=error.identity, properties=encode(error.inputs), inputs=encode(error.inputs), reasons=[said]
    )
    details = any_pb2.Any()
    details.Pack(known)
    code = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=code.value[0], message=said, details=[details])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, said)


def _diff(changed: Iterable[str], replaces: Iterable[str] = (), *, delete_first: bool = False) -> Any:
    changed = list(changed)
    changes = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=changes, diffs=changed, replaces=replaces, deleteBeforeReplace=delete_first
    )


def _failures(faults: Iterable[Fault]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=fault.path, reason=fault.reason) for fault in faults]


def _visible(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if not name.startswith("__")}


def _type_of(request: Any) -> str:
    return request.type or request.urn.split("::")[2].rpartition("$")[2]


def _name_of(request: Any) -> str:
    return request.name or request.urn.split("::", 3)[3]
