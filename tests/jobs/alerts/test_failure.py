from __future__ import annotations

import smtplib
import socket
import ssl
import urllib.error

import pytest

from jobs.alerts.failure import ChannelFault, why

PLANTED = "https://hooks.example.org/planted"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(ChannelFault("A is not set.", mend="Set it."), "A is not set. Set it.", id="ours"),
        pytest.param(urllib.error.URLError(TimeoutError(PLANTED)), "It did not answer in time", id="wrapped"),
        pytest.param(urllib.error.URLError(PLANTED), "It cannot be reached.", id="wrapped-text"),
        pytest.param(socket.gaierror(-2, PLANTED), "host's name is not known", id="name"),
        pytest.param(ssl.SSLError(1, PLANTED), "secure connection could not be made", id="tls"),
        pytest.param(smtplib.SMTPServerDisconnected(PLANTED), "closed the connection early", id="mail-disconnects"),
        pytest.param(smtplib.SMTPDataError(554, PLANTED.encode()), "refused the message", id="mail-refuses"),
        pytest.param(ConnectionResetError(PLANTED), "closed the connection early", id="reset"),
        pytest.param(OSError(101, PLANTED), "It cannot be reached.", id="network"),
        pytest.param(ValueError(PLANTED), "failed unexpectedly with ValueError.", id="anything-else"),
    ],
)
def test_a_failure_is_a_sentence_without_the_errors_own_text(error, said):
    assert said in why(error)
    assert "planted" not in why(error)


@pytest.mark.parametrize(
    ("code", "said"),
    [(302, "a redirect, which is not followed"), (403, "no longer valid"), (410, "no longer valid"), (503, "503.")],
)
def test_an_answer_is_told_by_its_code(code, said):
    assert said in why(urllib.error.HTTPError(PLANTED, code, PLANTED, None, None))
    assert "planted" not in why(urllib.error.HTTPError(PLANTED, code, PLANTED, None, None))
