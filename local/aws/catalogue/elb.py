"""Elastic Load Balancing: load balancers, target groups, listeners and their rules."""

from typing import Any

from local.aws.catalogue.entry import Naming, Operation, Properties, Read, ResourceType, Tagging

_TAGGING = Tagging(
    tag="add_tags",
    untag="remove_tags",
    params={"ResourceArns": ["$id"]},
    read=Read(name="describe_tags", params={"ResourceArns": ["$id"]}, at="TagDescriptions[0].Tags"),
)
_LOGS = {
    f"{block}.{name}": f"{key}.s3.{name}"
    for block, key in (("accessLogs", "access_logs"), ("connectionLogs", "connection_logs"))
    for name in ("bucket", "prefix", "enabled")
}
_BALANCER = {
    "enableDeletionProtection": "deletion_protection.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableHttp2": "routing.http2.enabled",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
    "clientKeepAlive": "client_keep_alive.seconds",
    "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
    **_LOGS,
}


def _scheme(properties: Properties) -> Properties:
    if not isinstance(properties.get("scheme"), bool):
        return properties
    return {**properties, "scheme": "internal" if properties["scheme"] else "internet-facing"}


def _internal(properties: Properties) -> Properties:
    return {name: value == "internal" if name == "scheme" else value for name, value in properties.items()}


LOAD_BALANCER = ResourceType(
    token="aws:lb/loadBalancer:LoadBalancer",
    service="elbv2",
    create=Operation(
        name="create_load_balancer",
        never=frozenset({"ipamPools", "enablePrefixForIpv6SourceNat"}),
    ),
    id="LoadBalancers[0].LoadBalancerArn",
    read=(
        Read(
            name="describe_load_balancers",
            params={"LoadBalancerArns": ["$id"]},
            at="LoadBalancers[0]",
            also={"Name": "LoadBalancerName", "Subnets": "AvailabilityZones[].SubnetId"},
        ),
        Read(name="describe_load_balancer_attributes", params={"LoadBalancerArn": "$id"}, at="Attributes"),
    ),
    update=(
        Operation(
            name="modify_load_balancer_attributes",
            params={"LoadBalancerArn": "$id"},
            under="Attributes",
            attributes=_BALANCER,
        ),
        Operation(name="set_subnets", params={"LoadBalancerArn": "$id"}, only=frozenset({"subnets", "subnetMappings"})),
        Operation(name="set_security_groups", params={"LoadBalancerArn": "$id"}, only=frozenset({"securityGroups"})),
        Operation(name="set_ip_address_type", params={"LoadBalancerArn": "$id"}, only=frozenset({"ipAddressType"})),
    ),
    delete=Operation(name="delete_load_balancer", params={"LoadBalancerArn": "$id"}),
    ready="State.Code=='active'",
    moved={"internal": "scheme", **{path: path for path in _LOGS}},
    names={"loadBalancerType": "Type"},
    defaults={"loadBalancerType": "application", "internal": False, "enableDeletionProtection": False},
    empty={"accessLogs.enabled": False, "connectionLogs.enabled": False},
    limits={
        "idleTimeout": range(1, 4001),
        "clientKeepAlive": range(60, 604801),
        "desyncMitigationMode": ("monitor", "defensive", "strictest"),
        "xffHeaderProcessingMode": ("append", "preserve", "remove"),
    },
    outputs={
        "arn": "LoadBalancerArn",
        "arnSuffix": "$suffix",
        "dnsName": "DNSName",
        "zoneId": "CanonicalHostedZoneId",
        "vpcId": "VpcId",
        "subnets": "AvailabilityZones[].SubnetId",
        "securityGroups": "SecurityGroups",
        "ipAddressType": "IpAddressType",
    },
    replace_on=frozenset({"name", "internal", "loadBalancerType"}),
    derived=lambda properties: {"suffix": str(properties.get("id", "")).partition(":loadbalancer/")[2]},
    prepare=_scheme,
    restore=_internal,
    tagging=_TAGGING,
    naming=Naming(limit=32),
)

_TARGETS = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "slowStart": "slow_start.duration_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "lambdaMultiValueHeadersEnabled": "lambda.multi_value_headers.enabled",
    "stickinessEnabled": "stickiness.enabled",
    "stickinessType": "stickiness.type",
    "stickinessDuration": "stickiness.lb_cookie.duration_seconds",
    "stickinessAppDuration": "stickiness.app_cookie.duration_seconds",
    "stickinessCookieName": "stickiness.app_cookie.cookie_name",
}
_HEALTH = {
    "healthCheck.enabled": "healthCheckEnabled",
    "healthCheck.path": "healthCheckPath",
    "healthCheck.port": "healthCheckPort",
    "healthCheck.protocol": "healthCheckProtocol",
    "healthCheck.interval": "healthCheckIntervalSeconds",
    "healthCheck.timeout": "healthCheckTimeoutSeconds",
    "healthCheck.healthyThreshold": "healthyThresholdCount",
    "healthCheck.unhealthyThreshold": "unhealthyThresholdCount",
    "healthCheck.matcher": "matcher",
}


def _target_group(properties: Properties) -> Properties:
    result = dict(properties)
    if isinstance(result.get("matcher"), str):
        result["matcher"] = {"httpCode": result["matcher"]}
    if result.get("stickinessType") == "app_cookie" and "stickinessDuration" in result:
        result["stickinessAppDuration"] = result.pop("stickinessDuration")
    if "stickinessType" in result:
        result.setdefault("stickinessEnabled", True)
    return result


def _target_group_back(properties: Properties) -> Properties:
    return {
        name: value.get("httpCode") if name == "matcher" and isinstance(value, dict) else value
        for name, value in properties.items()
    }


TARGET_GROUP = ResourceType(
    token="aws:lb/targetGroup:TargetGroup",
    service="elbv2",
    create=Operation(name="create_target_group"),
    id="TargetGroups[0].TargetGroupArn",
    read=(
        Read(
            name="describe_target_groups",
            params={"TargetGroupArns": ["$id"]},
            at="TargetGroups[0]",
            also={"Name": "TargetGroupName"},
        ),
        Read(name="describe_target_group_attributes", params={"TargetGroupArn": "$id"}, at="Attributes"),
    ),
    update=(
        Operation(name="modify_target_group", params={"TargetGroupArn": "$id"}, only=frozenset(_HEALTH.values())),
        Operation(
            name="modify_target_group_attributes",
            params={"TargetGroupArn": "$id"},
            under="Attributes",
            attributes=_TARGETS,
        ),
    ),
    delete=Operation(name="delete_target_group", params={"TargetGroupArn": "$id"}),
    moved={
        **_HEALTH,
        "stickiness.enabled": "stickinessEnabled",
        "stickiness.type": "stickinessType",
        "stickiness.cookieDuration": "stickinessDuration",
        "stickiness.cookieName": "stickinessCookieName",
    },
    defaults={"targetType": "instance", "deregistrationDelay": 300},
    empty={"stickinessEnabled": False},
    limits={
        "port": range(1, 65536),
        "deregistrationDelay": range(3601),
        "slowStart": range(901),
        "healthCheck.interval": range(5, 301),
        "healthCheck.timeout": range(2, 121),
        "healthCheck.healthyThreshold": range(2, 11),
        "healthCheck.unhealthyThreshold": range(2, 11),
        "stickiness.cookieDuration": range(1, 604801),
        "stickiness.type": ("lb_cookie", "app_cookie", "source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto"),
        "loadBalancingAlgorithmType": ("round_robin", "least_outstanding_requests", "weighted_random"),
    },
    outputs={"arn": "TargetGroupArn", "arnSuffix": "$suffix", "loadBalancerArns": "LoadBalancerArns"},
    replace_on=frozenset({"name", "port", "protocol", "protocolVersion", "vpcId", "targetType", "ipAddressType"}),
    derived=lambda properties: {"suffix": str(properties.get("id", "")).rpartition(":")[2]},
    prepare=_target_group,
    restore=_target_group_back,
    tagging=_TAGGING,
    naming=Naming(limit=32),
)

_ACTIONS = {
    "forward": "ForwardConfig",
    "forward.targetGroups": "TargetGroups",
    "forward.targetGroups.arn": "TargetGroupArn",
    "forward.stickiness": "TargetGroupStickinessConfig",
    "forward.stickiness.duration": "DurationSeconds",
    "redirect": "RedirectConfig",
    "fixedResponse": "FixedResponseConfig",
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
}
_LOST = "of a forward action the emulator keeps one target group, and no weights or stickiness"
_HIDDEN = "AWS never tells a secret"
_UNCHANGED = {"host": "#{host}", "path": "/#{path}", "port": "#{port}", "protocol": "#{protocol}", "query": "#{query}"}


def _action(action: Any) -> Any:
    """A redirect keeps what it does not name, and AWS wants to be told; a single target group AWS names twice."""
    if not isinstance(action, dict):
        return action
    if isinstance(action.get("redirect"), dict):
        return {**action, "redirect": {**_UNCHANGED, **action["redirect"]}}
    forward = action.get("forward")
    groups = forward.get("targetGroups") if isinstance(forward, dict) else None
    if isinstance(groups, list) and len(groups) == 1 and isinstance(groups[0], dict):
        return {"targetGroupArn": groups[0].get("arn"), **action}
    return action


def _actions(properties: Properties, name: str) -> Properties:
    actions = properties.get(name)
    return {**properties, name: [_action(one) for one in actions]} if isinstance(actions, list) else properties


def _listener(properties: Properties) -> Properties:
    result = _actions(properties, "defaultActions")
    if isinstance(result.get("certificates"), str):
        result = {**result, "certificates": [{"certificateArn": result["certificates"]}]}
    return result


def _listener_back(properties: Properties) -> Properties:
    return {
        name: next((one.get("certificateArn") for one in value), None) if name == "certificates" and value else value
        for name, value in properties.items()
    }


LISTENER = ResourceType(
    token="aws:lb/listener:Listener",
    service="elbv2",
    create=Operation(name="create_listener"),
    id="Listeners[0].ListenerArn",
    read=(Read(name="describe_listeners", params={"ListenerArns": ["$id"]}, at="Listeners[0]"),),
    update=(Operation(name="modify_listener", params={"ListenerArn": "$id"}),),
    delete=Operation(name="delete_listener", params={"ListenerArn": "$id"}),
    moved={"certificateArn": "certificates"},
    names={f"defaultActions.{path}": member for path, member in _ACTIONS.items()},
    outputs={"arn": "ListenerArn", "sslPolicy": "SslPolicy", "port": "Port", "protocol": "Protocol"},
    replace_on=frozenset({"loadBalancerArn"}),
    not_returned={"defaultActions.forward": _LOST, "defaultActions.authenticateOidc.clientSecret": _HIDDEN},
    prepare=_listener,
    restore=_listener_back,
    tagging=_TAGGING,
)

_FIELDS = {
    "pathPattern": "path-pattern",
    "hostHeader": "host-header",
    "httpHeader": "http-header",
    "httpRequestMethod": "http-request-method",
    "queryStrings": "query-string",
    "sourceIp": "source-ip",
}


def _condition(condition: Any) -> Any:
    if not isinstance(condition, dict):
        return condition
    result: Properties = dict(condition)
    for name in _FIELDS.keys() & condition.keys():
        result["field"] = _FIELDS[name]
    if isinstance(condition.get("queryStrings"), list):
        result["queryStrings"] = {"values": condition["queryStrings"]}
    return result


def _condition_back(condition: Properties) -> Properties:
    result: Properties = {}
    for name, field in _FIELDS.items():
        found = condition.get(name, condition.get(f"{name.removesuffix('s')}Config"))
        if found and condition.get("field", field) == field:
            result[name] = found["values"] if name == "queryStrings" and isinstance(found, dict) else found
    return result


def _rule(properties: Properties) -> Properties:
    result = _actions(properties, "actions")
    if isinstance(result.get("conditions"), list):
        result = {**result, "conditions": [_condition(one) for one in result["conditions"]]}
    return result


def _rule_back(properties: Properties) -> Properties:
    if not isinstance(properties.get("conditions"), list):
        return properties
    return {**properties, "conditions": [_condition_back(one) for one in properties["conditions"]]}


LISTENER_RULE = ResourceType(
    token="aws:lb/listenerRule:ListenerRule",
    service="elbv2",
    create=Operation(name="create_rule"),
    id="Rules[0].RuleArn",
    read=(
        Read(name="describe_rules", params={"RuleArns": ["$id"]}, at="Rules[0]", also={"ListenerArn": "$listenerArn"}),
    ),
    update=(
        Operation(name="modify_rule", params={"RuleArn": "$id"}),
        Operation(
            name="set_rule_priorities",
            on=frozenset({"priority"}),
            delivers=lambda scope: {"RulePriorities": [{"RuleArn": scope["id"], "Priority": scope["priority"]}]},
        ),
    ),
    delete=Operation(name="delete_rule", params={"RuleArn": "$id"}),
    names={
        **{f"actions.{path}": member for path, member in _ACTIONS.items()},
        **{f"conditions.{name}": f"{name[0].upper()}{name[1:].removesuffix('s')}Config" for name in _FIELDS},
    },
    outputs={"arn": "RuleArn"},
    limits={"priority": range(1, 50001)},
    replace_on=frozenset({"listenerArn"}),
    not_returned={
        "actions.forward": _LOST,
        "actions.authenticateOidc.clientSecret": _HIDDEN,
        "conditions.queryStrings": "the emulator does not keep it",
    },
    prepare=_rule,
    restore=_rule_back,
    tagging=_TAGGING,
)

LISTENER_CERTIFICATE = ResourceType(
    token="aws:lb/listenerCertificate:ListenerCertificate",
    service="elbv2",
    create=Operation(
        name="add_listener_certificates",
        only=frozenset({"listenerArn"}),
        on=frozenset({"certificateArn"}),
        delivers=lambda scope: {"Certificates": [{"CertificateArn": scope["certificateArn"]}]},
    ),
    id="${listenerArn}_${certificateArn}",
    required=frozenset({"listenerArn", "certificateArn"}),
    replace_on=frozenset({"listenerArn", "certificateArn"}),
    recorded="the emulator's listeners have one certificate",
)
