"""The best practices of the AWS Well-Architected Framework that rules name: their titles and their pages."""

from collections.abc import Mapping
from typing import Final

_FRAMEWORK = "https://docs.aws.amazon.com/wellarchitected/latest/framework"


def link(practice: str) -> str:
    """A practice in Markdown, with its title and its page."""
    title, page = PRACTICES[practice]
    return f"[{practice} {title}]({_FRAMEWORK}/{page}.html)"


PRACTICES: Final[Mapping[str, tuple[str, str]]] = {
    "COST03-BP02": ("Add organization information to cost and usage", "cost_monitor_usage_org_information"),
    "COST04-BP05": ("Enforce data retention policies", "cost_decomissioning_resources_data_retention"),
    "COST06-BP01": ("Perform cost modeling", "cost_type_size_number_resources_cost_modeling"),
    "COST08-BP02": ("Select components to optimize data transfer cost", "cost_data_transfer_optimized_components"),
    "COST08-BP03": ("Implement services to reduce data transfer costs", "cost_data_transfer_implement_services"),
    "COST09-BP03": ("Supply resources dynamically", "cost_manage_demand_resources_dynamic"),
    "PERF02-BP04": (
        "Configure and right-size compute resources",
        "perf_compute_hardware_configure_and_right_size_compute_resources",
    ),
    "REL03-BP01": ("Choose how to segment your workload", "rel_service_architecture_monolith_soa_microservice"),
    "REL04-BP02": (
        "Implement loosely coupled dependencies",
        "rel_prevent_interaction_failure_loosely_coupled_system",
    ),
    "REL04-BP04": ("Make mutating operations idempotent", "rel_prevent_interaction_failure_idempotent"),
    "REL05-BP03": ("Control and limit retry calls", "rel_mitigate_interaction_failure_limit_retries"),
    "REL05-BP06": ("Make systems stateless where possible", "rel_mitigate_interaction_failure_stateless"),
    "REL06-BP03": ("Send notifications", "rel_monitor_aws_resources_notification_monitor"),
    "REL07-BP01": ("Use automation when obtaining or scaling resources", "rel_adapt_to_changes_autoscale_adapt"),
    "REL08-BP04": (
        "Deploy using immutable infrastructure",
        "rel_tracking_change_management_immutable_infrastructure",
    ),
    "REL09-BP01": (
        "Identify and back up all data that needs to be backed up",
        "rel_backing_up_data_identified_backups_data",
    ),
    "REL09-BP02": ("Secure and encrypt backups", "rel_backing_up_data_secured_backups_data"),
    "REL09-BP03": ("Perform data backup automatically", "rel_backing_up_data_automated_backups_data"),
    "REL10-BP01": ("Deploy the workload to multiple locations", "rel_fault_isolation_multiaz_region_system"),
    "REL11-BP01": (
        "Monitor all components of the workload to detect failures",
        "rel_withstand_component_failures_monitoring_health",
    ),
    "REL11-BP03": ("Automate healing on all layers", "rel_withstand_component_failures_auto_healing_system"),
    "REL11-BP05": (
        "Use static stability to prevent bimodal behavior",
        "rel_withstand_component_failures_static_stability",
    ),
    "SEC02-BP02": ("Use temporary credentials", "sec_identities_unique"),
    "SEC02-BP03": ("Store and use secrets securely", "sec_identities_secrets"),
    "SEC02-BP04": ("Rely on a centralized identity provider", "sec_identities_identity_provider"),
    "SEC03-BP02": ("Grant least privilege access", "sec_permissions_least_privileges"),
    "SEC03-BP07": ("Analyze public and cross-account access", "sec_permissions_analyze_cross_account"),
    "SEC04-BP01": (
        "Configure service and application logging",
        "sec_detect_investigate_events_app_service_logging",
    ),
    "SEC05-BP01": ("Create network layers", "sec_network_protection_create_layers"),
    "SEC05-BP02": ("Control traffic flow within your network layers", "sec_network_protection_layered"),
    "SEC05-BP03": ("Implement inspection-based protection", "sec_network_protection_inspection"),
    "SEC06-BP01": ("Perform vulnerability management", "sec_protect_compute_vulnerability_management"),
    "SEC08-BP01": ("Implement secure key management", "sec_protect_data_rest_key_mgmt"),
    "SEC08-BP02": ("Enforce encryption at rest", "sec_protect_data_rest_encrypt"),
    "SEC09-BP02": ("Enforce encryption in transit", "sec_protect_data_transit_encrypt"),
}
