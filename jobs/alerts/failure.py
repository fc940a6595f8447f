"""Why a channel could not be told, in a sentence that holds neither an address nor an answer's text."""

from __future__ import annotations

import http.client
import smtplib
import socket
import ssl
import urllib.error

from jobs.explain_failure import kind_of
from quality.contracts.errors import GeowardError


class ChannelFault(GeowardError):
    """A channel cannot be used; the message names where its secret is kept, never the secret."""


_SENTENCES: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "It did not answer in time; it may have the message."),
    (socket.gaierror, "Its host's name is not known here. Check the address and this machine's DNS."),
    (ssl.SSLCertVerificationError, "Its certificate is not trusted here. A private one is trusted by SSL_CERT_FILE."),
    (ssl.SSLError, "A secure connection could not be made."),
    (smtplib.SMTPAuthenticationError, "The mail server refused the user or the password."),
    (smtplib.SMTPNotSupportedError, "The mail server does not offer what is asked: STARTTLS, or AUTH with a password."),
    (smtplib.SMTPRecipientsRefused, "The mail server refused every address in `to`."),
    (smtplib.SMTPSenderRefused, "The mail server refused the address in `from`."),
    (smtplib.SMTPServerDisconnected, "It closed the connection early; it may have the message."),
    (smtplib.SMTPException, "The mail server refused the message."),
    (ConnectionRefusedError, "Nothing listens there. Is the server up, and the port right?"),
    (ConnectionError, "It closed the connection early; it may have the message."),
    (http.client.HTTPException, "It did not answer in HTTP; it may have the message."),
    (OSError, "It cannot be reached."),
)
"""The first that fits is said, so that a kind of error stands before what it is a kind of."""


def why(error: BaseException) -> str:
    """Return the sentence for an error; the error's own text may hold an address, so it is never repeated."""
    if isinstance(error, GeowardError):
        return str(error)
    if isinstance(error, urllib.error.HTTPError):
        return _answer(error.code)
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, BaseException):
        return why(error.reason)
    if isinstance(error.__context__, TimeoutError):  # smtplib calls silence a disconnection
        return why(error.__context__)
    known = (sentence for kind, sentence in _SENTENCES if isinstance(error, kind))
    return next(known, f"This failed unexpectedly with {kind_of(error)}.")


def _answer(code: int) -> str:
    if 300 <= code < 400:
        return f"It answered {code}, a redirect, which is not followed. Set the address that it leads to."
    if code in {401, 403, 404, 410}:
        return f"It answered {code}. The address is no longer valid; make a new one."
    return f"It answered {code}."
