"""How the name of a file is told: it comes from outsiders, and a terminal obeys some characters."""

from __future__ import annotations

import shlex


def told(name: str) -> str:
    r"""Return the name with what is no letter, digit, sign or space as ``\x1b``; bytes that are no UTF-8 likewise.

    Told twice, a name is as told once, so that it may be told where it is kept and again where it is shown.
    """
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in name)


def typed(path: str) -> str:
    """Return a path as a person types it into a shell (bash): whatever is in it, it means this one path.

    There is no backtick in it: these enclose what is to be typed.
    """
    if path.isprintable() and "`" not in path:
        return shlex.quote(path)
    return "$'" + told(path.replace("\\", "\\\\").replace("'", "\\'")).replace("`", "\\x60") + "'"


def _escaped(sign: str) -> str:
    if "\udc80" <= sign <= "\udcff":  # as what Python takes a byte of a name that is no UTF-8
        return f"\\x{ord(sign) - 0xDC00:02x}"
    if "\x80" <= sign <= "\xff":
        return f"\\u{ord(sign):04x}"
    return sign.encode("unicode_escape").decode()
