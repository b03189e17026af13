"""The local platform as its user meets it: up, looked at from outside, broken, changed, taken away.

What must be there is asked of the embedded AWS through boto3, never of the program's own outputs.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Generator
from typing import Any

import psutil
import pytest

from tests.local.checkouts import Checkout
from tests.local.looking import look_ups

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Generator[Checkout]:
    made = Checkout(tmp_path_factory.mktemp("checkout"))
    yield made
    made.run("down", check=False)


@pytest.fixture(scope="module")
def platform(checkout: Checkout) -> Checkout:
    report = checkout.up()
    assert report["ok"]
    assert report["changes"].keys() == {"create"}
    return checkout


def _fetch(url: str, body: bytes | None = None) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
    except (OSError, http.client.HTTPException):  # nobody answered, as while what answers is being replaced
        return 0, None


def _eventually(ask: Callable[[], Any], seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(0.2)
    pytest.fail(f"nothing within {seconds} s")


def _assert_all_there(checkout: Checkout) -> Counter[str]:
    asked, seen = look_ups(checkout.aws), Counter[str]()
    for resource in checkout.state():
        if resource["type"].startswith("aws:"):
            assert asked[resource["type"]]({**resource["outputs"], "id": resource["id"]}), resource["urn"]
            seen[resource["type"]] += 1
    return seen


def _results_table(db: Any) -> str:
    return next(name for name in db.list_tables()["TableNames"] if name.startswith("results-table-"))


def _web(checkout: Checkout) -> str:
    balancers = checkout.aws("elbv2").describe_load_balancers()["LoadBalancers"]
    endpoint = json.loads(checkout.run("env", "--json").stdout)["AWS_ENDPOINT_URL"]
    (web,) = [found["LoadBalancerName"] for found in balancers if found["Scheme"] == "internet-facing"]
    return f"{endpoint}/_alb/{web}"


def test_every_resource_of_the_state_is_in_aws(platform: Checkout) -> None:
    seen = _assert_all_there(platform)
    assert sum(seen.values()) >= 600
    assert seen["aws:ec2/subnet:Subnet"] == 9


def test_every_tier_is_in_three_zones_with_a_way_out_of_its_own(platform: Checkout) -> None:
    ec2 = platform.aws("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "tag:project", "Values": ["tenfold"]}])["Vpcs"]
    here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    subnets = ec2.describe_subnets(Filters=here)["Subnets"]
    assert sorted(Counter(subnet["AvailabilityZone"] for subnet in subnets).values()) == [3, 3, 3]
    zone_of = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in subnets}
    gateways = {
        gateway["NatGatewayId"]: zone_of[gateway["SubnetId"]]
        for gateway in ec2.describe_nat_gateways()["NatGateways"]
        if gateway["VpcId"] == vpc["VpcId"]
    }
    assert len(set(gateways.values())) == 3
    for table in ec2.describe_route_tables(Filters=here)["RouteTables"]:
        for route in table["Routes"]:
            if "NatGatewayId" in route:
                zones = {zone_of[one["SubnetId"]] for one in table["Associations"] if "SubnetId" in one}
                assert zones == {gateways[route["NatGatewayId"]]}
    default = next(
        group
        for group in ec2.describe_security_groups(Filters=here)["SecurityGroups"]
        if group["GroupName"] == "default"
    )
    assert (default["IpPermissions"], default["IpPermissionsEgress"]) == ([], [])


def test_instances_are_reached_from_their_balancer_alone_and_those_of_services_from_the_web_tier(
    platform: Checkout,
) -> None:
    ec2, elb = platform.aws("ec2"), platform.aws("elbv2")
    balancers = {
        each["LoadBalancerName"].rpartition("-alb-")[0]: each for each in elb.describe_load_balancers()["LoadBalancers"]
    }
    assert {name for name, each in balancers.items() if each["Scheme"] == "internal"} == {"forum", "users", "products"}

    def let_in(group: str) -> set[str]:
        rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
        return {
            rule.get("ReferencedGroupInfo", {}).get("GroupId", rule.get("CidrIpv4", ""))
            for rule in rules["SecurityGroupRules"]
            if not rule["IsEgress"]
        }

    tiers: dict[str, str] = {}
    for template in ec2.describe_launch_templates()["LaunchTemplates"]:
        name = template["LaunchTemplateName"].rpartition("-launch-template-")[0]
        (version,) = ec2.describe_launch_template_versions(
            LaunchTemplateId=template["LaunchTemplateId"], Versions=["$Latest"]
        )["LaunchTemplateVersions"]
        data = version["LaunchTemplateData"]
        assert data["MetadataOptions"]["HttpTokens"] == "required"
        own, tiers[name] = data.get("SecurityGroupIds") or data["NetworkInterfaces"][0]["Groups"]
        assert let_in(own) == {*balancers[name]["SecurityGroups"]}
        assert let_in(tiers[name]) == set()
    for name, balancer in balancers.items():
        assert len(balancer["AvailabilityZones"]) == 3
        if name != "web":
            assert {who for group in balancer["SecurityGroups"] for who in let_in(group)} == {tiers["web"]}


def test_queue_and_table_are_safe_by_default(platform: Checkout) -> None:
    sqs, db = platform.aws("sqs"), platform.aws("dynamodb")
    urls = sqs.list_queues()["QueueUrls"]
    settings = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in urls]
    (queue,) = [one for one in settings if ":jobs-queue-" in one["QueueArn"]]
    (dlq,) = [one for one in settings if ":jobs-dlq-" in one["QueueArn"]]
    assert json.loads(queue["RedrivePolicy"]) == {"deadLetterTargetArn": dlq["QueueArn"], "maxReceiveCount": 5}
    assert int(dlq["MessageRetentionPeriod"]) == 14 * 24 * 3600
    for one in (queue, dlq):
        denied = [line for line in json.loads(one["Policy"])["Statement"] if line["Effect"] == "Deny"]
        assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    name = _results_table(db)
    backups = db.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert db.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["AttributeName"] == "expires_at"


def test_a_job_goes_from_the_web_tier_through_the_queue_to_its_result(platform: Checkout) -> None:
    web = _web(platform)
    _eventually(lambda: _fetch(f"{web}/healthz")[0] == 200)
    status, job = _fetch(f"{web}/jobs", b'{"hello": "world"}')
    assert status == 202
    found = _eventually(lambda: [answer for status, answer in [_fetch(web + job["result"])] if status == 200])[0]
    assert (found["job_id"], found["status"]) == (job["job_id"], "done")


def _instances(checkout: Checkout) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(checkout.root) in " ".join(process.info["cmdline"] or []) and "server.py" in process.info["cmdline"][-1]
    ]


def _serves_the_web(process: psutil.Process) -> bool:
    return process.environ().get("SERVICE") == "web"


def test_an_instance_that_dies_is_replaced_and_nobody_misses_it(platform: Checkout) -> None:
    web = _web(platform)
    _eventually(lambda: _fetch(f"{web}/healthz")[0] == 200)
    # Two of each of the four tiers.
    instances = _eventually(lambda: [found for found in [_instances(platform)] if len(found) == 8])[0]
    next(filter(_serves_the_web, instances)).kill()
    _eventually(lambda: [_fetch(f"{web}/healthz")[0] for _ in range(8)] == [200] * 8)


def test_a_second_up_changes_nothing(platform: Checkout) -> None:
    assert platform.up()["changes"].keys() == {"same"}


@pytest.mark.deep
def test_what_was_deleted_or_changed_behind_the_engines_back_comes_back(platform: Checkout) -> None:
    db, sqs, iam = platform.aws("dynamodb"), platform.aws("sqs"), platform.aws("iam")
    table = _results_table(db)
    db.delete_table(TableName=table)
    url = next(url for url in sqs.list_queues()["QueueUrls"] if "/jobs-queue-" in url)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    role = next(role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"].startswith("jobs-worker"))
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    platform.up()
    _assert_all_there(platform)
    settings = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert settings["VisibilityTimeout"] == "180"
    assert platform.up()["changes"].keys() == {"same"}


@pytest.mark.deep
def test_a_changed_configuration_changes_in_place(platform: Checkout) -> None:
    platform.edit("stacks/Pulumi.local.yaml", "min_size: 2, max_size: 6", "min_size: 2, max_size: 9")
    changes = platform.up()["changes"]
    assert changes["update"] >= 1
    assert changes.keys() <= {"update", "same"}
    groups = platform.aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert {group["MaxSize"] for group in groups} == {4, 9}


def test_a_program_that_violates_a_policy_is_refused_before_anything_changes(platform: Checkout) -> None:
    sticky = '"overrides": {"tg": {"stickiness": {"type": "lb_cookie", "enabled": True}}},\n        "min_size"'
    platform.edit("stacks/tiers.py", '"min_size"', sticky)
    result = platform.run("up", "--json", check=False)
    platform.edit("stacks/tiers.py", sticky, '"min_size"')
    assert result.returncode == 3
    refused = {f"sta-no-sticky-sessions: {tier}-tg" for tier in ("web", "forum", "products", "users")}
    assert set(json.loads(result.stdout)["refused"]) == refused
    assert "Fix:" in result.stderr
    elb = platform.aws("elbv2")
    for group in elb.describe_target_groups()["TargetGroups"]:
        found = elb.describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])["Attributes"]
        assert {"Key": "stickiness.enabled", "Value": "false"} in found


def test_a_wrong_configuration_is_refused_with_every_fault_and_registers_nothing(platform: Checkout) -> None:
    platform.edit("stacks/Pulumi.local.yaml", "zones: 3", "zones: 1\n    natt: single")
    result = platform.run("preview", "--json", check=False)
    platform.edit("stacks/Pulumi.local.yaml", "zones: 1\n    natt: single", "zones: 3")
    assert result.returncode == 2
    assert "stacks/Pulumi.local.yaml has 2 faults" in result.stderr
    assert "tenfold:network.zones: 1 is given" in result.stderr
    assert "did you mean nat?" in result.stderr


def test_dev_can_be_previewed_here_without_its_key_makes_nothing_and_its_file_stays(platform: Checkout) -> None:
    before = len(platform.aws("ec2").describe_vpcs()["Vpcs"])
    file = platform.root / "stacks" / "Pulumi.dev.yaml"
    platform.edit(
        "stacks/Pulumi.dev.yaml",
        "config:\n",
        "secretsprovider: awskms://alias/pulumi\nencryptedkey: AQICAHg\nconfig:\n"
        "  aws:defaultTags:\n    tags:\n      owner:\n        secure: v1:only:awskms:opens:this\n",
    )
    written = file.read_text()
    report = json.loads(platform.run("preview", "dev", "--json").stdout)
    assert report["ok"]
    assert report["changes"]["create"] >= 450
    assert len(platform.aws("ec2").describe_vpcs()["Vpcs"]) == before
    assert file.read_text() == written


@pytest.mark.deep
def test_an_aws_that_was_killed_is_built_again(platform: Checkout) -> None:
    pid = json.loads(platform.run("status", "--json").stdout)["pid"]
    os.kill(pid, signal.SIGKILL)
    assert platform.up()["ok"]
    _assert_all_there(platform)


@pytest.mark.deep
def test_an_up_that_was_killed_half_way_leaves_no_orphans(checkout: Checkout) -> None:
    checkout.run("down")
    process = subprocess.Popen(
        [sys.executable, "-m", "local", "up"],
        cwd=checkout.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    journal = checkout.root / ".tenfold" / "emulator" / "journal.jsonl"
    _eventually(lambda: journal.exists() and len(journal.read_text().splitlines()) > 60, seconds=120)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert checkout.aws("ec2").describe_vpcs(Filters=[{"Name": "tag:project", "Values": ["tenfold"]}])["Vpcs"]
    assert checkout.up()["ok"]
    seen = _assert_all_there(checkout)
    ec2, sqs, iam = checkout.aws("ec2"), checkout.aws("sqs"), checkout.aws("iam")
    ours = [{"Name": "tag:project", "Values": ["tenfold"]}]
    assert len(ec2.describe_vpcs(Filters=ours)["Vpcs"]) == 1
    assert len(ec2.describe_addresses(Filters=ours)["Addresses"]) == seen["aws:ec2/eip:Eip"]
    assert len(sqs.list_queues()["QueueUrls"]) == seen["aws:sqs/queue:Queue"]
    assert len(iam.list_roles()["Roles"]) == seen["aws:iam/role:Role"]


def test_down_leaves_nothing(platform: Checkout) -> None:
    report = json.loads(platform.run("down", "--json").stdout)
    assert report["processes"] >= 2
    assert not (platform.root / ".tenfold").exists()
    # Whether somebody answers on its port says nothing: another program may have got it by now.
    assert [
        process.info["cmdline"]
        for process in psutil.process_iter(["cmdline", "status"])
        if str(platform.root) in " ".join(process.info["cmdline"] or [])
    ] == []
    assert json.loads(platform.run("down", "--json").stdout)["pid"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["preview", "production"], "there is no environment 'production'"),
        (["upp"], "No such command 'upp'"),
        (["up", "--jsn"], "No such option: --jsn"),
    ],
)
def test_a_mistake_in_the_call_is_told_in_words(checkout: Checkout, arguments: list[str], said: str) -> None:
    result = checkout.run(*arguments, check=False)
    assert result.returncode == 2
    assert said in " ".join((result.stderr + result.stdout).split())


def test_without_a_running_aws_env_says_how_to_start_it(checkout: Checkout) -> None:
    result = checkout.run("env", check=False)
    assert result.returncode == 1
    assert "./tenfold up" in result.stderr
