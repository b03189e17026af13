"""TLS in front of servers that have none of their own: the wheels of PostgreSQL and Valkey are built without it.

A gate listens on a port of its own and passes on to a server. It speaks TLS with clients that ask for it, as PostgreSQL
or as Valkey is asked, and plain with others where that is allowed. Its certificate is signed by an authority of the
emulator's, whose certificate is in a file for clients to trust.
"""

import asyncio
import datetime
import ipaddress
import logging
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_HOST = "localhost"
_DAYS = 3650
_CHUNK = 65536
_PEEK_SECONDS = 30.0
_HANDSHAKE = b"\x16"
_POSTGRESQL_TLS = struct.pack("!II", 8, 80877103)
_POSTGRESQL_GSS = struct.pack("!II", 8, 80877104)

logger = logging.getLogger(__name__)


class Authority:
    """Who signs the gates' certificate, in a folder of its own.

    ``authority.pem`` is its certificate, ``trusted.pem`` has those that this machine trusts besides.
    """

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "authority.pem"
        self._trusted = folder / "trusted.pem"
        self._server = folder / "server.pem"
        folder.mkdir(parents=True, exist_ok=True)
        if not self._server.exists():
            self._make()

    def context(self) -> ssl.SSLContext:
        """What a gate serves TLS with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._server)
        # What a PostgreSQL client of version 17 or later asks for where it begins with TLS at once.
        context.set_alpn_protocols(["postgresql"])
        return context

    def _make(self) -> None:
        authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        issuer = _name("the embedded AWS of this checkout")
        self.certificate.write_bytes(_pem(_certificate(issuer, authority, issuer, authority)))
        machine = ssl.get_default_verify_paths().openssl_cafile
        others = Path(machine).read_bytes() if Path(machine).is_file() else b""
        self._trusted.write_bytes(self.certificate.read_bytes() + others)
        self._server.touch(mode=0o600)
        self._server.write_bytes(
            server.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + _pem(_certificate(_name(_HOST), server, issuer, authority))
        )


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    is_authority = subject == issuer
    names = [x509.DNSName(_HOST), *(x509.IPAddress(ipaddress.ip_address(own)) for own in ("127.0.0.1", "::1"))]
    builder = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=_DAYS))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not is_authority:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


class Gates:
    """All gates of an emulator, in one thread."""

    def __init__(self, authority: Authority) -> None:
        self._context = authority.context()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="tls-gates", daemon=True).start()

    def open(self, target: Callable[[], int]) -> "Gate":
        """A gate to the server whose port ``target`` tells."""
        gate = Gate(self._loop, self._context, target)
        asyncio.run_coroutine_threadsafe(gate.listen(), self._loop).result()
        return gate


class Gate:
    """A port that leads to a server, with TLS or without.

    Attributes:
        port: The port.
        tls: Whether it lets in clients that speak TLS.
        plain: Whether it lets in clients that do not.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, context: ssl.SSLContext, target: Callable[[], int]) -> None:
        self.port = 0
        self.tls = True
        self.plain = True
        self._loop = loop
        self._context = context
        self._target = target
        self._listeners: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """End it and whatever goes through it."""

        async def close() -> None:
            for task in self._tasks:
                task.cancel()
            for listener in self._listeners:
                listener.close()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result()

    async def listen(self) -> None:
        """Begin to let clients in, by both addresses of this machine where it has both."""
        first = socket.create_server(("127.0.0.1", 0))
        self.port = first.getsockname()[1]
        self._listeners = [first]
        with suppress(OSError):
            self._listeners.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for listener in self._listeners:
            listener.setblocking(False)
            self._run(self._accept(listener))

    def _run(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listener: socket.socket) -> None:
        while True:
            client, _ = await self._loop.sock_accept(listener)
            client.setblocking(False)
            self._run(self._serve(client))

    async def _serve(self, client: socket.socket) -> None:
        try:
            async with asyncio.timeout(_PEEK_SECONDS):
                context = await self._asked(client)
        except (OSError, EOFError, TimeoutError) as error:
            logger.debug("a client of port %s was not let in: %s", self.port, error)
            client.close()
            return
        # From here on the client's socket belongs to its transport.
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        with suppress(OSError):  # a client that leaves, or a server that is not there
            transport, _ = await self._loop.connect_accepted_socket(lambda: protocol, client, ssl=context)
            writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
            try:
                inner, outer = await asyncio.open_connection("127.0.0.1", self._target())
                try:
                    await asyncio.gather(_pump(reader, outer), _pump(inner, writer))
                finally:
                    outer.close()
            finally:
                writer.close()

    async def _asked(self, client: socket.socket) -> ssl.SSLContext | None:
        """TLS if the client asks for it, whichever way; None for a plain connection where that is allowed."""
        while True:
            first = await self._peek(client, 8)
            if first[:1] == _HANDSHAKE and self.tls:
                return self._context
            if first == _POSTGRESQL_TLS:
                await self._loop.sock_recv(client, 8)
                await self._loop.sock_sendall(client, b"S")
            elif first == _POSTGRESQL_GSS:
                await self._loop.sock_recv(client, 8)
                await self._loop.sock_sendall(client, b"N")
            elif self.plain:
                return None
            else:
                raise ConnectionRefusedError("the client speaks no TLS")

    async def _peek(self, client: socket.socket, size: int) -> bytes:
        """What a client says first, left where it is: the eight bytes of PostgreSQL's questions come at once."""
        ready = self._loop.create_future()
        self._loop.add_reader(client.fileno(), lambda: None if ready.done() else ready.set_result(None))
        try:
            await ready
        finally:
            self._loop.remove_reader(client.fileno())
        said = client.recv(size, socket.MSG_PEEK)
        if not said:
            raise EOFError
        return said


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
    finally:
        sink.close()
