"""Whether a measured table keeps each model that its release declares: one verdict for each, with the mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quality.checks.anonymity.measurement import Measurement, Parameter
from quality.checks.verdict import Measured, Verdict
from quality.releases.privacy_models import DeltaPresence, KAnonymity, KMap, LDiversity, PrivacyModel, TCloseness

_ROOM = 1e-9
"""What sums of floating-point shares may be off by."""

_COARSEN = "Generalize the quasi-identifiers further, or suppress the classes named, and build the release again."
_MIX = "Generalize further, so that classes mix more values of {column}, or ask for less of the model."


def judge_models(measured: Measurement, models: Iterable[PrivacyModel]) -> list[Verdict]:
    """Return one verdict for each of ``models``; what was not measured fails, since nothing proves it.

    Verdicts hold parameters, limits, counts of classes and names of columns, never a value of a row.
    """
    return [_judge(measured, model) for model in models]


def recursive_levels(models: Iterable[PrivacyModel]) -> dict[str, tuple[int, ...]]:
    """Return the l of recursive (c, l)-diversity that ``models`` need measured, by column."""
    found: dict[str, set[int]] = {}
    for model in models:
        if isinstance(model, LDiversity) and model.variant == "recursive":
            found.setdefault(model.column, set()).add(int(model.l))
    return {column: tuple(sorted(levels)) for column, levels in found.items()}


def _judge(measured: Measurement, model: PrivacyModel) -> Verdict:
    if isinstance(model, KAnonymity):
        text = f"Every class of equal quasi-identifiers holds at least {model.k} distinct subjects."
        return _at_least("k_anonymity", measured.find("k"), model.k, text, _COARSEN)
    if isinstance(model, KMap):
        text = f"Every class matches at least {model.k} subjects of the population."
        return _at_least("k_map", measured.find("k_map"), model.k, text, _COARSEN)
    if isinstance(model, LDiversity):
        return _diverse(measured, model)
    if isinstance(model, TCloseness):
        found = measured.find(f"t_{model.distance}", model.column)
        text = f"In every class {model.column} is spread as in the table, to {model.t} by {model.distance} distance."
        passed = found is not None and found.value <= model.t + _ROOM
        return _verdict("t_closeness", passed, text, _MIX.format(column=model.column), [found], {"t": model.t})
    return _present(measured, model)


def _diverse(measured: Measurement, model: LDiversity) -> Verdict:
    check, mend = f"l_diversity_{model.variant}", _MIX.format(column=model.column)
    if model.c is None:
        text = f"Every class has at least {model.l:g} values of {model.column} ({model.variant})."
        return _at_least(check, measured.find(f"l_{model.variant}", model.column), model.l, text, mend)
    found = measured.find("recursive_c", model.column, int(model.l))
    passed = found is not None and found.value < model.c - _ROOM
    text = f"In every class the commonest {model.column} is below {model.c:g} times all from the {model.l:g}th on."
    return _verdict(check, passed, text, mend, [found], {"l": model.l, "c": model.c})


def _present(measured: Measurement, model: DeltaPresence) -> Verdict:
    low, high, repeated = (measured.find(f"presence_{name}") for name in ("min", "max", "repeated"))
    passed = False
    if low is not None and high is not None and repeated is not None:
        passed = low.value >= model.minimum - _ROOM and high.value <= model.maximum + _ROOM and not repeated.value
    text = f"A subject of the population is in the release by a chance of {model.minimum:g} to {model.maximum:g}."
    mend = "Generalize further, or publish a sample, so that being in the release tells less."
    if repeated is not None and repeated.value:
        mend = "People of the population match several classes: publish classes that do not overlap, one row a person."
    limits: Measured = {"minimum": model.minimum, "maximum": model.maximum}
    return _verdict("delta_presence", passed, text, mend, [low, high, repeated], limits)


def _at_least(check: str, found: Parameter | None, limit: float, text: str, mend: str) -> Verdict:
    passed = found is not None and found.value >= limit - _ROOM
    return _verdict(check, passed, text, mend, [found], {"limit": limit})


def _verdict(
    check: str, passed: bool, text: str, mend: str, found: Sequence[Parameter | None], limits: Measured
) -> Verdict:
    measured: Measured = {"column": column} if (column := next((p.column for p in found if p), None)) else {}
    for parameter in found:
        if parameter is None:
            return Verdict(check, False, text, "Measure the release with what this model needs.", limits)
        measured[parameter.name] = parameter.value
    return Verdict(check, passed, text, mend, measured | limits)
