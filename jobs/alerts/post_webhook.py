"""Post a message to a webhook, by the standard library: urllib3, and so requests, logs a URL's path at DEBUG."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from typing import IO, Any
from urllib.parse import urlsplit

from jobs.alerts.config import is_loopback


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other that is not 2xx: the body goes to the declared address alone."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        """Return no request to follow with."""


def post_webhook(url: str, body: bytes, *, message_id: str, timeout: float) -> None:
    """Post JSON; return when the answer is 2xx, else raise what ``urllib`` raises."""
    request = urllib.request.Request(
        url, body, {"Content-Type": "application/json", "Idempotency-Key": message_id, "User-Agent": "geoward"}
    )
    try:
        _opener(url).open(request, timeout=timeout).close()  # the answer's text says nothing that its code does not
    except urllib.error.HTTPError as answer:
        answer.close()
        raise


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Return what sends; a proxy of the environment is used for other machines, never for this one."""
    secure = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    if is_loopback(urlsplit(url).hostname or ""):
        return urllib.request.build_opener(_NoRedirect, secure, urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(_NoRedirect, secure)
