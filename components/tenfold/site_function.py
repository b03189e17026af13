"""What runs at the edge for each request of a site: the page that a path stands for, and one name for the site.

It is a CloudFront Function, which answers within a millisecond and costs a tenth of Lambda@Edge.
See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/writing-function-code.html.
"""

import json
from collections.abc import Sequence

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
    request.uri += "index.html";
  } else if (!last.includes(".") && !request.uri.startsWith("/.well-known/")) {
    request.uri += "/index.html";
  }"""


def viewer_function(*, pages: bool, moved: Sequence[str], home: str) -> str:
    """The function's code; empty where there is nothing to do.

    Args:
        pages: Whether `/about` and `/about/` stand for `/about/index.html`.
        moved: Names that are redirected; `*.example.com` stands for all below one.
        home: The name that they are redirected to.
    """
    if not pages and not moved:
        return ""
    redirect = _REDIRECT % {"moved": json.dumps([*moved]), "home": json.dumps(home)} if moved else ""
    steps = (_REDIRECTS if moved else "") + (_PAGES if pages else "")
    handler = f"function handler(event) {{\n  const request = event.request;{steps}\n  return request;\n}}\n"
    return f"{redirect}\n{handler}".lstrip()
