"""The policy pack as the engine runs it: `pulumi preview --policy-pack policies`."""

from tenfold_policies.analyzer import serve
from tenfold_policies.pack import policies

serve(policies())
