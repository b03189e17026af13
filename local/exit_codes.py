"""What the command's exit code tells a script; ``./tenfold --help`` and the README say the same."""

OK = 0
FAILED = 1
"""The engine or a test failed."""
MISTAKE = 2
"""A mistake in the call or in the configuration; also what the argument parser ends with."""
REFUSED = 3
"""The policy pack refused it."""
CANNOT_SET_UP = 4
"""This machine lacks something; also what ``tenfold`` itself ends with."""
INTERRUPTED = 130
"""As a shell says of SIGINT."""
