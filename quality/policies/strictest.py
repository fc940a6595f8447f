"""What a territory's laws and its policy ask together: the stricter of both, each number with the rules behind it."""

from __future__ import annotations

from quality.contracts.raw_pings import PRECISE
from quality.policies.jurisdiction import Jurisdiction, Precision, Use
from quality.policies.law import Law, rules_of
from quality.policies.law_rules import AgeRule, ConsentRule, PrecisionRule, Sink, covers


def with_laws(stated: Jurisdiction) -> Jurisdiction:
    """Return a territory in which each number is the stricter of its own and its laws'.

    Laws that are still to come into force count already. Raises ``ValueError`` where nobody states who is a minor, or
    how precise a use of positions may be.
    """
    minor = max([stated.minor_below, *(rule.below for rule in rules_of(stated.laws, AgeRule).values())])
    if not minor:
        raise ValueError("minor_below is stated neither here nor by a law of it")
    uses = {name: _use(use, stated.laws) for name, use in stated.uses.items()}
    return stated.model_copy(update={"minor_below": minor, "uses": uses})


def precision_of(stated: Precision, laws: tuple[Law, ...], sinks: tuple[Sink, ...] = ("use", "release")) -> Precision:
    """Return the finest precision towards the sinks: no finer than stated, and precise under no law."""
    rules = {name: rule for name, rule in rules_of(laws, PrecisionRule).items() if set(rule.sinks) & set(sinks)}
    area = max([stated.min_area_m2, *(rule.area_m2 for rule in rules.values())])
    radius = max([stated.min_radius_m, *(rule.radius_m for rule in rules.values())])
    behind = {name: rule for name, rule in rules.items() if area == rule.area_m2 > 0 or radius == rule.radius_m > 0}
    own = [stated.citation] if area == stated.min_area_m2 > 0 or radius == stated.min_radius_m > 0 else []
    cites = dict.fromkeys([*(rule.cites for rule in behind.values()), *own])
    update = {"min_area_m2": area, "min_radius_m": radius, "citation": "; ".join(cites), "rules": tuple(behind)}
    return stated.model_copy(update=update)


def _use(use: Use, laws: tuple[Law, ...]) -> Use:
    precision = precision_of(use.precision, laws)
    if "pings" in use.datasets and not (precision.min_area_m2 or precision.min_radius_m):
        raise ValueError("a use of pings needs a limit of precision: neither the policy nor a law states one")
    separate = [rule for rule in rules_of(laws, ConsentRule).values() if rule.form == "separate"]
    if any(covers(rule.of, PRECISE) for rule in separate):
        use = use.model_copy(update={"consent": use.consent.model_copy(update={"form": "separate"})})
    return use.model_copy(update={"precision": precision})
