"""A table's arguments as the properties of `aws.dynamodb.Table`.

Maps become lists in the order of their names: programs in other languages give maps in no order.
"""

from collections.abc import Mapping
from typing import Any

from tenfold.table_arguments import (
    TableArgs,
    TableConsistency,
    TableGlobalIndexArgs,
    TableImportCompression,
    TableLocalIndexArgs,
    TableProjection,
    TableStream,
    TableThroughputArgs,
)


def attributes(args: TableArgs) -> list[Any]:
    """The key attributes and their types."""
    return [{"name": name, "type": args["attributes"][name]} for name in sorted(args["attributes"])]


def global_indexes(args: TableArgs) -> list[Any]:
    """The global indexes, each with its own capacity or that of the table."""
    return [
        {
            "name": name,
            "key_schemas": _key_schemas(index),
            **_projection(index),
            **_index_capacity(args, index),
            **throughput(index.get("throughput", {})),
        }
        for name, index in sorted(args.get("global_indexes", {}).items())
    ]


def _key_schemas(index: TableGlobalIndexArgs) -> list[Mapping[str, str]]:
    spread = [index["hash_key"], *index.get("more_hash_keys", [])]
    order = [index["range_key"], *index.get("more_range_keys", [])] if "range_key" in index else []
    return [
        *({"attribute_name": key, "key_type": "HASH"} for key in spread),
        *({"attribute_name": key, "key_type": "RANGE"} for key in order),
    ]


def local_indexes(args: TableArgs) -> list[Any]:
    """The local indexes."""
    return [
        {"name": name, "range_key": index["range_key"], **_projection(index)}
        for name, index in sorted(args.get("local_indexes", {}).items())
    ]


def _projection(index: TableGlobalIndexArgs | TableLocalIndexArgs) -> Mapping[str, Any]:
    projection = index.get("projection", TableProjection.ALL)
    included = {"non_key_attributes": index["included_attributes"]} if "included_attributes" in index else {}
    return {"projection_type": projection.value.upper(), **included}


def _index_capacity(args: TableArgs, index: TableGlobalIndexArgs) -> Mapping[str, int]:
    capacity = index.get("provisioned", args.get("provisioned"))
    if capacity is None:
        return {}
    return {"read_capacity": capacity["read_units"], "write_capacity": capacity["write_units"]}


def throughput(given: TableThroughputArgs) -> dict[str, Any]:
    """The bounds and the warm throughput, of a table or of an index."""
    result: dict[str, Any] = {}
    if "max_read_units" in given or "max_write_units" in given:
        # To AWS -1 is without bounds.
        result["on_demand_throughput"] = {
            "max_read_request_units": given.get("max_read_units", -1),
            "max_write_request_units": given.get("max_write_units", -1),
        }
    if "warm_read_units" in given and "warm_write_units" in given:
        result["warm_throughput"] = {
            "read_units_per_second": given["warm_read_units"],
            "write_units_per_second": given["warm_write_units"],
        }
    return result


def recovery(args: TableArgs) -> Any:
    """For how many days the table can be restored to any second."""
    days = args.get("point_in_time_recovery_days", 35)
    return {"enabled": True, "recovery_period_in_days": days} if days else {"enabled": False}


def stream_of(args: TableArgs) -> TableStream | None:
    """What its stream tells: replicas are fed from one, where they are not written to at once."""
    given = args.get("global_table")
    fed = given is not None and given.get("consistency") is not TableConsistency.STRONG
    return args.get("stream", TableStream.NEW_AND_OLD_IMAGES if fed else None)


def replicas(args: TableArgs, *, protected: bool) -> list[Any] | None:
    """The replicas, kept as the table is."""
    given = args.get("global_table")
    if given is None:
        return None
    return [
        {
            "region_name": region,
            "consistency_mode": given.get("consistency", TableConsistency.EVENTUAL).value.upper(),
            "point_in_time_recovery": args.get("point_in_time_recovery_days", 35) > 0,
            "deletion_protection_enabled": protected,
            "propagate_tags": True,
            **({"kms_key_arn": replica["kms_key_arn"]} if "kms_key_arn" in replica else {}),
        }
        for region, replica in sorted(given["replicas"].items())
    ]


def witness(args: TableArgs) -> Any:
    """The region that votes and holds no data."""
    region = args.get("global_table", {}).get("witness_region")
    return {"region_name": region} if region else None


def source(args: TableArgs) -> dict[str, Any]:
    """What a new table is filled from."""
    given = args.get("source", {})
    if "restored" in given:
        restored = given["restored"]
        when = {"restore_date_time": restored["at"]} if "at" in restored else {"restore_to_latest_time": True}
        return {"restore_source_table_arn": restored["table_arn"], **when}
    if "files" not in given:
        return {}
    files = given["files"]
    place = {
        "bucket": files["bucket"],
        "bucket_owner": files.get("bucket_owner"),
        "key_prefix": files.get("key_prefix"),
    }
    return {
        "import_table": {
            "input_format": files["format"].value.upper(),
            "input_compression_type": files.get("compression", TableImportCompression.NONE).value.upper(),
            "s3_bucket_source": {key: value for key, value in place.items() if value is not None},
        }
    }
