"""What a release of places or of noisy figures promises and does not, and what each of its knobs costs."""

from __future__ import annotations

from jobs.listings.release_reports import ExplainListing, KnobLesson, ModelLesson, Weakness
from jobs.release.release_lessons import ALWAYS, WEAKNESSES
from quality.releases.noisy import NoisyRelease
from quality.releases.places import PlacesRelease

Told = dict[str, int | float | str]


def explain_other(release: PlacesRelease | NoisyRelease) -> ExplainListing:
    """Return the lesson of what holds and of each knob."""
    of_places = isinstance(release, PlacesRelease)
    always = ALWAYS if of_places else ("inference by learning",)
    return ExplainListing(
        release=release.name, version=release.version, models=lessons_of(release),
        knobs=_of_places(release) if isinstance(release, PlacesRelease) else _of_figures(release),
        always=[Weakness(name=name, how=WEAKNESSES[name]) for name in always],
    )  # fmt: skip


def lessons_of(release: PlacesRelease | NoisyRelease) -> list[ModelLesson]:
    """Return what is promised, one lesson for each promise."""
    if isinstance(release, NoisyRelease):
        return [_private(release)]
    found = [_crowds(release)]
    if release.sequences is not None:
        m, k = release.sequences.m, release.k
        cut = release.sequences.points
        said = f"Whoever knows {m} points of a trip matches at least {k} people; a trip is cut after {cut}."
        found.append(_lesson("km_anonymity", {"k": k, "m": m}, said, "Terrovitis et al., VLDB 2008", {
            "more points": f"Whoever knows more than {m} points of a trip may match fewer; `unicity` limits it.",
        }))  # fmt: skip
    if release.noise is not None:
        said = f"Places up to 1 km apart are told apart by a factor of e^{release.noise.epsilon_per_km:g} at most."
        found.append(_lesson(
            "geo_indistinguishability", {"epsilon_per_km": release.noise.epsilon_per_km}, said,
            "Andres et al., CCS 2013", {"far places": "That somebody was in a city, and not in another, stays plain."},
        ))  # fmt: skip
    return found


def _crowds(release: PlacesRelease) -> ModelLesson:
    said = (
        f"In each published cell and slot were at least {release.k} people, so whoever knows that somebody was there "
        f"picks the right row by a chance of at most 1 in {release.k}."
    )
    return _lesson("k_in_each_cell_and_slot", {"k": release.k}, said, "Gruteser & Grunwald, MobiSys 2003", {
        "what a crowd does": "All in a cell go to the clinic there: told of each. Mend: sensitive_places.",
        "homes": "A crowd at night is told of those who live there. Mend: home_and_work, coarser cells.",
        "repeated releases": WEAKNESSES["repeated releases"],
    })  # fmt: skip


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


def _of_places(release: PlacesRelease) -> list[KnobLesson]:
    tiles, slots = release.tiles, release.slots
    return [
        _knob("k", str(release.k), "Sets how many people each cell and slot has.", "Lonely places are missing."),
        _knob(
            "tiles", f"resolution {tiles.finest} to {tiles.coarsest}, {tiles.least} people or more",
            "Coarsens cells until enough people of earlier rows are in each, never finer than the statute says.",
            "Coarser cells say less of where; finer ones leave more out.",
        ),
        _knob(
            "slots.hours", ", ".join(map(str, slots.hours)), "Coarsens time before a coarser cell is tried.",
            "Longer slots say less of when.",
        ),
        _knob(
            "trips", "none" if release.trips is None else f"trimmed by {release.trips.trim_m:g} m",
            "Leaves out both ends of each trip, where people live and work.", "Short trips are gone.",
        ),
        _knob(
            "home_and_work", "none" if release.home_and_work is None else f"{release.home_and_work.radius_m:g} m",
            "Leaves out what is near a person's own home and work.", "Most of the fixes of the night are gone.",
        ),
        _knob(
            "pseudonym", release.pseudonym, "Links the rows of a trip, or no rows at all.",
            "Linked rows are known by a few points: only sequences protect them, which cuts trips short.",
        ),
        _knob("late_days", release.late_days, "Whether a day may be released again.", "New minus old is a person."),
        _knob("gates.visits_kept", f"{release.gates.visits_kept:g}", "Refuses what tells of less.", "No privacy."),
    ]  # fmt: skip


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
    return KnobLesson(knob=knob, value=value, does=does, costs=costs, source="docs/anonymity.md")
