"""Network and instances: doors are closed unless someone opened them on purpose."""

from collections.abc import Iterable, Iterator

from pulumi_policy import Severity

from .routes import routes_of
from .rule import ADVISORY, Parameter, Settings, Source, resource_rule, stack_rule
from .tokens import (
    DEFAULT_SECURITY_GROUP,
    FLOW_LOG,
    INSTANCE,
    LAUNCH_TEMPLATE,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SECURITY_GROUP_EGRESS_RULE,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
    VPC,
    VPC_ENDPOINT,
    VPC_ENDPOINT_ROUTE_TABLE,
)
from .view import Findings, Referrers, Resource, Stack, Value, attempt, some

_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
# What providers write where a program says nothing.
_SAYS_NOTHING = frozenset({None, "Managed by Pulumi", "Managed by Terraform"})


@resource_rule(
    "sec-imdsv2",
    on=(LAUNCH_TEMPLATE, INSTANCE),
    title="Instances answer metadata requests with a token alone",
    severity=Severity.HIGH,
    remediation='Set metadataOptions.httpTokens to "required" and httpPutResponseHopLimit to 1.',
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-170",
        security_hub="EC2.170",
        checkov=("CKV_AWS_79", "CKV_AWS_341"),
        well_architected="SEC06-BP01",
    ),
    parameters=(
        Parameter(
            "maximumHops",
            1,
            "The greatest hop limit of a token; 2 where containers in a bridge network read it.",
            minimum=1,
            maximum=64,
        ),
    ),
    safe_to_set="httpTokens becomes required, and the hop limit its maximum: AWS's SDKs ask for tokens since 2019.",
)
def metadata_needs_token(resource: Resource, settings: Settings) -> Findings:
    """The instance metadata service asks for a session token (IMDSv2), which does not leave the instance.

    By version 1, one request that an application can be tricked into sends the credentials of its role to anyone.
    """
    endpoint = resource["metadataOptions.httpEndpoint"]
    if not endpoint.unknown and endpoint.text() == "disabled":
        return
    for check in (_token_required(resource), _token_stays(resource, settings.integer("maximumHops"))):
        for finding in attempt(check):
            # An endpoint that may yet be disabled leaves the verdict open.
            endpoint.text()
            yield finding


def _token_required(resource: Resource) -> Findings:
    tokens = resource["metadataOptions.httpTokens"]
    if tokens.text() != "required":
        fix = 'set metadataOptions.httpTokens to "required".'
        yield tokens.violates(allowed='"required"', fix=fix, set_to="required")


def _token_stays(resource: Resource, maximum: int) -> Findings:
    hops = resource["metadataOptions.httpPutResponseHopLimit"]
    if (hops.integer() or 1) > maximum:
        fix = f"set metadataOptions.httpPutResponseHopLimit to {maximum}."
        yield hops.violates(allowed=f"{maximum} or less", fix=fix, set_to=maximum)


@stack_rule(
    "sec-default-sg",
    on=(VPC,),
    title="Default security groups are closed",
    severity=Severity.HIGH,
    remediation="Create a DefaultSecurityGroup for the VPC with neither ingress nor egress.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2",
        security_hub="EC2.2",
        checkov=("CKV2_AWS_12",),
        well_architected="SEC05-BP02",
    ),
)
def default_group_is_closed(vpc: Resource, stack: Stack, _: Settings) -> Findings:
    """The default security group of a VPC allows nothing.

    A resource that is given no group gets this one, which by default lets all its members reach each other.
    """
    groups = stack.referrers(vpc, DEFAULT_SECURITY_GROUP, "vpcId")
    if not some(groups):
        yield vpc["defaultSecurityGroup"].violates(
            found="the group as AWS creates it",
            allowed="a group without rules",
            fix="create a DefaultSecurityGroup with this vpcId and no rules.",
        )
    for group in groups.resources:
        for name in ("ingress", "egress"):
            yield from attempt(_no_rules(group[name]))


def _no_rules(rules: Value) -> Findings:
    if not rules.absent:
        yield rules.violates(
            found=f"{len(rules.items())} rules",
            allowed="none",
            fix=f"remove {rules.path}; give resources a group of their own.",
        )


@resource_rule(
    "sec-sg-open-ingress",
    on=(SECURITY_GROUP, SECURITY_GROUP_INGRESS_RULE, SECURITY_GROUP_RULE),
    title="The internet reaches web ports alone",
    severity=Severity.HIGH,
    remediation="Allow a security group or a known network instead of 0.0.0.0/0, or open ports 80 and 443 alone.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18",
        security_hub="EC2.18",
        checkov=("CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"),
        well_architected="SEC05-BP02",
    ),
    parameters=(Parameter("openPorts", [80, 443], "The ports that the internet may reach."),),
)
def internet_reaches_web_ports(resource: Resource, settings: Settings) -> Findings:
    """A security group opens no port to the internet other than those of the web.

    Everything else is reached by the group of the tier in front of it.
    """
    open_ports = settings.integers("openPorts")
    itself = Value(resource, "", resource.properties)
    if resource.type == SECURITY_GROUP_INGRESS_RULE:
        yield from _closed(itself, [itself["cidrIpv4"], itself["cidrIpv6"]], "ipProtocol", open_ports)
    elif resource.type == SECURITY_GROUP:
        for rule in resource["ingress"].items():
            yield from attempt(_closed(rule, _sources(rule), "protocol", open_ports))
    elif resource["type"].text() == "ingress":
        yield from _closed(itself, _sources(itself), "protocol", open_ports)


def _sources(rule: Value) -> Iterator[Value]:
    for name in ("cidrBlocks", "ipv6CidrBlocks"):
        # A list that is unknown is one unknown source.
        yield from [rule[name]] if rule[name].unknown else rule[name].items()


def _closed(rule: Value, sources: Iterable[Value], protocol: str, open_ports: list[int]) -> Findings:
    for source in sources:
        yield from attempt(_not_anywhere(source, rule, protocol, open_ports))


def _only_open_ports(rule: Value, protocol: str, open_ports: list[int]) -> bool:
    low, high = rule["fromPort"].integer(), rule["toPort"].integer()
    all_traffic = rule[protocol].text() in {"-1", "all"}
    return not all_traffic and low == high and low in open_ports


def _not_anywhere(source: Value, rule: Value, protocol: str, open_ports: list[int]) -> Findings:
    # Either one of them may be unknown while the other one decides.
    if not source.unknown and source.text() not in _ANYWHERE:
        return
    if not _only_open_ports(rule, protocol, open_ports):
        low, high = rule["fromPort"], rule["toPort"]
        ports = f"ports {low.shown()} to {high.shown()}" if not low.absent else "all ports"
        yield source.violates(
            found=f"{source.text()} on {ports}",
            allowed=f"the internet on ports {', '.join(map(str, open_ports))} alone",
            fix="name the security group of the caller in its place.",
        )


@stack_rule(
    "sec-flow-logs",
    on=(VPC,),
    title="VPCs log their flows",
    severity=Severity.MEDIUM,
    remediation="Create a FlowLog with the VPC's id and trafficType REJECT or ALL.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6",
        security_hub="EC2.6",
        checkov=("CKV2_AWS_11",),
        well_architected="SEC04-BP01",
    ),
)
def vpc_logs_flows(vpc: Resource, stack: Stack, _: Settings) -> Findings:
    """A VPC logs at least the traffic that it rejects.

    Without the log nobody can say afterwards who knocked, or why two tiers cannot reach each other.
    """
    if not some(stack.referrers(vpc, FLOW_LOG, "vpcId"), _logs_rejected):
        yield vpc["id"].violates(
            found="no flow log", allowed="a FlowLog of REJECT or ALL", fix="create a FlowLog with this vpcId."
        )


def _logs_rejected(log: Resource) -> bool:
    return log["trafficType"].text() in {"ALL", "REJECT"}


@resource_rule(
    "sec-no-public-ip",
    on=(LAUNCH_TEMPLATE, INSTANCE),
    title="Instances have no public address",
    severity=Severity.HIGH,
    remediation="Remove associatePublicIpAddress; reach instances by a load balancer or by Session Manager.",
    source=Source(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-25",
        security_hub="EC2.25",
        checkov=("CKV_AWS_88",),
        well_architected="SEC05-BP01",
    ),
    level=ADVISORY,
)
def no_public_address(resource: Resource, _: Settings) -> Findings:
    """An instance gets no public address.

    A tier in private subnets has one door, its load balancer.
    """
    addresses = (
        [resource["associatePublicIpAddress"]]
        if resource.type == INSTANCE
        else [interface["associatePublicIpAddress"] for interface in resource["networkInterfaces"].items()]
    )
    for address in addresses:
        yield from attempt(_no_address(address))


def _no_address(address: Value) -> Findings:
    if address.flag():
        yield address.violates(allowed="false", fix=f"remove {address.path} or set it to false.")


@resource_rule(
    "sec-sg-description",
    on=(SECURITY_GROUP, SECURITY_GROUP_INGRESS_RULE, SECURITY_GROUP_EGRESS_RULE, SECURITY_GROUP_RULE),
    title="Security groups say what they are for",
    severity=Severity.LOW,
    remediation="Set the description of each rule: who comes in, and what for. A group's cannot be changed later.",
    source=Source(
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
        checkov=("CKV_AWS_23",),
        well_architected="SEC05-BP02",
    ),
    level=ADVISORY,
)
def group_is_described(resource: Resource, _: Settings) -> Findings:
    """A security group and each of its rules say what they are for.

    Nobody dares to close a door when nobody knows whose it is. A rule's description can be added at any time; to change
    that of a group is to replace it.
    """
    yield from attempt(_described(resource["description"]))
    for name in ("ingress", "egress"):
        yield from attempt(_all_described(resource[name]))


def _all_described(rules: Value) -> Findings:
    for rule in rules.items():
        yield from attempt(_described(rule["description"]))


def _described(description: Value) -> Findings:
    if description.text() in _SAYS_NOTHING:
        yield description.violates(allowed="words of your own", fix=f"set {description.path} to what it is for.")


@stack_rule(
    "sec-vpc-endpoints",
    on=(ROUTE_TABLE,),
    title="Private subnets reach S3 and DynamoDB within AWS",
    severity=Severity.LOW,
    remediation="Create a VpcEndpoint of type Gateway for the service, with the route table among its routeTableIds.",
    source=Source(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html", well_architected="COST08-BP03"
    ),
    level=ADVISORY,
    parameters=(Parameter("services", ["s3", "dynamodb"], "The services; none where another way leads to them."),),
)
def private_traffic_stays_in_aws(table: Resource, stack: Stack, settings: Settings) -> Findings:
    """A route table with a way out by NAT has gateway endpoints for S3 and DynamoDB.

    They cost nothing, while a NAT gateway costs by the gigabyte; and a policy of theirs, or of a bucket, can then say
    that data stays in the network.
    """
    routes = routes_of(table, stack)
    if not any(route["natGatewayId"].given for route in routes.found):
        return
    for service in settings.texts("services"):
        yield from attempt(_reached(table, service, stack))


def _reached(table: Resource, service: str, stack: Stack) -> Findings:
    by_list = stack.referrers(table, VPC_ENDPOINT, "routeTableIds")
    by_association = stack.referrers(table, VPC_ENDPOINT_ROUTE_TABLE, "routeTableId")
    ways = Referrers(by_list.resources + by_association.resources, by_list.doubts + by_association.doubts)
    if not some(ways, lambda way: _leads_to(way, service, stack)):
        yield table["id"].violates(
            found=f"a way to {service} by NAT alone",
            allowed="a gateway endpoint",
            fix=f"create a VpcEndpoint with serviceName com.amazonaws.<region>.{service} and this table among its "
            "routeTableIds.",
        )


def _leads_to(way: Resource, service: str, stack: Stack) -> bool:
    endpoint = way if way.type == VPC_ENDPOINT else stack.links(way["vpcEndpointId"], VPC_ENDPOINT).one()
    return str(endpoint["serviceName"].text()).endswith(f".{service}")
