"""Mails with places to fill, and what is wrong with them before SES finds out at the first mail.

SES fills them by Handlebars. See https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-advanced.html.
"""

import re
from collections.abc import Iterable, Mapping

import pulumi
import pulumi_aws as aws

from tenfold.arguments import is_known
from tenfold.environment import variable
from tenfold.errors import Fault
from tenfold.mail_arguments import MailerTemplateArgs

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_TAG = re.compile(r"\{\{\{([^{}]*)\}\}\}|\{\{([^{}]*)\}\}")
_BODIES = ("html", "text")
_PARTS = ("subject", *_BODIES)
_MOST_BYTES = 500 * 1024
# SES's names have 64 characters, of which "-template-" and Pulumi's hyphen with seven random ones take 18.
_NAME_LIMIT = 64 - 18


def mail_templates(
    mailer: pulumi.ComponentResource, templates: Mapping[str, MailerTemplateArgs]
) -> dict[str, aws.ses.Template]:
    """The templates, by the program's names for them."""
    return {
        key: aws.ses.Template(
            f"{mailer.pulumi_resource_name}-template-{key}",
            subject=template["subject"],
            html=template.get("html"),
            text=template.get("text"),
            opts=pulumi.ResourceOptions(parent=mailer),
        )
        for key, template in templates.items()
    }


def template_variable(name: str, key: str) -> str:
    """The environment variable that holds a template's name on AWS."""
    return variable(f"{name}_TEMPLATE_{key}")


def template_faults(name: str, templates: Mapping[str, MailerTemplateArgs]) -> Iterable[Fault]:
    """What is wrong with the names of templates, and with those of their parts that are known."""
    seen: dict[str, str] = {}
    for key, template in templates.items():
        path, other = f"templates.{key}", seen.setdefault(template_variable(name, key), key)
        most = _NAME_LIMIT - len(name)
        if not _KEY.fullmatch(key) or len(key) > most:
            allowed = f"1 to {most} letters, digits, hyphens and underscores: a name on AWS is made from it"
            yield Fault(path, "it has this name", allowed)
        elif other != key:
            yield Fault(path, "it has this name", f"one whose environment variable is not that of {other!r}")
        yield from _content_faults(path, template)


def _content_faults(path: str, template: MailerTemplateArgs) -> Iterable[Fault]:
    if not any(body in template for body in _BODIES):
        yield Fault(f"{path}.html", "neither html nor text is given", "one of them, or both")
    known = {part: text for part in _PARTS if isinstance(text := template.get(part), str) and is_known(text)}
    size = sum(len(text.encode()) for text in known.values())
    for part, text in known.items():
        if not text.strip():
            yield Fault(f"{path}.{part}", "it is empty", "some text")
        elif part == "subject" and "\n" in text:
            yield Fault(f"{path}.{part}", "it has a line break", "one line")
        elif mistake := _mistake(text):
            yield Fault(f"{path}.{part}", mistake, "tags that are closed, and blocks that end in the order they began")
        elif size > _MOST_BYTES and part == max(known, key=lambda each: len(known[each])):
            yield Fault(f"{path}.{part}", f"the template has {size} bytes", f"up to {_MOST_BYTES}, all parts together")


def _mistake(text: str) -> str:
    """The first tag that Handlebars would not take; empty without one."""
    if "{{" in _TAG.sub("", text):
        return "a tag that begins with {{ has no end"
    blocks: list[str] = []
    for tag in _TAG.finditer(text):
        inner = (tag[1] or tag[2] or "").strip("~ ")
        kind, word = inner[:1], _first_word(inner)
        if kind == "/":
            if not blocks or blocks.pop() != word:
                return f"the block {word!r} ends where it did not begin"
        elif kind == "#" or (kind == "^" and word):
            blocks.append(word)
        elif not inner:
            return "a tag is empty"
    return f"the block {blocks[-1]!r} has no end" if blocks else ""


def _first_word(inner: str) -> str:
    words = inner.lstrip("#/^*> ").split()
    return words[0] if words else ""
