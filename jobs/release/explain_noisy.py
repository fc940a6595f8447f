"""What noisy figures promise and do not, and what each of their knobs costs."""

from __future__ import annotations

from jobs.listings.release_reports import ExplainListing, KnobLesson, ModelLesson, Weakness
from jobs.release.release_lessons import WEAKNESSES
from quality.releases.noisy import NoisyRelease

Told = dict[str, int | float | str]


def explain_noisy(release: NoisyRelease) -> ExplainListing:
    """Return the lesson of differential privacy as it is declared, and of each knob."""
    return ExplainListing(
        release=release.name, version=release.version, models=[_private(release)], knobs=_of_figures(release),
        always=[Weakness(name="inference by learning", how=WEAKNESSES["inference by learning"])],
    )  # fmt: skip


def _private(release: NoisyRelease) -> ModelLesson:
    from transforms.noise.claim import claim_of

    unit = release.unit.per.replace("_", "-")
    parameters: Told = {name: str(value) for name, value in release.loss.model_dump(mode="json").items()}
    return _lesson("differential_privacy", {"unit": unit, **parameters}, claim_of(release).said, (
        "Bun & Steinke, TCC 2016" if release.gaussian else "Dwork & Roth, 2014"
    ), {
        "many units": f"The loss is of one {unit}; a person has {release.lifetime.units:,}, whose losses add up.",
        "what exceeds the bounds": "Rows beyond `bounds` are dropped: figures are too small, but nothing leaks.",
    })  # fmt: skip


def _lesson(model: str, parameters: Told, promises: str, source: str, not_against: dict[str, str]) -> ModelLesson:
    weak = [Weakness(name=name, how=how) for name, how in not_against.items()]
    return ModelLesson(
        model=model, column=None, parameters=parameters, promises=promises, source=source, not_against=weak
    )


def _of_figures(release: NoisyRelease) -> list[KnobLesson]:
    bounds = release.bounds
    return [
        _knob("loss", str(release.loss.main), "What one unit may lose by a build.", "Less is more noise."),
        _knob("unit.per", release.unit.per, "Says whose presence is hidden.", "A user needs more noise than a day."),
        _knob(
            "bounds", f"l0 {bounds.l0}, linf {bounds.linf}", "Says what one unit may count for.",
            "High bounds are more noise; low ones drop more rows.",
        ),
        _knob(
            "partitions", release.partitions.are, "Says whether the set of partitions is known without the data.",
            "A public set is published with its zeros; a private choice costs a share of the loss and a delta.",
        ),
        _knob(
            "threshold", "none" if release.threshold is None else f"{release.threshold.at_least:g}",
            "Leaves out partitions of small noisy figures.", "They are missing; it costs no loss.",
        ),
        _knob("changed_input", release.changed_input, "Whether changed data may be released.", "A new loss."),
    ]  # fmt: skip


def _knob(knob: str, value: str, does: str, costs: str) -> KnobLesson:
    return KnobLesson(knob=knob, value=value, does=does, costs=costs, source="docs/noisy-figures.md")
