"""The policy pack as the engine runs it: `pulumi preview --policy-pack policies`."""

from pulumi_policy import PolicyPack

from tenfold_policies.pack import policies

PolicyPack(name="tenfold", policies=policies())
