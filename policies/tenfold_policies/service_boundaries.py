"""Service boundaries: each service has its own data, and none waits for one that waits for it.

*Scaling on AWS (Part 4): > One Million Users* splits the tiers into services and the database by function. A tag says
which service a resource belongs to; what has none belongs to all.
"""

from collections.abc import Iterator

from pulumi_policy import Severity

from .labels import tag
from .reach import BALANCERS, DATABASES, SERVERS, doors, members
from .rule import Parameter, Settings, Source, stack_rule
from .tokens import SECURITY_GROUP
from .view import Findings, Links, Resource, Stack, Undecided, Value, attempt

_BOUNDARIES = "REL03-BP01"
_TAGS = Parameter("serviceTags", ["Service"], "The tags that name a resource's service; the first that it has counts.")


@stack_rule(
    "dec-service-boundaries",
    on=(SECURITY_GROUP,),
    title="Services reach their own databases",
    severity=Severity.HIGH,
    remediation="Ask the service that owns the data, by its interface or a queue, and take the ingress rule away.",
    source=Source(
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/modernization-data-persistence/database-per-service.html",
        well_architected=_BOUNDARIES,
    ),
    parameters=(_TAGS, Parameter("shared", [""], "The services whose databases every other one may reach.")),
)
def databases_by_service(group: Resource, stack: Stack, settings: Settings) -> Findings:
    """A security group with databases lets in servers of its own service alone.

    Two services that write one database can neither be changed, nor scaled, nor restored without each other. The tag
    `Service` on security groups, servers and databases says what belongs together; what has no such tag is let in, and
    a group of databases without it is not judged.
    """
    if not members(group, DATABASES, stack).resources:
        return
    owner = _service(group, stack, settings)
    if owner is None or owner in settings.texts("shared"):
        return
    opened = doors(group, stack)
    for door in opened.found:
        yield from attempt(_own(door.groups, owner, stack, settings))
    for doubt in opened.doubts:
        yield doubt.finding


def _own(sources: Links, owner: str, stack: Stack, settings: Settings) -> Findings:
    for source in sources.resources:
        service = _service(source, stack, settings)
        if service not in (None, owner):
            yield sources.value.violates(
                found=f"{source.name} of service {service}",
                allowed=f"groups of service {owner}",
                fix=f"have {service} ask {owner} by its interface or a queue, and remove this rule.",
            )
    if sources.hidden != 0:
        raise Undecided(sources.value)


@stack_rule(
    "dec-no-service-cycles",
    on=(SECURITY_GROUP,),
    title="Services do not wait for each other in a circle",
    severity=Severity.MEDIUM,
    remediation="Turn one of the calls into an event: the service that is called later reads a queue.",
    source=Source(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_prevent_interaction_failure_loosely_coupled_system.html",
        well_architected="REL04-BP02",
    ),
    parameters=(_TAGS,),
)
def no_cycles(group: Resource, stack: Stack, settings: Settings) -> Findings:
    """Services call each other in one direction.

    In a circle, one that is slow makes all of them slow, itself too, and none can be started before the others. Who
    may reach whom is what security groups say of the services that the tag `Service` names.
    """
    called = _service(group, stack, settings)
    if called is None:
        return
    calls, doubts = stack.once(_calls, settings)
    for caller, door in _callers(group, called, stack, settings):
        circle = _path(calls, called, caller)
        # Said once: on the calls of the first service of the circle.
        if circle and caller == min(circle):
            yield door.violates(
                found=f"a circle of services, {' -> '.join([caller, *circle])}",
                allowed="calls in one direction",
                fix="have one of them leave an event in a queue in place of its call.",
            )
        elif not circle and doubts:
            yield doubts[0].finding


def _callers(group: Resource, called: str, stack: Stack, settings: Settings) -> Iterator[tuple[str, Value]]:
    for door in doors(group, stack).found:
        for source in door.groups.resources:
            caller = _service(source, stack, settings)
            if caller not in (None, called):
                yield caller, door.groups.value  # pyright: ignore[reportReturnType]  None is not in


def _calls(stack: Stack, settings: Settings) -> tuple[dict[str, set[str]], list[Undecided]]:
    """Which service may call which, and the doubts about further calls."""
    calls: dict[str, set[str]] = {}
    doubts: list[Undecided] = []
    for group in stack.of(SECURITY_GROUP):
        try:
            called = _service(group, stack, settings)
            if called is not None:
                for caller, _ in _callers(group, called, stack, settings):
                    calls.setdefault(caller, set()).add(called)
        except Undecided as undecided:
            doubts.append(undecided)
    return calls, doubts


def _path(calls: dict[str, set[str]], start: str, end: str) -> list[str]:
    """The shortest way by calls from one service to another, with both ends; empty where there is none."""
    paths = [[start]]
    seen = {start}
    for path in paths:
        if path[-1] == end:
            return path
        for following in sorted(calls.get(path[-1], set()) - seen):
            seen.add(following)
            paths.append([*path, following])
    return []


def _service(group: Resource, stack: Stack, settings: Settings) -> str | None:
    """The service of a security group: its own tag's, else that of everything in it."""
    names = settings.texts(_TAGS.name)
    if (own := _tagged(group, names)) is not None:
        return own
    held = members(group, {**DATABASES, **SERVERS, **BALANCERS}, stack).resources
    services = {service for each in held if (service := _tagged(each, names)) is not None}
    return services.pop() if len(services) == 1 else None


def _tagged(resource: Resource, names: list[str]) -> str | None:
    return next((found for name in names if (found := tag(resource, name).text()) is not None), None)
