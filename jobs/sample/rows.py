"""One action as a JSON object, before it has an identifier."""

from __future__ import annotations

from typing import Any

from jobs.sample.cast import Cast

Row = dict[str, Any]
"""Keys of the file, and ``planted``, which names the abuse and is taken out before writing."""

CLIENTS, APPS = ("Android", "iOS", "Firefox", "Chrome"), ("app.feed", "app.maps", "web")
CARRIERS = 12


def action(cast: Cast, actor: int, time_ms: int, kind: str, *, on_tablet: bool = False, **more: object) -> Row:
    """Return an action of an account as its own device and network show it; ``more`` adds or replaces keys.

    One of four goes through one of a few carrier addresses, the others through the account's own.
    """
    tablet = int(cast.tablet[actor])
    shared = time_ms % 4 == 0
    return {
        "actor": cast.actor_id(actor),
        "device": cast.device_id(tablet if on_tablet and tablet >= 0 else int(cast.device[actor])),
        "time_ms": time_ms,
        "type": kind,
        "ip": f"198.51.100.{actor % CARRIERS + 1}" if shared else home_address(int(cast.address[actor])),
        "app": APPS[actor % 7 % 3],
        "country": cast.region.country,
        "client": CLIENTS[actor % 4],
        **more,
    }


def home_address(number: int) -> str:
    """Return a private IPv4 address (RFC 1918), one for each number below 2**24."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
