"""Read by gunicorn by itself when it starts in this folder: the server does not say what it is."""

from gunicorn.http import wsgi


class Unnamed(wsgi.Response):
    """An answer without the Server line, which would tell a stranger where to look for faults."""

    def default_headers(self):
        return [line for line in super().default_headers() if not line.startswith("Server:")]


wsgi.Response = Unnamed
