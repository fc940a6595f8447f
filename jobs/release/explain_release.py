"""What a declaration promises and does not, and what each of its knobs costs: for people who must decide."""

from __future__ import annotations

from jobs.listings.release_reports import ExplainListing, KnobLesson, ModelLesson, ModelMeaning, Weakness
from jobs.release.release_lessons import ALWAYS, LESSONS, MENDED, WEAKNESSES
from quality.releases.declaration import TableRelease
from quality.releases.privacy_models import DeltaPresence, KAnonymity, KMap, LDiversity, PrivacyModel, TCloseness

Told = dict[str, int | float | str]


def explain_release(release: TableRelease) -> ExplainListing:
    """Return the lesson of each declared model and of each knob."""
    return ExplainListing(
        release=release.name, version=release.version, models=[_lesson(model) for model in release.models],
        knobs=_knobs(release), always=[_weakness(name) for name in ALWAYS],
    )  # fmt: skip


def means(model: PrivacyModel) -> ModelMeaning:
    """Return a model in words, with the numbers that were declared."""
    column = getattr(model, "column", None)
    return ModelMeaning(model=model.model, column=column, parameters=_parameters(model), meaning=_meaning(model))


def limits_of(release: TableRelease) -> list[Weakness]:
    """Return what the release does not protect against, each once: of its models, then of any.

    What one model leaves open and another one of the release closes is left out.
    """
    closed = {name for model in release.models for name in MENDED.get(model.model, ())}
    of_models = (name for model in release.models for name in LESSONS[_name(model)].not_against)
    return [_weakness(name) for name in dict.fromkeys([*of_models, *ALWAYS]) if name not in closed]


def _name(model: PrivacyModel) -> str:
    return f"l_diversity_{model.variant}" if isinstance(model, LDiversity) else model.model


def _parameters(model: PrivacyModel) -> Told:
    stated = model.model_dump(exclude={"model", "column"}, exclude_none=True)
    told = {name: value for name, value in stated.items() if isinstance(value, int | float | str)}
    return told | {"l": int(model.l)} if isinstance(model, LDiversity) and model.l == int(model.l) else told


def _meaning(model: PrivacyModel) -> str:
    if isinstance(model, KAnonymity):
        return (
            f"Whoever knows all quasi-identifiers of a person finds at least {model.k} people that it may be, "
            f"so picks the right one by a chance of at most 1 in {model.k}."
        )
    if isinstance(model, KMap):
        return f"Every published row matches at least {model.k} people of the population in {model.population}."
    if isinstance(model, LDiversity):
        return _diversity(model)
    if isinstance(model, TCloseness):
        return (
            f"In every class {model.column} is spread nearly as in the whole table (distance at most {model.t:g}, "
            f"{model.distance}), so knowing someone's class tells little of it."
        )
    return _presence(model)


def _diversity(model: LDiversity) -> str:
    found = f"Whoever finds a person's class still sees {model.l:g} or more values of {model.column} there"
    if model.variant == "distinct":
        return f"{found}, however rare all but one may be."
    if model.variant == "entropy":
        return f"{found}, spread as evenly as {model.l:g} equal ones, at least."
    return f"{found}, and the commonest is below {model.c:g} times all from the {model.l:g}th on together."


def _presence(model: DeltaPresence) -> str:
    return (
        f"Whoever knows everybody in {model.population} can be sure of nobody being in the release: the chance stays "
        f"between {model.minimum:g} and {model.maximum:g}."
    )


def _lesson(model: PrivacyModel) -> ModelLesson:
    lesson, said = LESSONS[_name(model)], means(model)
    return ModelLesson(
        model=said.model, column=said.column, parameters=said.parameters, promises=said.meaning, source=lesson.source,
        not_against=[_weakness(name) for name in lesson.not_against],
    )  # fmt: skip


def _weakness(name: str) -> Weakness:
    return Weakness(name=name, how=WEAKNESSES[name])


def _knobs(release: TableRelease) -> list[KnobLesson]:
    coded = [name for name, one in release.quasi_ids.items() if one.bottom is not None or one.top is not None]
    weights = {one.weight for one in release.quasi_ids.values()}
    values = {
        "quasi_ids": ", ".join(release.quasi_ids), "k": str(release.k), "method": release.method,
        "strict": "yes" if release.strict else "no", "suppression": f"{release.suppression:g}",
        "nulls": release.nulls, "late_rows": release.late_rows,
        "subject": release.subject or "none: each row counts as a person",
        "links": ", ".join(release.links) or "none", "weight": "all alike" if len(weights) == 1 else "as declared",
        "bottom and top": ", ".join(coded) or "none", "keep": ", ".join(release.keep) or "none",
        "gates.max_information_loss": f"{release.gates.max_information_loss:g}",
        "gates.max_suppressed": f"{release.gates.max_suppressed:g}",
    }  # fmt: skip
    return [KnobLesson(knob=name, value=value, **_KNOBS[name]) for name, value in values.items()]


_KNOBS: dict[str, dict[str, str]] = {
    "quasi_ids": {
        "does": "Names what an attacker may know of a person; only these are generalized.",
        "costs": "One too few and people can be told by it; each more makes all of them coarser.",
        "source": "Aggarwal, VLDB 2005",
    },
    "k": {
        "does": "Sets how many people each class holds at least.",
        "costs": "The chance of a guess falls as 1/k; information is lost as k grows: see `geoward release tune`.",
        "source": "Sweeney, IJUFKS 2002",
    },
    "method": {
        "does": "mondrian generalizes each class as far as it needs; full_domain a whole column alike;"
        " microaggregation publishes means.",
        "costs": "mondrian loses least, but its intervals overlap less neatly for tables and charts; full_domain, which"
        " takes the node of least loss as ARX counts it (Iyengar's, geometric mean; gates count NCP), is"
        " even, and coarser.",
        "source": "LeFevre et al., ICDE 2006; Kohlmayer et al., PASSAT 2012; Domingo-Ferrer & Torra, DMKD 2005",
    },
    "strict": {
        "does": "Keeps classes from overlapping, so that a value has one place only.",
        "costs": "More loss where many rows share a value.",
        "source": "LeFevre et al., ICDE 2006",
    },
    "suppression": {
        "does": "Lets this share of rows be left out, so that outliers do not make everybody coarser: those whose class"
        " gains most without them (on Spark: those of parts too small for the models).",
        "costs": "Rows are missing, and those of rare people first: totals are too small and biased.",
        "source": "Samarati, TKDE 2001",
    },
    "nulls": {
        "does": "Says whether a null is a value of its own or keeps a row from being published.",
        "costs": "As a value it tells that something is not known of a person; left out, its rows are missing.",
        "source": "Ciglic et al., 2014",
    },
    "late_rows": {
        "does": "Refuses a version beside one that is out if who has both may learn of the few that came or went.",
        "costs": "Late and corrected rows wait for the next epoch; `allow` tells of their people instead.",
        "source": "Ganta et al., KDD 2008",
    },
    "subject": {
        "does": "Says who a row is about, so that people are counted and not rows.",
        "costs": "Nothing of utility; without it one person's many rows pass for a crowd.",
        "source": "Google Cloud DLP's entity id has the same aim",
    },
    "links": {
        "does": "Counts accounts that share a device or a ring as one person.",
        "costs": "Classes get larger; without it k - 1 fake accounts open anybody's class.",
        "source": "Sybil attack: Douceur, IPTPS 2002",
    },
    "weight": {
        "does": "Makes the loss of a column count for more or less.",
        "costs": "A column kept finer makes the others coarser.",
        "source": "Xu et al., KDD 2006",
    },
    "bottom and top": {
        "does": "Codes what lies beyond as the limit, published as <=18 or >=90, so that the oldest or richest are not"
        " told by it.",
        "costs": "Values beyond are gone; the rest can stay finer.",
        "source": "Hundepool et al., Statistical Disclosure Control, 2012",
    },
    "keep": {
        "does": "Publishes these columns as they are.",
        "costs": "Nothing protects them: who knows a value of one has one quasi-identifier more than was counted.",
        "source": "Sweeney, IJUFKS 2002",
    },
    "gates.max_information_loss": {
        "does": "Refuses a release that has lost more than this (NCP), since it would be useless.",
        "costs": "A low limit may leave no k that can be published.",
        "source": "Xu et al., KDD 2006",
    },
    "gates.max_suppressed": {
        "does": "Refuses a release in which more than this share of the rows is missing.",
        "costs": "A low limit may ask for a smaller k or coarser values.",
        "source": "Samarati, TKDE 2001",
    },
}
