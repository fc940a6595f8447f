"""Problems, configured homes, and a real mail server on loopback."""

from __future__ import annotations

from datetime import date

import pytest

from jobs.home import open_home
from jobs.problem import Problem

REGIONS = "regions:\n  eu: {root: w/eu, jurisdiction: eu}\n  us: {root: w/us, jurisdiction: us}\n"


@pytest.fixture
def problem():
    """Make a problem: of failed clean.pings in eu, unless said otherwise."""

    def problem(kind="failed", region="eu", table="clean.pings", day=date(2026, 6, 1), **text):
        return Problem(kind, region, table, day, **{"what": "3 runs failed.", "mend": "Run `geoward run`.", **text})

    return problem


@pytest.fixture
def with_alerts(tmp_path):
    """Open a home whose geoward.yaml has these lines below ``alerts``."""

    def with_alerts(*lines):
        folder = tmp_path / "home"
        folder.mkdir(exist_ok=True)
        text = "alerts:\n" + "".join(f"  {line}\n" for line in lines) if lines else ""
        (folder / "geoward.yaml").write_text(REGIONS + text)
        return open_home(folder)

    return with_alerts


@pytest.fixture
def hooked(with_alerts, hook, monkeypatch):
    """A home with one channel, whose URL is that of the HTTP server."""
    monkeypatch.setenv("GEOWARD_ALERT_URL", hook.url)
    return with_alerts("- webhook: {url_env: GEOWARD_ALERT_URL}")


@pytest.fixture(scope="session")
def authority():
    """A certificate authority of one's own."""
    import trustme

    return trustme.CA()


@pytest.fixture
def server_tls(authority):
    """A server's TLS context for loopback."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """Trust that authority, as an operator would."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


class Mailbox:
    """What a mail server got; it refuses the addresses in ``refuses``, and every message if told."""

    def __init__(self):
        self.received, self.logins, self.refuses, self.after_data = [], [], (), "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return f"550 {address} planted-answer"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        from email import message_from_bytes, policy

        if self.after_data.startswith("250"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.received.append((message, session.ssl is not None, tuple(envelope.rcpt_tos)))
        return self.after_data

    def login(self, server, session, envelope, mechanism, data):
        from aiosmtpd.smtp import AuthResult

        self.logins.append((data.login.decode(), data.password.decode(), session.ssl is not None))
        return AuthResult(success=data.password == b"planted-password", handled=False)


@pytest.fixture
def start_mail():
    """Start a real SMTP server; return its mailbox, whose ``port`` it listens on."""
    import socket

    from aiosmtpd.controller import Controller

    running = []

    def start_mail(**options):
        box = Mailbox()
        if options.pop("login", False):
            options |= {"authenticator": box.login, "auth_required": True}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            box.port = free.getsockname()[1]
        server = Controller(box, hostname="127.0.0.1", port=box.port, **options)
        server.start()
        running.append(server)
        return box

    yield start_mail
    for server in running:
        server.stop()
