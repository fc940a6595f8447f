"""The `alerts` of geoward.yaml: which channel is told what. Secrets are never here, only where they are kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jobs.problem import PROBLEM_KINDS, ProblemKey, ProblemKind

Variable = Annotated[str, Field(pattern=r"^[A-Z_][A-Z0-9_]*$")]
"""An environment variable's name; a secret put here by mistake does not look like one."""

File = Annotated[str, Field(pattern=r"^[^:\n]+$")]
"""A path, absolute or below the home; a URL put here by mistake has a colon."""

Address = Annotated[str, Field(pattern=r"^[^@\s<>,;:\"]+@[^@\s<>,;:\"]+$")]


class _Declared(BaseModel):
    """A part of the configuration that names an unknown field only if it is plainly one: a word that was given a value.

    Anything else may be a misplaced secret.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _only_known_fields(cls, data: Any) -> Any:
        known = {field.alias or name for name, field in cls.model_fields.items()}
        if isinstance(data, dict) and not data.keys() <= known:
            words = sorted(key for key in data.keys() - known if _is_field(key) and data[key] is not None)
            what = ", ".join(words) or "a field"
            raise ValueError(f"has {what}, which is not one of {', '.join(sorted(known))}")
        return data


def _is_field(key: object) -> bool:
    return isinstance(key, str) and re.fullmatch(r"[a-z_]{1,24}", key) is not None


class Webhook(_Declared):
    """A URL to post to, in an environment variable or a file of mode 0600."""

    url_env: Variable | None = None
    url_file: File | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.url_env is None) == (self.url_file is None):
            raise ValueError("name where the URL is kept: url_env or url_file, and not both")
        return self

    @property
    def label(self) -> str:
        """What it is called without a name."""
        return f"webhook:{self.url_env or self.url_file}"

    @property
    def target(self) -> str:
        """Where the URL is kept."""
        return f"the URL in ${self.url_env}" if self.url_env else f"the URL in {self.url_file}"


class Email(_Declared):
    """Whom to write to, and by which server."""

    to: tuple[Address, ...] = Field(min_length=1)
    sender: Address = Field(alias="from")
    host: str = Field("localhost", pattern=r"^[A-Za-z0-9.:-]+$")
    port: int = Field(25, ge=1, le=65535)
    starttls: bool = True
    user_env: Variable | None = None
    password_env: Variable | None = None

    @model_validator(mode="after")
    def _closed_to_others(self) -> Self:
        if not self.starttls and not is_loopback(self.host):
            raise ValueError("starttls may be false only when host is this machine, such as localhost")
        if (self.user_env is None) != (self.password_env is None):
            raise ValueError("user_env and password_env go together")
        return self

    @property
    def label(self) -> str:
        """What it is called without a name: no person's address, since the audit table keeps it."""
        return f"email:{self.host}:{self.port}"

    @property
    def target(self) -> str:
        """To whom and by which server."""
        return f"{', '.join(self.to)} by {self.host}:{self.port}"


class Channel(_Declared):
    """One webhook or one e-mail, and what it is told."""

    name: str = Field("", pattern=r"^[\w.-]{0,40}$")
    webhook: Webhook | None = None
    email: Email | None = None
    kinds: tuple[ProblemKind, ...] = Field(PROBLEM_KINDS, min_length=1)
    regions: tuple[str, ...] | None = Field(None, min_length=1)
    remind_after_hours: float = Field(24, gt=0, le=10_000)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.webhook is None) == (self.email is None):
            raise ValueError("a channel is one webhook or one email")
        return self

    @property
    def way(self) -> Webhook | Email:
        """The webhook or the e-mail."""
        way = self.webhook or self.email
        assert way is not None
        return way

    @property
    def label(self) -> str:
        """The channel's name, by default of what it is; by it alone Geoward remembers what was told."""
        return self.name or self.way.label

    @property
    def remind_after(self) -> timedelta:
        """The age at which a problem is told again."""
        return timedelta(hours=self.remind_after_hours)

    def hears(self, key: ProblemKey) -> bool:
        """Whether this channel is told of such a problem; one of the whole installation concerns every region."""
        return key.kind in self.kinds and (not self.regions or not key.region or key.region in self.regions)


def refuse_unclear(channels: Sequence[Channel], regions: Collection[str]) -> None:
    """Raise ``ValueError`` when two channels have one name, or one names a region that does not exist."""
    labels = [channel.label for channel in channels]
    for place, channel in enumerate(channels):
        if labels.count(channel.label) > 1:
            raise ValueError(f"alerts.{place}: another channel is also called {channel.label}; give each a name")
        if set(channel.regions or ()) - set(regions):
            raise ValueError(f"alerts.{place}.regions: known are {', '.join(sorted(regions))}")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name alone."""
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
