"""The embedded AWS: a Pulumi provider in front of an emulator on this machine."""
