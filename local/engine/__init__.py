"""The Pulumi engine that `./tenfold` runs: `find` gets a CLI, `language_host` runs Python programs for it.

Nothing is imported here: the language host starts with every command and must not pay for the search.
"""
