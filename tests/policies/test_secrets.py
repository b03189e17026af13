"""Rules of secrets, each on programs that it passes and programs that it refuses."""

import base64
import json
from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Case, later, passes, refuses
from tests.policies.sharding import AURORA


def function(**variables: Any) -> None:
    aws.lambda_.Function("work", role="arn:aws:iam::123456789012:role/work", environment={"variables": variables})


def task(**variables: str) -> None:
    environment = [{"name": name, "value": value} for name, value in variables.items()]
    containers = json.dumps([{"name": "web", "image": "web", "environment": environment}])
    aws.ecs.TaskDefinition("web", family="web", container_definitions=containers)


def bare(**properties: Any) -> None:
    aws.lambda_.Function("work", role="arn:aws:iam::123456789012:role/work", **properties)


def containers(environment: list[dict[str, str]] | None) -> None:
    container = {"name": "web", "image": "web"} | ({} if environment is None else {"environment": environment})
    aws.ecs.TaskDefinition("web", family="web", container_definitions=json.dumps([container]))


def template(user_data: Any) -> None:
    aws.ec2.LaunchTemplate("web", user_data=user_data)


def instance(**properties: Any) -> None:
    aws.rds.Instance("orders", instance_class="db.m7g.large", engine="postgres", **properties)


def parameter(name: str = "db-password", kind: Any = "String") -> None:
    aws.ssm.Parameter(name, name=f"/shop/{name}", type=kind, value="x")


ID = "AKIA" + "IOSFODNN7EXAMPLE"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db"
PLAIN = ("a key in plain text", "the ARN of a secret")
SCRIPT = base64.b64encode(f"#!/bin/sh\nexport AWS_ACCESS_KEY_ID={ID}\n".encode()).decode()

CASES = [
    passes("sec-no-keys-in-plain", "names of tables", lambda: function(TABLE="carts")),
    passes("sec-no-keys-in-plain", "no environment", lambda: template("IyEvYmluL3No")),
    passes("sec-no-keys-in-plain", "not known", lambda: function(URL=later("https://shop.example")), left=("work",)),
    refuses(
        "sec-no-keys-in-plain",
        "an access key in a function",
        lambda: function(TABLE="carts", KEY=ID),
        ("work", "environment.variables.KEY", *PLAIN),
    ),
    refuses(
        "sec-no-keys-in-plain",
        "an access key in a container",
        lambda: task(KEY=ID),
        ("web", "containerDefinitions[0].environment[0].value", *PLAIN),
    ),
    refuses(
        "sec-no-keys-in-plain",
        "an access key in a script",
        lambda: template(SCRIPT),
        ("web", "userData", *PLAIN),
    ),
    passes("sec-no-secrets-in-env", "an ARN", lambda: function(DB_SECRET=SECRET_ARN, DB_SECRET_ARN=SECRET_ARN)),
    passes("sec-no-secrets-in-env", "no secrets", lambda: task(TABLE="carts")),
    passes("sec-no-secrets-in-env", "not known", lambda: function(DB_SECRET=later(SECRET_ARN)), left=("work",)),
    refuses(
        "sec-no-secrets-in-env",
        "a password",
        lambda: function(DB_PASSWORD="hunter2"),
        ("work", "environment.variables.DB_PASSWORD", "a secret in plain text", "the ARN of a secret"),
    ),
    refuses(
        "sec-no-secrets-in-env",
        "a key of an API",
        lambda: task(STRIPE_API_KEY="live"),
        ("web", "containerDefinitions[0].environment[0].value", "a secret in plain text", "the ARN of a secret"),
    ),
    passes("sec-rds-secret", "AWS's", lambda: instance(manage_master_user_password=True)),
    passes("sec-rds-secret", "a replica", lambda: instance(replicate_source_db="primary")),
    passes(
        "sec-rds-secret",
        "not known",
        lambda: instance(manage_master_user_password=later(True), password="hunter2"),
        left=("orders",),
    ),
    refuses(
        "sec-rds-secret",
        "a password",
        lambda: instance(password="hunter2"),
        ("orders", "password", "a password", "none"),
    ),
    passes("sec-ssm-secure", "encrypted", lambda: parameter(kind="SecureString")),
    passes("sec-ssm-secure", "no secret", lambda: parameter("table")),
    passes("sec-ssm-secure", "not known", lambda: parameter(kind=later("SecureString")), left=("db-password",)),
    refuses("sec-ssm-secure", "in plain", parameter, ("db-password", "type", '"String"', '"SecureString"')),
    refuses(
        "sec-no-keys-in-plain",
        "an access key in the script of a server",
        lambda: aws.ec2.Instance("web", user_data=f"export AWS_ACCESS_KEY_ID={ID}"),
        ("web", "userData", *PLAIN),
    ),
    refuses(
        "sec-no-keys-in-plain",
        "an access key in the script of a server, in base64",
        lambda: aws.ec2.Instance("web", user_data_base64=SCRIPT),
        ("web", "userDataBase64", *PLAIN),
    ),
    refuses(
        "sec-rds-secret",
        "a cluster's in the program",
        lambda: aws.rds.Cluster("orders", engine="aurora-postgresql", master_password="x"),
        ("orders", "masterPassword", "a password", "none"),
    ),
    refuses(
        "sec-rds-secret",
        "that of documents",
        lambda: aws.docdb.Cluster("documents", master_password="x"),
        ("documents", "masterPassword", "a password", "none"),
    ),
    refuses(
        "sec-rds-secret",
        "a warehouse's",
        lambda: aws.redshift.Cluster("facts", cluster_identifier="facts", node_type="ra3.large", master_password="x"),
        ("facts", "masterPassword", "a password", "none"),
    ),
    passes(
        "sec-rds-secret",
        "a warehouse's that AWS makes",
        lambda: aws.redshift.Cluster(
            "facts", cluster_identifier="facts", node_type="ra3.large", manage_master_password=True
        ),
    ),
    *(
        refuses(
            "sec-no-keys-in-plain",
            title,
            lambda text=text: function(SETTINGS=f"key: {text}, table: carts"),
            ("work", "environment.variables.SETTINGS", *PLAIN),
        )
        for title, text in {
            "a key of a session": "ASIA" + "IOSFODNN7EXAMPLE",
            "a private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
            "a private key of no algorithm": "-----BEGIN " + "PRIVATE KEY-----",
            "a token of GitHub": "gh" + "p_" + "a1B2" * 9,
            "a token of Slack": "xox" + "b-" + "0123456789-abc",
        }.items()
    ),
    refuses(
        "sec-no-keys-in-plain",
        "an access key in a script, in base64 of several lines",
        lambda: template(base64.encodebytes(b"#!/bin/sh\n" * 9 + f"export AWS_ACCESS_KEY_ID={ID}\n".encode()).decode()),
        ("web", "userData", *PLAIN),
    ),
    passes("sec-no-keys-in-plain", "a script that is no text", lambda: template(base64.b64encode(b"\xff").decode())),
    passes("sec-no-keys-in-plain", "no script", lambda: aws.ec2.LaunchTemplate("web")),
    *(
        case(rule, title, program, **left)
        for rule in ("sec-no-keys-in-plain", "sec-no-secrets-in-env")
        for case, title, program, left in (
            (passes, "a function without an environment", bare, {}),
            (passes, "no variables known", lambda: bare(environment={"variables": later({})}), {"left": ("work",)}),
            (passes, "a variable without a name", lambda: containers([{"value": "carts"}]), {}),
            (passes, "a container without an environment", lambda: containers(None), {}),
        )
    ),
    *(
        passes("sec-no-secrets-in-env", title, lambda text=text: function(DB_SECRET=text))
        for title, text in {
            "a path in the parameter store": "/shop/db",
            "a reference of CloudFormation's kind": "{{resolve:secretsmanager:db}}",
            "an address": "https://secrets.example/db",
            "an address in the VPC": "http://vault.internal/db",
            "nothing": "",
        }.items()
    ),
    *(
        refuses(
            "sec-no-secrets-in-env",
            f"{name}, by its name",
            lambda name=name: function(TABLE="carts", **{name: "x"}),
            ("work", f"environment.variables.{name}", "a secret in plain text", "the ARN of a secret"),
        )
        for name in ("dbPassword", "PASSWD", "CLIENT_SECRET", "APIKEY", "PRIVATE_KEY", "ACCESS_TOKEN", "AUTHTOKEN")
    ),
    *(
        passes("sec-rds-secret", title, program, left=(title,))
        for title, program in {
            "cluster": lambda: aws.rds.Cluster(
                "cluster", engine=AURORA, master_password="x", manage_master_user_password=later(True)
            ),
            "documents": lambda: aws.docdb.Cluster(
                "documents", master_password="x", manage_master_user_password=later(True)
            ),
            "warehouse": lambda: aws.redshift.Cluster(
                "warehouse",
                cluster_identifier="facts",
                node_type="ra3.large",
                master_password="x",
                manage_master_password=later(True),
            ),
        }.items()
    ),
    refuses(
        "sec-ssm-secure",
        "a list, whose name has a dash",
        lambda: parameter("api-key", "StringList"),
        ("api-key", "type", '"StringList"', '"SecureString"'),
    ),
    refuses(
        "sec-ssm-secure",
        "named as in the program",
        lambda: aws.ssm.Parameter("token-of-auth_token", type="String", value="x"),
        ("token-of-auth_token", "type", '"String"', '"SecureString"'),
    ),
    passes(
        "sec-ssm-secure",
        "a name that is not known",
        lambda: aws.ssm.Parameter("password", name=later("/shop/table"), type="String", value="x"),
        left=("password",),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_is_the_same_in_a_preview_or_said_to_be_open(case: Case) -> None:
    case.check()
