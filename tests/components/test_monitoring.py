"""Monitoring: who is told of what and how often, what the dashboard shows, and every refusal."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold import Monitoring, MonitoringArgs, MonitoringServiceKind, MonitoringTier
from tenfold.errors import TenfoldError
from tests.components.building import Built, build, refused
from tests.components.uses import EXAMPLES

GOLDEN = Path(__file__).parent / "golden" / "monitoring.txt"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
WARNING = "arn:aws:sns:us-east-1:123456789012:it-warning-topic"
CRITICAL = "arn:aws:sns:us-east-1:123456789012:it-critical-topic"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
TARGETS = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/943f017f100becff"
OF_TARGETS = {"LoadBalancer": "app/web/50dc6c495c0c9188", "TargetGroup": "targetgroup/web/943f017f100becff"}


def arn(name: str, region: str = "us-east-1") -> str:
    return f"arn:aws:cloudwatch:{region}:123456789012:alarm:{name}"


def web(**args: Any) -> dict[str, Any]:
    return {
        "kind": "web_tier",
        "identifiers": {"load_balancer_arn": BALANCER, "target_group_arn": TARGETS},
        **args,
    }


def queue(**args: Any) -> dict[str, Any]:
    return {"kind": "queue", "alarm_arns": {"age-alarm": arn("age"), "dlq-alarm": arn("dlq")}, **args}


def monitoring(preview: bool = False, **args: Any) -> Built[Monitoring]:
    return build(lambda: Monitoring("it", cast("MonitoringArgs", args)), preview=preview)


def faults(**args: Any) -> dict[str, tuple[str, str]]:
    return refused(lambda: Monitoring("it", cast("MonitoringArgs", args))).faults


def statements(document: str) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in json.loads(document)["Statement"]}


def rules(built: Built[Monitoring]) -> dict[str, str]:
    return {alarm.name.removeprefix("it-service-"): alarm.inputs["alarmRule"] for alarm in built.of(COMPOSITE)}


def widgets(built: Built[Monitoring]) -> list[dict[str, Any]]:
    return json.loads(built["it-dashboard"].inputs["dashboardBody"])["widgets"]


def test_there_are_two_topics_which_other_components_take_as_they_are() -> None:
    built = monitoring()
    assert {topic.name for topic in built.of("aws:sns/topic:Topic")} == {"it-warning-topic", "it-critical-topic"}
    expected = {"topic_arn": WARNING, "critical_topic_arn": CRITICAL}
    assert built.value(built.result.alarms) == expected
    assert built.value(built.result.edge_alarms) == expected
    assert built.value(built.result.topic_arn) == WARNING
    assert built.value(built.result.critical_topic_arn) == CRITICAL


def test_a_topic_takes_what_cloudwatch_publishes_for_this_account_over_tls_and_nothing_else() -> None:
    for severity, topic in (("warning", WARNING), ("critical", CRITICAL)):
        found = statements(monitoring()[f"it-{severity}-topic-policy"].inputs["policy"])
        assert found == {
            "TlsAlone": {
                "Sid": "TlsAlone",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            "Cloudwatch": {
                "Sid": "Cloudwatch",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
            },
        }


def test_topics_are_encrypted_with_a_key_that_cloudwatch_can_use() -> None:
    built = monitoring()
    key = "arn:aws:kms:us-east-1:123456789012:it-key"
    assert built["it-key"].inputs["enableKeyRotation"] is True
    assert built["it-warning-topic"].inputs["kmsMasterKeyId"] == key
    assert built["it-critical-topic"].inputs["kmsMasterKeyId"] == key
    found = statements(built["it-key-policy"].inputs["policy"])
    assert found.keys() == {"Owner", "Cloudwatch"}
    assert found["Owner"]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert found["Cloudwatch"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert found["Cloudwatch"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert found["Cloudwatch"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_a_key_of_ones_own_takes_the_place_of_a_new_one() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    built = monitoring(kms_key_arn=key)
    assert "it-key" not in built
    assert built["it-critical-topic"].inputs["kmsMasterKeyId"] == key


def test_further_services_publish_to_topics_and_use_the_key() -> None:
    built = monitoring(publishers=["events.rds", "events"])
    policy = statements(built["it-warning-topic-policy"].inputs["policy"])
    assert policy["EventsRds"]["Principal"] == {"Service": "events.rds.amazonaws.com"}
    key = statements(built["it-key-policy"].inputs["policy"])
    assert "Condition" in key["EventsRds"]
    # EventBridge's requests to KMS have no source account: a condition on it would lose every event.
    assert "Condition" not in key["Events"]


def test_existing_topics_take_the_place_of_new_ones() -> None:
    built = monitoring(
        alarms={"topic_arn": "arn:aws:sns:us-east-1:123456789012:w", "critical_topic_arn": "arn:aws:sns:us-east-1:1:c"},
        services={"mails": queue()},
        log_groups={"app": {}},
        edge_topics=True,
    )
    assert built.of("aws:sns/topic:Topic") == built.of("aws:kms/key:Key") == []
    assert built["it-service-critical-mails"].inputs["alarmActions"] == ["arn:aws:sns:us-east-1:1:c"]
    assert built["it-log-error-alarm-app"].inputs["alarmActions"] == ["arn:aws:sns:us-east-1:123456789012:w"]


@pytest.mark.parametrize(
    ("group", "protocol", "endpoint"),
    [
        ("emails", "email", "oncall@example.com"),
        ("https", "https", "https://events.example.com/1"),
        ("queues", "sqs", "arn:aws:sqs:us-east-1:123456789012:tickets"),
        ("functions", "lambda", "arn:aws:lambda:us-east-1:123456789012:function:chat"),
    ],
)
def test_a_topic_tells_its_subscribers_and_keeps_what_no_mailbox_got(group: str, protocol: str, endpoint: str) -> None:
    built = monitoring(critical={group: {"one": endpoint}})
    (found,) = built.of("aws:sns/topicSubscription:TopicSubscription")
    assert found.name == f"it-critical-{protocol}-one"
    assert (found.inputs["protocol"], found.inputs["endpoint"]) == (protocol, endpoint)
    assert found.inputs["topic"] == CRITICAL
    if protocol == "email":
        assert "redrivePolicy" not in found.inputs
        assert "it-undelivered" not in built
    else:
        queue_arn = "arn:aws:sqs:us-east-1:123456789012:it-undelivered"
        assert json.loads(found.inputs["redrivePolicy"]) == {"deadLetterTargetArn": queue_arn}
        lets_in = statements(built["it-undelivered-policy"].inputs["policy"])
        assert lets_in["Sendercritical"]["Condition"] == {"ArnEquals": {"aws:SourceArn": CRITICAL}}
        assert built["it-undelivered-alarm"].inputs["dimensions"] == {"QueueName": "it-undelivered-0a1b2c"}
        assert built["it-undelivered-alarm"].inputs["alarmActions"] == [CRITICAL]


def test_a_function_that_is_told_may_be_called_by_the_topic_alone() -> None:
    function = "arn:aws:lambda:us-east-1:123456789012:function:chat"
    permission = monitoring(warning={"functions": {"chat": function}})["it-warning-call-chat"].inputs
    assert permission["principal"] == "sns.amazonaws.com"
    assert (permission["function"], permission["sourceArn"]) == (function, WARNING)


def test_a_service_notifies_once_for_what_is_critical_and_once_for_warnings() -> None:
    built = monitoring(services={"mails": queue()})
    assert rules(built) == {"critical-mails": 'ALARM("age")', "warning-mails": 'ALARM("dlq")'}
    critical, warning = built["it-service-critical-mails"].inputs, built["it-service-warning-mails"].inputs
    assert critical["alarmActions"] == critical["okActions"] == [CRITICAL]
    assert warning["alarmActions"] == warning["okActions"] == [WARNING]
    assert built.value(built.result.composite_alarm_arns) == {
        "mails/critical": "arn:aws:cloudwatch:us-east-1:123456789012:it-service-critical-mails",
        "mails/warning": "arn:aws:cloudwatch:us-east-1:123456789012:it-service-warning-mails",
    }


def test_warnings_are_quiet_while_the_service_is_critical() -> None:
    built = monitoring(services={"mails": queue()})
    assert "actionsSuppressor" not in built["it-service-critical-mails"].inputs
    suppressor = built["it-service-warning-mails"].inputs["actionsSuppressor"]
    assert suppressor["alarm"] == "arn:aws:cloudwatch:us-east-1:123456789012:it-service-critical-mails"
    # Alarms of one fault ring within minutes of each other.
    assert suppressor["waitPeriod"] == suppressor["extensionPeriod"] == 120


def test_services_are_quiet_during_maintenance() -> None:
    built = monitoring(services={"mails": queue()}, maintenance_alarm_arn=arn("maintenance"))
    assert built["it-service-critical-mails"].inputs["actionsSuppressor"]["alarm"] == arn("maintenance")
    quiet = built["it-service-quiet-mails"].inputs
    assert quiet["alarmRule"] == 'ALARM("it-service-critical-mails") OR ALARM("maintenance")'
    assert quiet["alarmActions"] == []
    suppressor = built["it-service-warning-mails"].inputs["actionsSuppressor"]["alarm"]
    assert suppressor == "arn:aws:cloudwatch:us-east-1:123456789012:it-service-quiet-mails"


def test_which_alarms_are_critical_can_be_said() -> None:
    built = monitoring(services={"mails": queue(critical=["dlq-alarm"])})
    assert rules(built) == {"critical-mails": 'ALARM("dlq")', "warning-mails": 'ALARM("age")'}


def test_a_kind_of_alarm_counts_with_any_key_and_any_part() -> None:
    arns = {"nat-port-alarm-us-east-1a": arn("a"), "east/age-alarm": arn("b"), "nat-port-alarmed": arn("c")}
    built = monitoring(services={"main": {"kind": "other", "alarm_arns": arns}})
    assert rules(built) == {"critical-main": 'ALARM("b") OR ALARM("a")', "warning-main": 'ALARM("c")'}


def test_parts_of_a_service_notify_on_their_own() -> None:
    arns = {"east/memory-alarm": arn("e"), "west/memory-alarm": arn("w"), "busy-alarm": arn("b")}
    built = monitoring(services={"orders": {"kind": "shards", "alarm_arns": arns, "parts": ["east"]}})
    assert rules(built) == {
        "critical-orders": 'ALARM("w")',
        "warning-orders": 'ALARM("b")',
        "critical-orders-east": 'ALARM("e")',
        "warning-orders-east": "FALSE",
    }
    assert built.value(built.result.composite_alarm_arns).keys() == {
        *("orders/critical", "orders/warning", "orders/east/critical", "orders/east/warning"),
    }


@pytest.mark.parametrize(
    ("count", "name"),
    [
        pytest.param(101, "a", id="more than a composite alarm watches"),
        pytest.param(60, "a" * 200, id="more characters than a rule has"),
    ],
)
def test_more_alarms_than_a_rule_can_have_are_refused_with_a_way_out(count: int, name: str) -> None:
    arns = {f"z{index}-alarm": arn(f"{name}{index}") for index in range(count)}
    with pytest.raises(TenfoldError, match=rf"services\.all\.alarm_arns: {count} alarms .* name some of its `parts`"):
        monitoring(services={"all": {"kind": "other", "alarm_arns": arns}})


def test_a_hundred_alarms_are_one_notification() -> None:
    arns = {f"z{index}-alarm": arn(f"a{index}") for index in range(100)}
    rule = rules(monitoring(services={"all": {"kind": "other", "alarm_arns": arns}}))["warning-all"]
    assert rule.count("ALARM(") == 100
    assert len(rule) <= 10_240


def test_alarms_of_a_service_that_are_known_later_change_no_resource() -> None:
    later = monitoring(preview=True, services={"mails": queue(), "web": web()})
    assert {each.urn for each in later.resources} == {
        each.urn for each in monitoring(services={"mails": queue(), "web": web()}).resources
    }


def test_alarms_of_cloudfront_notify_topics_of_their_own_region() -> None:
    site = {"kind": "site", "alarm_arns": {"error-alarm": arn("errors")}}
    built = monitoring(services={"pages": site}, edge_topics=True, critical={"emails": {"team": "team@example.com"}})
    edge = "arn:aws:sns:us-east-1:123456789012:it-critical-topic-edge"
    assert built["it-service-critical-pages"].inputs["alarmActions"] == [edge]
    for name in ("service-critical-pages", "critical-topic-edge", "key-edge", "critical-email-edge-team"):
        assert built[f"it-{name}"].inputs["region"] == "us-east-1", name
    assert built.value(built.result.edge_alarms)["critical_topic_arn"] == edge
    assert built.value(built.result.critical_topic_arn) == CRITICAL


def test_alarms_of_another_region_than_the_topics_are_refused() -> None:
    with pytest.raises(
        TenfoldError, match=r"services\.pages\.alarm_arns: alarms of eu-west-1; allowed: those of us-east-1"
    ):
        monitoring(services={"pages": {"kind": "site", "alarm_arns": {"error-alarm": arn("errors", "eu-west-1")}}})


# 0.1 percent may fail; https://sre.google/workbook/alerting-on-slos/, table 5-8, and the speed of 3 over a day.
@pytest.mark.parametrize(
    ("window", "threshold", "seconds", "periods", "short_seconds"),
    [
        ("1h", 1.44, 3600, 1, 300),
        ("6h", 0.6, 21_600, 1, 1800),
        ("1d", 0.3, 86_400, 1, 7200),
        ("3d", 0.1, 86_400, 3, 21_600),
    ],
)
def test_a_web_tiers_error_budget_is_watched_over_two_windows_each(
    window: str, threshold: float, seconds: int, periods: int, short_seconds: int
) -> None:
    built = monitoring(services={"web": web()})
    long, short = built[f"it-burn-alarm-web-{window}"].inputs, built[f"it-burn-alarm-web-{window}-now"].inputs
    assert long["threshold"] == short["threshold"] == threshold
    assert (long["evaluationPeriods"], short["evaluationPeriods"]) == (periods, 1)
    assert {query["metric"]["period"] for query in long["metricQueries"] if "metric" in query} == {seconds}
    assert {query["metric"]["period"] for query in short["metricQueries"] if "metric" in query} == {short_seconds}
    # PutMetricAlarm: seven days at most, and one where a period is shorter than an hour; a period is a day at most.
    assert seconds * periods <= 604_800
    assert seconds <= 86_400
    assert long["alarmActions"] == short["alarmActions"] == []


def test_both_windows_together_notify_by_how_fast_the_budget_goes() -> None:
    def both(window: str) -> str:
        return f'(ALARM("it-burn-alarm-web-{window}") AND ALARM("it-burn-alarm-web-{window}-now"))'

    assert rules(monitoring(services={"web": web()})) == {
        "critical-web": f"{both('1h')} OR {both('6h')}",
        "warning-web": f"{both('1d')} OR {both('3d')}",
    }


def share(queries: list[dict[str, Any]], target: float, balancer: float, requests: float) -> float:
    """What CloudWatch would compute, for the little metric math that there is."""
    (expression,) = [query["expression"] for query in queries if "expression" in query]
    names = {"target": target, "balancer": balancer, "requests": requests}
    functions = {"FILL": lambda value, _: value, "IF": lambda yes, one, other: one if yes else other}
    return eval(expression, {"__builtins__": {}}, {**names, **functions})


def test_failed_requests_are_a_share_of_all_those_without_a_target_included() -> None:
    built = monitoring(services={"web": web()})
    for name in ("it-burn-alarm-web-1h", "it-burn-alarm-web-1h-now"):
        queries = built[name].inputs["metricQueries"]
        assert share(queries, target=7, balancer=3, requests=997) == 1
        assert share(queries, target=0, balancer=500, requests=0) == 100
        of = {query["metric"]["metricName"]: query["metric"]["dimensions"] for query in queries if "metric" in query}
        assert of == {
            "HTTPCode_Target_5XX_Count": OF_TARGETS,
            "RequestCount": OF_TARGETS,
            "HTTPCode_ELB_5XX_Count": {"LoadBalancer": OF_TARGETS["LoadBalancer"]},
        }


def test_one_failed_request_of_a_quiet_night_wakes_nobody() -> None:
    built = monitoring(services={"web": web(objective={"minimum_requests": 50})})
    queries = built["it-burn-alarm-web-1h"].inputs["metricQueries"]
    assert share(queries, target=1, balancer=0, requests=49) == 0
    assert share(queries, target=1, balancer=0, requests=50) == 2


def test_a_tier_that_shares_a_balancer_does_not_answer_for_it() -> None:
    built = monitoring(services={"web": web(objective={"balancer_errors": False})})
    queries = built["it-burn-alarm-web-1h-now"].inputs["metricQueries"]
    assert "HTTPCode_ELB_5XX_Count" not in json.dumps(queries)
    assert share(queries, target=1, balancer=0, requests=100) == 1


def test_another_objective_has_another_budget() -> None:
    built = monitoring(services={"web": web(objective={"availability_percent": 99.95})})
    # 14.4 times 0.05 percent.
    assert built["it-burn-alarm-web-1h"].inputs["threshold"] == 0.72


def test_objectives_can_be_off() -> None:
    built = monitoring(services={"web": web()}, alarms={"off": ["burn-alarm"]})
    assert built.of(ALARM) == built.of(COMPOSITE) == []


def test_a_drop_in_requests_is_a_warning_where_it_is_asked_for() -> None:
    assert "it-traffic-alarm-web" not in monitoring(services={"web": web()})
    built = monitoring(services={"web": web(traffic_anomaly=True)})
    alarm = built["it-traffic-alarm-web"].inputs
    band, requests = alarm["metricQueries"]
    assert alarm["thresholdMetricId"] == band["id"]
    assert band["expression"] == "ANOMALY_DETECTION_BAND(requests, 3)"
    assert requests["id"] == "requests"
    assert requests["metric"]["dimensions"] == OF_TARGETS
    assert alarm["comparisonOperator"] == "LessThanLowerThreshold"
    # Without any request there is no datapoint, which is the worst drop of all.
    assert alarm["treatMissingData"] == "breaching"
    assert "threshold" not in alarm
    assert rules(built)["warning-web"].endswith(' OR ALARM("it-traffic-alarm-web")')


def test_the_dashboard_is_named_by_the_component_and_the_stack() -> None:
    built = monitoring()
    assert built["it-dashboard"].inputs["dashboardName"] == "it-stack"
    assert built.value(built.result.dashboard_name) == "it-stack"
    assert monitoring(dashboard_name="shop")["it-dashboard"].inputs["dashboardName"] == "shop"


def test_a_service_has_a_row_with_its_alarms_and_three_graphs_below_its_tier() -> None:
    board = widgets(monitoring(services={"web": web(alarm_arns={"unhealthy-alarm": arn("u")})}))
    kinds = [(widget["type"], widget["x"], widget["width"]) for widget in board]
    assert kinds == [("alarm", 0, 24), ("text", 0, 24), ("alarm", 0, 6), *(("metric", x, 6) for x in (6, 12, 18))]
    assert board[1]["properties"]["markdown"] == "# Web"
    assert board[2]["properties"]["alarms"] == [arn("u")]
    (row,) = board[3]["properties"]["metrics"]
    assert row[:2] == ["AWS/ApplicationELB", "RequestCount"]
    assert dict(zip(row[2:6:2], row[3:6:2], strict=True)) == OF_TARGETS


IDENTIFIERS: dict[str, dict[str, str]] = {
    "site": {"distribution_id": "E1"},
    "web_tier": {"load_balancer_arn": BALANCER, "target_group_arn": TARGETS},
    "queue": {"queue_name": "jobs", "dlq_name": "jobs-dlq"},
    "pipeline": {"encode": "https://sqs.us-east-1.amazonaws.com/123456789012/encode", "publish": "publish"},
    "function": {"function_name": "resize"},
    "table": {"table_name": "orders"},
    "database": {"cluster": "orders"},
    "shards": {"east": "orders-east", "west": "orders-west"},
    "cache": {"nodes": "pages"},
    "bucket": {"bucket_name": "files"},
    "topic": {"topic_name": "events"},
    "mail": {},
    "transcoder": {"queue_arn": "arn:aws:mediaconvert:us-east-1:123456789012:queues/1"},
    "other": {},
}


@pytest.mark.parametrize(
    ("kind", "identifiers", "dimension"),
    [
        ("site", IDENTIFIERS["site"], ["DistributionId", "E1", "Region", "Global"]),
        ("queue", {"queue_name": "jobs"}, ["QueueName", "jobs"]),
        ("pipeline", IDENTIFIERS["pipeline"], ["QueueName", "encode"]),
        ("function", IDENTIFIERS["function"], ["FunctionName", "resize"]),
        ("table", IDENTIFIERS["table"], ["TableName", "orders"]),
        ("database", IDENTIFIERS["database"], ["DBClusterIdentifier", "orders"]),
        ("database", {"instance": "orders"}, ["DBInstanceIdentifier", "orders"]),
        ("shards", IDENTIFIERS["shards"], ["DBClusterIdentifier", "orders-east"]),
        ("cache", {"serverless": "pages"}, ["clusterId", "pages"]),
        ("bucket", IDENTIFIERS["bucket"], ["BucketName", "files", "FilterId", "all"]),
        ("topic", IDENTIFIERS["topic"], ["TopicName", "events"]),
        ("transcoder", IDENTIFIERS["transcoder"], ["Queue", IDENTIFIERS["transcoder"]["queue_arn"]]),
    ],
)
def test_graphs_are_of_the_service_that_its_identifiers_name(
    kind: str, identifiers: dict[str, str], dimension: list[str]
) -> None:
    board = widgets(monitoring(services={"it": {"kind": kind, "identifiers": identifiers}}))
    graphs = [widget["properties"] for widget in board if widget["type"] == "metric"]
    assert 2 <= len(graphs) <= 3
    first = graphs[0]["metrics"][0]
    assert first[2 : 2 + len(dimension)] == dimension
    assert {graph["region"] for graph in graphs} == {"us-east-1"}


def test_the_nodes_of_a_cache_are_searched_for() -> None:
    board = widgets(monitoring(services={"it": {"kind": "cache", "identifiers": {"nodes": "pages"}}}))
    first = next(widget for widget in board if widget["type"] == "metric")["properties"]["metrics"][0][0]["expression"]
    schema = "{AWS/ElastiCache,CacheClusterId}"
    assert first == f"""SEARCH('{schema} MetricName="EngineCPUUtilization" CacheClusterId=pages', 'Average', 60)"""


def test_tiers_go_from_the_users_inwards_whatever_the_order_of_services() -> None:
    services = {
        "cache": {"kind": "cache"},
        "orders-east": {"kind": "database", "tier": "shards"},
        "pages": {"kind": "site"},
        "web": web(),
        "files": {"kind": "bucket"},
    }
    board = widgets(monitoring(services=services))
    headers = [
        widget["properties"]["markdown"] for widget in board if widget["width"] == 24 and widget["type"] == "text"
    ]
    assert headers == ["# Edge", "# Web", "# Data", "# Cache", "# Shards"]


services = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True),
    st.sampled_from([*MonitoringServiceKind]).flatmap(
        lambda kind: st.fixed_dictionaries(
            {"kind": st.just(kind.value)},
            optional={
                "alarm_arns": st.dictionaries(st.sampled_from(["a-alarm", "b-alarm"]), st.just(arn("a"))),
                "tier": st.sampled_from([tier.value for tier in MonitoringTier]),
            },
        ).map(lambda service: {**service, "identifiers": IDENTIFIERS[kind.value]})
    ),
    max_size=12,
)


@settings(max_examples=10, deadline=None)
@given(services)
def test_every_dashboard_is_as_cloudwatch_wants_it_and_no_widget_hides_another(services: dict[str, Any]) -> None:
    board = widgets(monitoring(services=services))
    assert len(board) <= 500
    taken: set[tuple[int, int]] = set()
    for widget in board:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        taken |= cells
        assert 0 <= widget["x"] <= widget["x"] + widget["width"] <= 24
        assert 1 <= widget["height"] <= 1000
        required = {"alarm": {"alarms", "title"}, "text": {"markdown"}, "metric": {"metrics", "region", "title"}}
        assert required[widget["type"]] <= widget["properties"].keys()
        if widget["type"] == "alarm":
            assert 1 <= len(widget["properties"]["alarms"]) <= 100
        if widget["type"] == "metric":
            assert 1 <= len(widget["properties"]["metrics"]) <= 500
    assert sum(len(widget["properties"].get("metrics", ())) for widget in board) <= 2500
    shown = {widget["properties"].get("title") or widget["properties"]["markdown"][3:] for widget in board}
    assert services.keys() <= shown


def test_a_hundred_services_fit_on_one_dashboard() -> None:
    each = {"kind": "queue", "identifiers": {"queue_name": "jobs"}}
    board = widgets(monitoring(services={f"service-{index}x": each for index in range(100)}))
    assert 400 < len(board) <= 500


def test_a_log_group_is_kept_for_a_month_and_counts_its_errors() -> None:
    built = monitoring(log_groups={"app": {}})
    assert built["it-logs-app"].inputs["retentionInDays"] == 30
    counted = built["it-errors-app"].inputs
    assert counted["pattern"] == '{ ($.level = "ERROR") || ($.level = "CRITICAL") }'
    assert counted["metricTransformation"]["value"] == "1"
    alarm = built["it-log-error-alarm-app"].inputs
    assert alarm["metricName"] == counted["metricTransformation"]["name"] == "it-logs-app-0a1b2c"
    assert alarm["namespace"] == counted["metricTransformation"]["namespace"]
    assert (alarm["threshold"], alarm["period"], alarm["evaluationPeriods"]) == (10, 300, 2)
    assert alarm["alarmActions"] == [WARNING]
    assert built.value(built.result.log_group_names) == {"app": "it-logs-app-0a1b2c"}
    assert built.value(built.result.alarm_arns).keys() == {"log-error-alarm-app"}


def test_a_log_group_can_have_a_key_another_pattern_and_be_critical() -> None:
    group = {"retention_days": 365, "kms_key_arn": "arn:key", "error_pattern": "ERROR", "error_threshold": 0}
    built = monitoring(log_groups={"app": {**group, "critical": True}})
    assert (built["it-logs-app"].inputs["kmsKeyId"], built["it-logs-app"].inputs["retentionInDays"]) == ("arn:key", 365)
    assert built["it-errors-app"].inputs["pattern"] == "ERROR"
    assert built["it-log-error-alarm-app"].inputs["threshold"] == 0
    assert built["it-log-error-alarm-app"].inputs["alarmActions"] == [CRITICAL]


def test_an_existing_log_group_is_counted_and_asked_like_a_new_one() -> None:
    built = monitoring(log_groups={"resize": {"log_group_name": "/aws/lambda/resize"}})
    assert built.of("aws:cloudwatch/logGroup:LogGroup") == []
    assert built["it-errors-resize"].inputs["logGroupName"] == "/aws/lambda/resize"
    assert built["it-query-errors"].inputs["logGroupNames"] == ["/aws/lambda/resize"]


def test_questions_that_are_always_asked_are_saved_with_ones_own() -> None:
    built = monitoring(log_groups={"b": {}, "a": {}}, queries={"logins": "filter path = '/login'", "errors": "mine"})
    queries = built.of("aws:cloudwatch/queryDefinition:QueryDefinition")
    assert {query.inputs["name"] for query in queries} == {
        *("it-stack/errors", "it-stack/slowest-requests", "it-stack/cold-starts", "it-stack/throttles"),
        "it-stack/logins",
    }
    assert all(query.inputs["logGroupNames"] == ["it-logs-a-0a1b2c", "it-logs-b-0a1b2c"] for query in queries)
    assert built["it-query-errors"].inputs["queryString"] == "mine"
    assert monitoring().of("aws:cloudwatch/queryDefinition:QueryDefinition") == []


def test_traces_of_errors_are_a_group_and_sampling_is_x_rays_own_by_default() -> None:
    built = monitoring(traces={})
    assert built["it-traces-errors"].inputs["filterExpression"] == "fault = true OR error = true"
    assert built.of("aws:xray/samplingRule:SamplingRule") == monitoring().of("aws:xray/group:Group") == []


def test_health_checks_need_not_be_traced() -> None:
    rule = monitoring(traces={"sampling": {"health": {"rate": 0, "reservoir_per_second": 0, "url_path": "/health*"}}})
    found = rule["it-sampling-health"].inputs
    assert (found["fixedRate"], found["reservoirSize"], found["urlPath"]) == (0, 0, "/health*")
    assert (found["host"], found["serviceName"], found["httpMethod"], found["priority"]) == ("*", "*", "*", 1000)


def test_a_budget_tells_the_warning_topic_of_the_forecast_and_of_what_was_spent() -> None:
    built = monitoring(budget={"monthly_usd": 1000})
    budget = built["it-budget"].inputs
    assert (budget["limitAmount"], budget["limitUnit"], budget["timeUnit"]) == ("1000.00", "USD", "MONTHLY")
    told = [(each["notificationType"], each["threshold"]) for each in budget["notifications"]]
    assert told == [("FORECASTED", 80), ("ACTUAL", 100)]
    assert all(each["subscriberSnsTopicArns"] == [WARNING] for each in budget["notifications"])
    policy = statements(built["it-warning-topic-policy"].inputs["policy"])
    assert policy["Budgets"]["Principal"] == {"Service": "budgets.amazonaws.com"}
    assert "Budgets" not in statements(built["it-critical-topic-policy"].inputs["policy"])
    assert "Budgets" in statements(built["it-key-policy"].inputs["policy"])


NOBODY = {"emails": {"a b": "x@y.z"}, "https": {"pager": "http://x"}, "queues": {"q": "jobs"}, "functions": {"f": "f"}}


@pytest.mark.parametrize(
    ("args", "paths"),
    [
        ({"services": {"a b": {"kind": "other"}}}, {"services.a b"}),
        ({"services": {f"s{index}x": {"kind": "other"} for index in range(101)}}, {"services"}),
        ({"services": {"web": {"kind": "web_tier"}}}, {"services.web.identifiers"}),
        ({"services": {"q": {"kind": "queue", "identifiers": {"dlq_name": "q"}}}}, {"services.q.identifiers"}),
        ({"services": {"o": {"kind": "other", "identifiers": {"name": "q"}}}}, {"services.o.identifiers"}),
        (
            {"services": {"d": {"kind": "database", "identifiers": {"cluster": "a", "instance": "b"}}}},
            {"services.d.identifiers"},
        ),
        ({"services": {"c": {"kind": "cache", "identifiers": {"node": "a"}}}}, {"services.c.identifiers"}),
        ({"services": {"o": {"kind": "other", "parts": ["a"]}}}, {"services.o.parts"}),
        (
            {"services": {"o": {"kind": "other", "alarm_arns": {}, "parts": ["a b", "c", "c"]}}},
            {"services.o.parts[0]", "services.o.parts[2]"},
        ),
        (
            {"services": {"q": {"kind": "queue", "objective": {}, "traffic_anomaly": True}}},
            {"services.q.objective", "services.q.traffic_anomaly"},
        ),
        (
            {"services": {"web": web(objective={"availability_percent": 94.9, "minimum_requests": -1})}},
            {
                "services.web.objective.availability_percent",
                "services.web.objective.minimum_requests",
            },
        ),
        (
            {"warning": NOBODY},
            {"warning.emails.a b", "warning.https.pager", "warning.queues.q", "warning.functions.f"},
        ),
        ({"critical": {"emails": {"team": "team"}}}, {"critical.emails.team"}),
        ({"publishers": ["events.amazonaws.com", "S3"]}, {"publishers[0]", "publishers[1]"}),
        ({"kms_key_arn": "alias/aws/sns"}, {"kms_key_arn"}),
        ({"alarms": {"critical_topic_arn": CRITICAL}}, {"alarms.critical_topic_arn"}),
        ({"alarms": {"off": ["none"]}}, {"alarms.off[0]"}),
        ({"maintenance_alarm_arn": "maintenance"}, {"maintenance_alarm_arn"}),
        ({"dashboard_name": "a b"}, {"dashboard_name"}),
        ({"log_groups": {"a b": {}}}, {"log_groups.a b"}),
        ({"log_groups": {f"g{index}x": {} for index in range(51)}}, {"log_groups"}),
        (
            {"log_groups": {"a": {"retention_days": 31, "error_threshold": -1}}},
            {"log_groups.a.retention_days", "log_groups.a.error_threshold"},
        ),
        ({"log_groups": {"a": {"log_group_name": "b", "retention_days": 30}}}, {"log_groups.a.log_group_name"}),
        ({"queries": {"a": "b"}}, {"queries"}),
        ({"log_groups": {"a": {}}, "queries": {"a b": "c", "d": ""}}, {"queries.a b", "queries.d"}),
        (
            {"traces": {"sampling": {"a": {"rate": 1.1, "reservoir_per_second": -1, "priority": 0}}}},
            {"traces.sampling.a.rate", "traces.sampling.a.reservoir_per_second", "traces.sampling.a.priority"},
        ),
        ({"traces": {"groups": {"more-than-x-ray-has-room-for": "x"}}}, {"traces.groups.more-than-x-ray-has-room-for"}),
        (
            {"budget": {"monthly_usd": 0, "forecast_percent": 0, "actual_percent": 1001}},
            {"budget.monthly_usd", "budget.forecast_percent", "budget.actual_percent"},
        ),
    ],
)
def test_what_cannot_be_is_refused(args: dict[str, Any], paths: set[str]) -> None:
    assert faults(**args).keys() == paths


def test_a_name_that_aws_cannot_have_is_refused() -> None:
    refusal = refused(lambda: Monitoring("a b", {}))
    assert refusal.faults.keys() == {"name"}


def test_its_children_keep_their_names() -> None:
    built = build(lambda: Monitoring("it", cast("MonitoringArgs", EXAMPLES["Monitoring"].full)))
    assert sorted(resource.urn for resource in built.resources) == GOLDEN.read_text().splitlines()


def test_subscribers_may_be_known_later() -> None:
    built = monitoring(critical={"queues": {"tickets": pulumi.Output.from_input("arn:aws:sqs:us-east-1:1:tickets")}})
    assert built["it-critical-sqs-tickets"].inputs["endpoint"] == "arn:aws:sqs:us-east-1:1:tickets"
