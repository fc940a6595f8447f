"""Secrets of channels, read when they are used: an environment variable or a file of mode 0600."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

from jobs.alerts.config import Email, Webhook, is_loopback
from jobs.alerts.failure import ChannelFault


def webhook_url(webhook: Webhook, home: Path) -> str:
    """Return the URL; raise ``ChannelFault`` when it is absent, kept loosely, or would send in the clear."""
    where = f"${webhook.url_env}" if webhook.url_env else str(webhook.url_file)
    url = _variable(webhook.url_env) if webhook.url_env else _file(home / str(webhook.url_file), where)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not url.isascii() or not url.isprintable() or " " in url or "@" in parts.netloc:
        raise ChannelFault(f"What {where} holds is not a URL.", mend="Put the webhook's address there, alone.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ChannelFault(f"The URL in {where} is not https.", mend="Use https; http is for this machine alone.")
    return url


def credentials(email: Email) -> tuple[str, str] | None:
    """Return the user and the password, or None when the server asks for none."""
    if not email.user_env or not email.password_env:
        return None
    return _variable(email.user_env), _variable(email.password_env)


def _variable(name: str) -> str:
    if value := os.environ.get(name, "").strip():
        return value
    raise ChannelFault(f"The environment variable {name} is not set.", mend="Set it where Geoward runs.")


def _file(path: Path, where: str) -> str:
    try:
        mode, text = stat.S_IMODE(path.stat().st_mode), path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ChannelFault(f"The file {where} cannot be read.", mend="Write the URL to it, mode 0600.") from None
    if mode & 0o077:
        raise ChannelFault(f"The file {where} has mode {mode:04o}: others can read it.", mend="Run `chmod 600` on it.")
    return text.strip()
