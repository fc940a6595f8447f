"""What stands in a text instead of a finding, by operator."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from quality.policies.redaction import KINDS, OperatorName
from transforms.privacy.identifiers import KeyReader
from transforms.redaction.finding import UNREAD, WHOLE, Finding
from transforms.redaction.plain_text import plain_text

TOKEN_BYTES = 10

TRACE = rf"\[(?:{'|'.join((*KINDS, UNREAD, WHOLE))})\]"
"""Matches what ``placeholder`` leaves in a text, for Java and Python."""

Operator = Callable[[Finding, str], str]
"""Takes a finding and its value, and returns what is written instead."""


class NotOurs(ValueError):
    """A token was changed, is of another case or key, or is none. The message holds nothing of it."""

    def __init__(self) -> None:
        """Say no more than that."""
        super().__init__("This is no value that was encrypted for this case with this key.")


def redact(text: str, findings: Iterable[Finding], operator: Operator) -> str:
    """Return ``text`` with what ``operator`` makes of each finding in its place. Findings must not overlap."""
    parts, at = [], 0
    for one in sorted(findings):
        if one.start < at or one.end > len(text):
            raise ValueError("Findings overlap or are not of this text.")
        parts += [text[at : one.start], operator(one, text[one.start : one.end])]
        at = one.end
    return "".join([*parts, text[at:]])


def drop(finding: Finding, value: str) -> str:
    """Leave nothing."""
    return ""


def mask(finding: Finding, value: str) -> str:
    """Leave a fixed number of signs, so that not even the length tells."""
    return "****"


def placeholder(finding: Finding, value: str) -> str:
    """Leave the kind: ``[EMAIL_ADDRESS]``."""
    return f"[{finding.kind}]"


@dataclass(frozen=True, slots=True)
class Token:
    """Leaves a keyed token: the same value has the same one within a case, and another in another case.

    Values are compared as people read them: without regard to case, blanks and hyphens.
    """

    keys: KeyReader
    case: str

    def __call__(self, finding: Finding, value: str) -> str:
        """Return ``[KIND:token]``, 80 bits of HMAC-SHA256 in hex."""
        read = "".join(sign for sign in plain_text(value).text.casefold() if sign.isalnum() or sign in "@.:/+?=&")
        key = _derived(self.keys, "token", self.case)
        digest = hmac.digest(key, _sized(finding.kind, read), "sha256")
        return f"[{finding.kind}:{digest[:TOKEN_BYTES].hex()}]"


@dataclass(frozen=True, slots=True)
class Encrypt:
    """Leaves the value under AES-SIV (RFC 5297), bound to its kind and case; ``decrypt`` takes it back."""

    keys: KeyReader
    case: str

    def __call__(self, finding: Finding, value: str) -> str:
        """Return ``[KIND:encrypted]``."""
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        box = AESSIV(_derived(self.keys, "encrypt", self.case, size=64))
        sealed = box.encrypt(_bytes(value), [_bytes(finding.kind), _bytes(self.case)])
        return f"[{finding.kind}:{urlsafe_b64encode(sealed).decode().rstrip('=')}]"

    def decrypt(self, token: str) -> str:
        """Return the value of ``[KIND:encrypted]``; raise ``NotOurs`` for anything else."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        kind, _, written = token.removeprefix("[").removesuffix("]").partition(":")
        box = AESSIV(_derived(self.keys, "encrypt", self.case, size=64))
        try:
            sealed = urlsafe_b64decode(written + "=" * (-len(written) % 4))
            if urlsafe_b64encode(sealed).decode().rstrip("=") != written:
                raise NotOurs
            return box.decrypt(sealed, [_bytes(kind), _bytes(self.case)]).decode("utf-8", "surrogatepass")
        except (InvalidTag, ValueError):
            raise NotOurs from None


def operator(name: OperatorName, *, keys: KeyReader | None = None, case: str = "") -> Operator:
    """Return the operator of that name; raise ``ValueError`` for another, or one that lacks key or case."""
    plain: dict[str, Operator] = {"drop": drop, "mask": mask, "placeholder": placeholder}
    if name in plain:
        return plain[name]
    if name not in ("token", "encrypt"):
        raise ValueError("There is no operator of that name.")
    if keys is None or not case:
        raise ValueError(f"Operator {name} needs a key and a case.")
    return Token(keys, case) if name == "token" else Encrypt(keys, case)


def _derived(keys: KeyReader, *scope: str, size: int = 32) -> bytes:
    """Return a key for one use in one case: HKDF-Expand (RFC 5869, section 2.3) of the one that ``keys`` opens."""
    info, made, block = _sized("geoward redaction", *scope), b"", b""
    key = keys.open()
    for counter in range(1, size // hashlib.sha256().digest_size + 1):
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        made += block
    return made


def _sized(*parts: str) -> bytes:
    encoded = [_bytes(part) for part in parts]
    return b"".join(len(part).to_bytes(8, "big") + part for part in encoded)


def _bytes(text: str) -> bytes:
    """Return a text as UTF-8; a lone surrogate, which JSON can hold, is no error."""
    return text.encode("utf-8", "surrogatepass")
