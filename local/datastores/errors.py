"""What can go wrong with a server."""


class ServerError(Exception):
    """A server cannot be started; the message says why and shows the end of its log."""
