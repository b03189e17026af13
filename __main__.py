"""The stack that is named: an environment, or `global`, which has what an account has once.

Its configuration is ``stacks/Pulumi.<stack>.yaml``.
"""

import pulumi

from stacks import account, assembly, config
from stacks.contract import GLOBAL

stack = pulumi.get_stack()
if stack == GLOBAL:
    account.build(config.parse_global(stack, config.given()))
else:
    assembly.build(config.parse(stack, config.given()))
