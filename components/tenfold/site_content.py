"""A site's files: which of a folder's are published, as what, and how long they may be cached.

A file whose name says what is in it, `app.3f9ac12b.js`, never changes and is kept for a year. Every other file is asked
for again on each visit, and answered by a short "not modified" while it is the same: what is new shows at once, and
nothing has to be invalidated.
"""

import hashlib
import mimetypes
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import NamedTuple, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from tenfold.errors import Fault


class StaticSiteCacheRuleArgs(TypedDict):
    """How long some of the files may be cached."""

    glob: str
    """Which files, by their path in the folder, `assets/*`; `*` stands for any text, slashes included."""
    cache_control: NotRequired[str]
    """The header Cache-Control that they are sent with; `public, max-age=31536000, immutable` by default."""


class SiteFile(NamedTuple):
    """A file as it is published.

    Attributes:
        key: Its path in the bucket and in the URL.
        path: Where it is on this machine.
        content_type: The header Content-Type.
        cache_control: The header Cache-Control.
        digest: A digest of what is in it.
    """

    key: str
    path: str
    content_type: str
    cache_control: str
    digest: str


IMMUTABLE = "public, max-age=31536000, immutable"
"""For a year, and not even asked for again when the page is reloaded."""
REVALIDATED = "no-cache"
"""Kept, and asked for again each time whether it is still the same."""
MOST_FILES = 2000
"""Each file is a resource: more make previews slow and the state large."""

# A hexadecimal digest between separators: never digits alone, which may be a date, nor letters alone.
_FINGERPRINT = re.compile(r"(^|[._-])(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8,64}[._-]")
# Where Next.js, Astro, Nuxt and SvelteKit put files of which no name is used twice.
_FINGERPRINTED_FOLDERS = ("_next/static/", "_astro/", "_nuxt/", "_app/immutable/")
_PUBLISHED_DOTFILES = ".well-known"
# The system's own table differs from machine to machine, and misses some.
_TYPES = {
    "": "application/octet-stream",
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".htm": "text/html; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp4": "video/mp4",
    ".otf": "font/otf",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".rss": "application/rss+xml; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
}
_OTHER_TYPES = mimetypes.MimeTypes().types_map[1]


def site_files(folder: str, rules: Sequence[StaticSiteCacheRuleArgs]) -> list[SiteFile]:
    """What of a folder is published: everything but dotfiles, in the order of their names."""
    root = Path(folder)
    return [
        SiteFile(
            key=key,
            path=str(root / key),
            content_type=content_type(key),
            cache_control=cache_control(key, rules),
            digest=hashlib.sha256((root / key).read_bytes()).hexdigest(),
        )
        for key in _keys(root)
    ]


def content_type(key: str) -> str:
    """What a browser is told that a file is, by its name alone: the same on every machine."""
    if key == ".well-known/apple-app-site-association":
        return "application/json"
    suffix = Path(key).suffix.lower()
    return _TYPES.get(suffix) or _OTHER_TYPES.get(suffix, "application/octet-stream")


def cache_control(key: str, rules: Sequence[StaticSiteCacheRuleArgs]) -> str:
    """How long a file may be cached: the first rule that fits says it, else its name."""
    for rule in rules:
        if fnmatchcase(key, rule["glob"]):
            return rule.get("cache_control", IMMUTABLE)
    named_by_content = key.startswith(_FINGERPRINTED_FOLDERS) or _FINGERPRINT.search(Path(key).name)
    return IMMUTABLE if named_by_content and not _is_page(key) else REVALIDATED


def content_faults(path: str, folder: str) -> Iterable[Fault]:
    """What is wrong with a folder to publish."""
    root = Path(folder)
    if not root.is_dir():
        yield Fault(path, f"{folder!r} is given, and there is no such folder", "a folder, from where the program runs")
        return
    keys = _keys(root)
    if "index.html" not in keys:
        yield Fault(path, f"{folder!r} has no index.html", "a folder with the site's first page in it")
    if len(keys) > MOST_FILES:
        allowed = f"up to {MOST_FILES} files; leave content out, and have CI sync them with deploy_policy_json"
        yield Fault(path, f"{folder!r} has {len(keys)} files", allowed)


def upload(
    site: pulumi.ComponentResource,
    files: Sequence[SiteFile],
    *,
    bucket: pulumi.Input[str],
    region: str | None,
    metadata: dict[str, str] | None,
    after: Sequence[pulumi.Resource],
) -> None:
    """Puts files into the bucket, each as a resource of its own, so that a preview tells which of them change.

    Pages come after all that they may load: nobody gets a new page whose script is not there yet.

    Args:
        site: Their parent.
        files: The files.
        bucket: The bucket's name.
        region: The bucket's region; the provider's own by default.
        metadata: What each object says of itself.
        after: What has to be there before.
    """
    put = partial(_object, site, bucket=bucket, region=region, metadata=metadata)
    pages = [file for file in files if file.content_type.startswith("text/html")]
    assets = [file for file in files if not file.content_type.startswith("text/html")]
    first = [put(file, after=after) for file in assets[:-1]]
    # The last one stands for all: pages depend on it alone, and not on each.
    loaded = [put(file, after=[*after, *first]) for file in assets[-1:]] or after
    for page in pages:
        put(page, after=loaded)


def _object(
    site: pulumi.ComponentResource,
    file: SiteFile,
    *,
    bucket: pulumi.Input[str],
    region: str | None,
    metadata: dict[str, str] | None,
    after: Sequence[pulumi.Resource],
) -> pulumi.Resource:
    return aws.s3.BucketObjectv2(
        f"{site.pulumi_resource_name}-file-{file.key}",
        bucket=bucket,
        key=file.key,
        source=pulumi.FileAsset(file.path),
        source_hash=file.digest,
        content_type=file.content_type,
        cache_control=file.cache_control,
        metadata=metadata,
        region=region,
        opts=pulumi.ResourceOptions(parent=site, depends_on=[*after]),
    )


def _keys(root: Path) -> list[str]:
    found = (file.relative_to(root) for file in root.rglob("*") if file.is_file())
    return sorted(path.as_posix() for path in found if _is_published(path))


def _is_published(path: Path) -> bool:
    hidden = [part for part in path.parts if part.startswith(".")]
    return not hidden or (path.parts[0] == _PUBLISHED_DOTFILES and hidden == [_PUBLISHED_DOTFILES])


def _is_page(key: str) -> bool:
    return Path(key).suffix.lower() in (".html", ".htm", "")
