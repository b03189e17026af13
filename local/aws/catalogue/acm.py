"""ACM: certificates, and the wait for one to be issued."""

from local.aws.catalogue.entry import Operation, Properties, Read, ResourceType, Tagging


def _other_names(properties: Properties) -> Properties:
    """AWS counts the domain among the alternative names, whether it is given there or not."""
    names = properties.get("subjectAlternativeNames")
    if not isinstance(names, list):
        return properties
    return {**properties, "subjectAlternativeNames": [name for name in names if name != properties.get("domainName")]}


CERTIFICATE = ResourceType(
    token="aws:acm/certificate:Certificate",
    service="acm",
    create=Operation(
        name="request_certificate",
        only=frozenset(
            {
                "domainName",
                "subjectAlternativeNames",
                "validationMethod",
                "keyAlgorithm",
                "options",
                "tags",
                "certificateAuthorityArn",
            }
        ),
    ),
    id="CertificateArn",
    read=(
        Read(
            name="describe_certificate",
            params={"CertificateArn": "$id"},
            at="Certificate",
            also={
                "ValidationMethod": "DomainValidationOptions[0].ValidationMethod",
                "SubjectAlternativeNames": "SubjectAlternativeNames[?@!='$domain']",
            },
        ),
    ),
    update=(
        Operation(name="update_certificate_options", params={"CertificateArn": "$id"}, only=frozenset({"options"})),
    ),
    delete=Operation(name="delete_certificate", params={"CertificateArn": "$id"}),
    names={
        "options.certificateTransparencyLoggingPreference": "CertificateTransparencyLoggingPreference",
        "options.export": "Export",
    },
    outputs={
        "arn": "CertificateArn",
        "status": "Status",
        "domainName": "DomainName",
        "type": "Type",
        "domainValidationOptions": "DomainValidationOptions[].{DomainName: DomainName, "
        "ResourceRecordName: ResourceRecord.Name, ResourceRecordType: ResourceRecord.Type, "
        "ResourceRecordValue: ResourceRecord.Value}",
    },
    required=frozenset({"domainName"}),
    derived=lambda properties: {"domain": properties.get("domainName", "")},
    prepare=_other_names,
    tagging=Tagging(
        tag="add_tags_to_certificate",
        untag="remove_tags_from_certificate",
        params={"CertificateArn": "$id"},
        read=Read(name="list_tags_for_certificate", params={"CertificateArn": "$id"}, at="Tags"),
    ),
)

CERTIFICATE_VALIDATION = ResourceType(
    token="aws:acm/certificateValidation:CertificateValidation",
    service="acm",
    # It is no thing of AWS's: it stands for the time until the certificate is issued.
    create=Operation(name="describe_certificate", only=frozenset({"certificateArn"})),
    id="$certificateArn",
    read=(Read(name="describe_certificate", params={"CertificateArn": "$certificateArn"}, at="Certificate"),),
    delete=None,
    ready="Status=='ISSUED'",
    outputs={"certificateArn": "CertificateArn"},
    ignored=frozenset({"validationRecordFqdns"}),
)
