"""Pulumi components for an AWS platform of one to ten million users."""
