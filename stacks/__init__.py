"""The environments: their typed configuration and the one assembly that they share."""
