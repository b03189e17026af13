"""The platform on this machine: the engine's set-up, the embedded AWS, and the command ``./tenfold``."""
