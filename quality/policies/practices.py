"""Which practices, as laws ban them and signals refuse them, a use of data is one of."""

from __future__ import annotations

from quality.policies.law_rules import Practice, covers

_BY_USE: dict[Practice, tuple[str, ...]] = {
    "sale": ("sales", "third_party_sharing.payment"),
    "sharing": ("third_party_sharing", "marketing.advertising.third_party"),
    "targeted_advertising": (
        "marketing.advertising.first_party.targeted", "marketing.advertising.third_party.targeted",
        "marketing.advertising.profiling",
    ),
    "profiling": ("personalize", "marketing.advertising.profiling", "analytics.reporting.ad_performance"),
    "tracking": ("marketing.advertising.profiling", "personalize.content.profiling"),
}  # fmt: skip
"""Fideslang's names of uses, each with all below it."""


def practices_of(data_use: str) -> frozenset[Practice]:
    """Return the practices that a use, such as ``marketing.advertising.third_party.targeted``, is."""
    return frozenset(practice for practice, uses in _BY_USE.items() if covers(uses, data_use))
