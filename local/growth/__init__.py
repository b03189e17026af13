"""`./tenfold plan`: what an environment becomes when it has more users, before anything changes."""
