"""What runs at the edge for each request of a site: the page that a path stands for, and one name for the site.

It is a CloudFront Function, which answers within a millisecond and costs a tenth of Lambda@Edge.
See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/writing-function-code.html.
"""

import json
from collections.abc import Sequence
from enum import StrEnum

_REDIRECT = """
const MOVED = %(moved)s;
const HOME = %(home)s;

function isMoved(host) {
  const fits = (name) => (name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name);
  return host !== HOME && MOVED.some(fits);
}

function query(parameters) {
  const pairs = [];
  Object.keys(parameters).forEach((name) => {
    const given = parameters[name];
    (given.multiValue || [given]).forEach((one) => pairs.push(one.value === "" ? name : name + "=" + one.value));
  });
  return pairs.length ? "?" + pairs.join("&") : "";
}
"""
_REDIRECTS = """
  const host = request.headers.host ? request.headers.host.value.toLowerCase() : "";
  if (isMoved(host)) {
    // CloudFront has put the root object in place of "/".
    const path = request.uri === "/index.html" ? "/" : request.uri;
    return {
      statusCode: 301,
      statusDescription: "Moved Permanently",
      headers: { location: { value: "https://" + HOME + path + query(request.querystring) } },
    };
  }"""
_PAGES = """
  const last = request.uri.split("/").pop();
  if (last === "") {
    request.uri %(slash)s;
  } else if (!last.includes(".") && !request.uri.startsWith("/.well-known/")) {
    request.uri += "%(page)s";
  }"""
_FOLDERS = _PAGES % {"slash": '+= "index.html"', "page": "/index.html"}
_FILES = _PAGES % {
    "slash": '= request.uri === "/" ? "/index.html" : request.uri.slice(0, -1) + ".html"',
    "page": ".html",
}


class PagePaths(StrEnum):
    """Which file the path of a page stands for."""

    FOLDERS = "folders"
    """`/about` is `about/index.html`."""
    FILES = "files"
    """`/about` is `about.html`."""
    AS_THEY_ARE = "as_they_are"
    """No other than the path says."""


_STEPS = {PagePaths.FOLDERS: _FOLDERS, PagePaths.FILES: _FILES, PagePaths.AS_THEY_ARE: ""}


def viewer_function(paths: PagePaths, *, moved: Sequence[str], home: str) -> str:
    """The function's code; empty where there is nothing to do.

    Args:
        paths: Which file a path stands for.
        moved: Names that are redirected; `*.example.com` stands for all below one.
        home: The name that they are redirected to.
    """
    steps = (_REDIRECTS if moved else "") + _STEPS[paths]
    if not steps:
        return ""
    redirect = _REDIRECT % {"moved": json.dumps([*moved]), "home": json.dumps(home)} if moved else ""
    handler = f"function handler(event) {{\n  const request = event.request;{steps}\n  return request;\n}}\n"
    return f"{redirect}\n{handler}".lstrip()
