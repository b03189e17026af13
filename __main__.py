"""The platform of the environment that the stack names; its configuration is ``stacks/Pulumi.<stack>.yaml``."""

import pulumi

from stacks import assembly, config

assembly.build(config.load(pulumi.get_stack()))
