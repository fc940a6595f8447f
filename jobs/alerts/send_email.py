"""Send a message by e-mail."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from jobs.alerts.config import Email


def send_email(email: Email, message: EmailMessage, *, login: tuple[str, str] | None, timeout: float) -> int:
    """Hand a message to the server; return how many addresses it refused. Raises what ``smtplib`` raises."""
    server = smtplib.SMTP(email.host, email.port, timeout=timeout)
    try:
        if email.starttls:
            server.starttls(context=ssl.create_default_context())
        if login:
            server.login(*login)
        refused = len(server.send_message(message))
        with suppress(smtplib.SMTPException, OSError):  # it has the message: how it takes leave changes nothing
            server.quit()
        return refused
    finally:
        server.close()


def write_email(email: Email, subject: str, body: str, *, message_id: str, at: datetime) -> EmailMessage:
    """Return the message with its headers."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = email.sender
    message["To"] = ", ".join(email.to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}@{email.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
    message.set_content(body)
    return message
