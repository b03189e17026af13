"""X-Ray, on record: which requests are traced, and which traces are looked at together."""

from local.aws.catalogue.entry import Operation, ResourceType

_NO_SERVICE = "the emulator has no X-Ray"

SAMPLING_RULE = ResourceType(
    token="aws:xray/samplingRule:SamplingRule",
    service="xray",
    create=Operation(name="create_sampling_rule", under="SamplingRule"),
    id="$ruleName",
    update=(Operation(name="update_sampling_rule", under="SamplingRuleUpdate"),),
    outputs={"arn": "arn:aws:xray:$region:$account:sampling-rule/$ruleName"},
    replace_on=frozenset({"ruleName", "version"}),
    recorded=_NO_SERVICE,
)

GROUP = ResourceType(
    token="aws:xray/group:Group",
    service="xray",
    create=Operation(name="create_group"),
    id="arn:aws:xray:$region:$account:group/$groupName/$digits",
    update=(Operation(name="update_group"),),
    outputs={"arn": "$id"},
    required=frozenset({"filterExpression"}),
    replace_on=frozenset({"groupName"}),
    recorded=_NO_SERVICE,
    recorded_id="arn:aws:xray:$region:$account:group/$groupName/$digits",
)
