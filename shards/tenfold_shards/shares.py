"""How many buckets each shard should hold: the largest-remainder shares of its weight, in whole numbers throughout."""

from collections.abc import Mapping


def shares(total: int, weights: Mapping[str, int], held: Mapping[str, int]) -> dict[str, int]:
    """Buckets per shard, adding up to `total`.

    Every shard gets the whole part of `total * weight / sum(weights)`; what is left goes, one each, to the largest
    remainders. Among equal remainders the shards that hold more than their whole part come first, as they keep a bucket
    that would move otherwise; then the name decides, so that every machine plans the same.
    """
    whole_weight = sum(weights.values())
    parts = {name: divmod(total * weight, whole_weight) for name, weight in weights.items()}

    def turn(name: str) -> tuple[int, bool, str]:
        part, remainder = parts[name]
        return (-remainder, held.get(name, 0) <= part, name)

    left = total - sum(part for part, _ in parts.values())
    lucky = set(sorted(weights, key=turn)[:left])
    return {name: part + (name in lucky) for name, (part, _) in parts.items()}
