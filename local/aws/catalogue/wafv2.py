"""WAF: web ACLs, and what they protect."""

from local.aws.catalogue.entry import Naming, Operation, Read, ResourceType, Tagging

_ACL = {"Name": "$name", "Scope": "$scope", "Id": "$id"}

WEB_ACL = ResourceType(
    token="aws:wafv2/webAcl:WebAcl",
    service="wafv2",
    create=Operation(name="create_web_acl"),
    id="Summary.Id",
    read=(Read(name="get_web_acl", params=_ACL, at="merge(WebACL, {LockToken: LockToken, Scope: '$scope'})"),),
    update=(
        Operation(
            name="update_web_acl", params={**_ACL, "LockToken": "$lockToken"}, never=frozenset({"tags"}), whole=True
        ),
    ),
    delete=Operation(name="delete_web_acl", params={**_ACL, "LockToken": "$lockToken"}),
    versioned=True,
    limits={"scope": ("CLOUDFRONT", "REGIONAL")},
    outputs={"arn": "ARN", "capacity": "Capacity", "lockToken": "LockToken"},
    changing=frozenset({"lockToken"}),
    replace_on=frozenset({"name", "scope"}),
    not_returned={"description": "the emulator does not change it"},
    tagging=Tagging(
        tag="tag_resource",
        untag="untag_resource",
        params={"ResourceARN": "$arn"},
        read=Read(name="list_tags_for_resource", params={"ResourceARN": "$arn"}, at="TagInfoForResource.TagList"),
    ),
    naming=Naming(limit=128),
)

WEB_ACL_ASSOCIATION = ResourceType(
    token="aws:wafv2/webAclAssociation:WebAclAssociation",
    service="wafv2",
    create=Operation(name="associate_web_acl"),
    id="$webAclArn,$resourceArn",
    read=(
        Read(
            name="get_web_acl_for_resource",
            params={"ResourceArn": "$resourceArn"},
            at="WebACL.{WebACLArn: ARN, ResourceArn: '$resourceArn'}",
        ),
    ),
    delete=Operation(name="disassociate_web_acl", params={"ResourceArn": "$resourceArn"}),
    alone=frozenset({"resourceArn"}),
)
