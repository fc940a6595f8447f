"""What consent must be for a purpose to rest on it: who said it how, shown which notice, and for how long it holds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from quality.policies.law_rules import Frozen

ConsentForm = Literal["opt_in", "separate"]


class ConsentTerms(Frozen):
    """``signals`` are the sources that count, all by default; ``notices`` the versions of the notice, any by default.

    A consent ends ``expires_days`` after it was given. ``refused_by`` are signals that refuse it whatever was said
    before, such as ``gpc``, beside those of which the law says so. ``separate``: it must have been given for this
    purpose alone, so a statement without a notice version does not count. ``needs`` are further things that must not be
    refused.
    """

    form: ConsentForm = "opt_in"
    signals: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    expires_days: int | None = Field(default=None, ge=1)
    refused_by: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
