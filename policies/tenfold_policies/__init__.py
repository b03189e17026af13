"""Policies for Pulumi programs on AWS: what would not scale, or not survive the loss of a zone, is refused."""
