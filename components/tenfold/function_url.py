"""A function's HTTPS address: who may call it, and from which web pages.

See https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html.
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from tenfold.function_arguments import FunctionUrlArgs


def function_url(
    component: pulumi.ComponentResource, url: FunctionUrlArgs, function: aws.lambda_.Function, live: aws.lambda_.Alias
) -> aws.lambda_.FunctionUrl:
    """The address of a function's alias."""
    public = url.get("public", False)
    address = aws.lambda_.FunctionUrl(
        f"{component.pulumi_resource_name}-url",
        function_name=function.name,
        qualifier=live.name,
        authorization_type="NONE" if public else "AWS_IAM",
        invoke_mode="RESPONSE_STREAM" if url.get("streaming", False) else "BUFFERED",
        cors=_cors(url),
        opts=pulumi.ResourceOptions(parent=component),
    )
    if public:
        # A call by the URL needs both, as of October 2025.
        _allow_everybody(component, "url", function, live, "lambda:InvokeFunctionUrl", function_url_auth_type="NONE")
        _allow_everybody(component, "function", function, live, "lambda:InvokeFunction", invoked_via_function_url=True)
    return address


def _cors(url: FunctionUrlArgs) -> Any:
    cors = url.get("cors")
    if cors is None:
        return None
    return {
        "allow_origins": cors["origins"],
        "allow_methods": cors.get("methods", ["*"]),
        "allow_headers": cors.get("headers"),
        "expose_headers": cors.get("exposed_headers"),
        "allow_credentials": cors.get("credentials", False),
        "max_age": cors.get("max_age_seconds", 0),
    }


def _allow_everybody(
    component: pulumi.ComponentResource,
    key: str,
    function: aws.lambda_.Function,
    live: aws.lambda_.Alias,
    action: str,
    **condition: Any,
) -> None:
    aws.lambda_.Permission(
        f"{component.pulumi_resource_name}-url-permission-{key}",
        function=function.name,
        qualifier=live.name,
        action=action,
        principal="*",
        opts=pulumi.ResourceOptions(parent=component),
        **condition,
    )
