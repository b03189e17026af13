"""The official release of the CLI, verified against the checksums published with it."""

import hashlib
import http.client
import shutil
import tarfile
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, cast

from local.engine.model import PINNED_VERSION, Progress, WayFailedError

RELEASES = "https://get.pulumi.com/releases/sdk"

# A closed network may refuse, or answer nothing at all; neither may cost a user more than this.
_FIRST_ANSWER_SECONDS = 4.0
_STALL_SECONDS = 30.0
_CHUNK_BYTES = 1 << 20


def download(binaries: Path, target: str, progress: Progress, releases: str = RELEASES) -> None:
    """Put the executables of the pinned release for the platform `target` into the folder `binaries`.

    Raises WayFailedError.
    """
    name = f"pulumi-v{PINNED_VERSION}-{target}.tar.gz"
    progress.update(f"asking {releases} for the Pulumi CLI {PINNED_VERSION}")
    expected = _published_sha256(f"{releases}/pulumi-{PINNED_VERSION}-checksums.txt", name)
    archive = binaries.parent / name
    try:
        actual = _fetch(f"{releases}/{name}", archive, progress)
        if actual != expected:
            raise WayFailedError(f"{name} has SHA-256 {actual}, but {expected} is published; it was not used")
        _extract(archive, binaries)
    except (OSError, http.client.HTTPException, tarfile.TarError) as error:
        raise WayFailedError(_reason(error)) from error
    finally:
        archive.unlink(missing_ok=True)


def _published_sha256(url: str, name: str) -> str:
    listing = _first_answer(url).decode("utf-8", "replace")
    for line in listing.splitlines():
        digest, _, listed = line.partition(" ")
        if listed.strip().removeprefix("*") == name:
            return digest.lower()
    raise WayFailedError(f"{url} lists no {name}")


def _first_answer(url: str) -> bytes:
    """A small file, within a deadline that also holds for name resolution, which has no timeout of its own."""
    answer: list[bytes | Exception] = []

    def ask() -> None:
        try:
            with _open(url, _FIRST_ANSWER_SECONDS) as response:
                answer.append(response.read())
        except (OSError, http.client.HTTPException) as error:
            answer.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_FIRST_ANSWER_SECONDS)
    if not answer:
        raise WayFailedError(f"{url} did not answer within {_FIRST_ANSWER_SECONDS:.0f} seconds")
    if isinstance(answer[0], Exception):
        raise WayFailedError(f"{url}: {_reason(answer[0])}") from answer[0]
    return answer[0]


def _open(url: str, timeout_seconds: float) -> http.client.HTTPResponse:
    return cast("http.client.HTTPResponse", urllib.request.urlopen(url, timeout=timeout_seconds))  # noqa: S310 - https


def _fetch(url: str, path: Path, progress: Progress) -> str:
    digest = hashlib.sha256()
    with _open(url, _STALL_SECONDS) as response, path.open("wb") as file:
        total = int(response.headers.get("Content-Length") or 0)
        done = 0
        while chunk := response.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
            done += len(chunk)
            of_total = f" of {total >> 20}" if total else ""
            progress.update(f"downloading the Pulumi CLI {PINNED_VERSION}: {done >> 20}{of_total} MB")
    return digest.hexdigest()


def _extract(archive: Path, binaries: Path) -> None:
    """The archive's files, without its folder `pulumi`; names are taken apart, so none can point elsewhere."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile():
                target = binaries / Path(member.name).name
                with cast("IO[bytes]", tar.extractfile(member)) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file)
                target.chmod(0o755)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError) and not isinstance(error, urllib.error.HTTPError):
        error = error.reason if isinstance(error.reason, OSError) else error
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
