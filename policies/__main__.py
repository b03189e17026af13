"""The policy pack as the engine runs it: `pulumi preview --policy-pack policies`."""

# ruff: noqa: E402  the collector is off before the first import
import gc

# Nothing that an import makes is garbage, and looking for it takes a tenth of the start.
gc.disable()

from tenfold_policies.analyzer import serve
from tenfold_policies.pack import policies

serve(policies())
