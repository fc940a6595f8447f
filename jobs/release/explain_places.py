"""What a release of places promises, which attacks can be tried on it, and what each of its knobs costs."""

from __future__ import annotations

from jobs.listings.release_reports import AttackLesson, ExplainListing, KnobLesson, ModelLesson, Weakness
from jobs.release.limits_by_kind import CROWD, PRESENCE
from jobs.release.release_lessons import WEAKNESSES
from quality.releases.places import PlacesRelease

_NOT_AGAINST = {"a crowd as a whole": CROWD, "presence": PRESENCE}
_ALWAYS = ("repeated releases", "inference by learning")

UNLINKED = "no two rows are linked, so there is no trace that {}"
NOT_APPLICABLE = {
    ("none", "unicity"): UNLINKED.format("some known points could single out"),
    ("none", "linkage"): UNLINKED.format("could be found again in another epoch"),
    ("trip", "recovery"): "the rows of a trip are linked by its pseudonym already",
}
"""Why an attack has nothing to go by in a release with such pseudonyms."""

_HOW = {
    ("none", "home_work"): "Who knows homes and work places picks a row of the cell and the hours as the person's.",
    ("trip", "home_work"): "Who knows homes and work places picks the trip that fits them best as the person's.",
    ("none", "trajectory_linking"): "Who labelled a person's other days guesses whose a row is.",
    ("trip", "trajectory_linking"): "Who labelled a person's other days guesses whose a trip is.",
    ("none", "recovery"): "Rows of a slot are followed to the nearest ones of the next.",
    ("trip", "linkage"): "A trip of the epoch's first half is sought in the second half, under other pseudonyms.",
    ("trip", "unicity"): "Some points that are known by chance single out a pseudonym.",
}
_SOURCES = {
    "unicity": "de Montjoye et al., Scientific Reports 3, 2013", "home_work": "Golle & Partridge, Pervasive 2009",
    "linkage": "Salton & Buckley, 1988 (tf-idf)", "trajectory_linking": "Manning et al., 2008, chapter 13",
    "recovery": "Xu et al., Trajectory recovery from ash, WWW 2017",
}  # fmt: skip


def explain_places(release: PlacesRelease) -> ExplainListing:
    """Return what holds in each cell and slot, each attack (or why it does not apply), and each knob."""
    return ExplainListing(
        release=release.name, version=release.version, models=_models(release), knobs=_knobs(release),
        always=[Weakness(name=name, how=WEAKNESSES[name]) for name in _ALWAYS],
        attacks=[_attack(release, name) for name in _SOURCES],
    )  # fmt: skip


def _models(release: PlacesRelease) -> list[ModelLesson]:
    weak = [Weakness(name=name, how=how) for name, how in _NOT_AGAINST.items()]
    found = [ModelLesson(
        model="k_anonymity", column=None, parameters={"k": release.k},
        promises=f"At least {release.k} distinct subjects are in each published cell and slot.",
        source="Sweeney, IJUFKS 10(5), 2002", not_against=weak,
    )]  # fmt: skip
    if release.sequences:
        m = release.sequences.m
        found.append(ModelLesson(
            model="k_m_anonymity", column=None, parameters={"k": release.k, "m": m},
            promises=f"Any {m} or fewer points of a pseudonym are points of at least {release.k} subjects.",
            source="Terrovitis et al., VLDB 2008", not_against=weak,
        ))  # fmt: skip
    if release.noise:
        epsilon = release.noise.epsilon_per_km
        found.append(ModelLesson(
            model="geo_indistinguishability", column=None, parameters={"epsilon_per_km": epsilon},
            promises=f"Of two places r km apart, what is told of a cell is at most e^({epsilon:g} r) times likelier for"
            " one. Cells add up over an epoch.", source="Andres et al., CCS 2013", not_against=weak,
        ))  # fmt: skip
    return found


def _attack(release: PlacesRelease, name: str) -> AttackLesson:
    reason = NOT_APPLICABLE.get((release.pseudonym, name))
    limit = getattr(release.gates, name)
    limits = limit if isinstance(limit, dict) else {} if limit is None else {0: limit}
    stated = ", ".join(f"{most:g}" + (f" at {points} points" if points else "") for points, most in limits.items())
    tried = "does not apply" if reason else f"limit {stated}" if stated else "not tried"
    how = f"Not applicable: {reason}." if reason else _HOW[release.pseudonym, name]
    return AttackLesson(attack=name, tried=tried, how=how, source=_SOURCES[name])


def _knobs(release: PlacesRelease) -> list[KnobLesson]:
    values = {
        "k": str(release.k), "tiles": f"{release.tiles.finest} to {release.tiles.coarsest}",
        "slots.hours": ", ".join(map(str, release.slots.hours)), "pseudonym": release.pseudonym,
        "home_and_work": f"{release.home_and_work.radius_m:g} m" if release.home_and_work else "none",
        "links": ", ".join(release.links) or "none", "gates.visits_kept": f"{release.gates.visits_kept:g}",
        "gates.common_commuters": f"{release.gates.common_commuters:g}",
    }  # fmt: skip
    return [
        KnobLesson(knob=name, value=value, **dict(zip(("does", "costs", "source"), _KNOBS[name], strict=True)))
        for name, value in values.items()
    ]


_KNOBS = {
    "k": (
        "Sets how many people are in each cell and slot; who guesses whose a row is, is right 1 in k times at most.",
        "Cells get coarser and visits are lost.", "Sweeney, IJUFKS 2002",
    ),
    "tiles": (
        "Sets the finest and the coarsest H3 cells; each is coarsened until enough people were in it.",
        "Coarse cells displace people by kilometers; a fine coarsest one loses visits.", "ISO/IEC 20889, 2018",
    ),
    "slots.hours": (
        "Lets a slot be longer where too few people share one.", "Short stays cannot be told apart.",
        "ISO/IEC 20889, 2018",
    ),
    "pseudonym": (
        "Links the rows of a trip, so that flows can be counted.",
        "Linked points single people out: k^m must hold, which costs visits.", "Terrovitis et al., VLDB 2008",
    ),
    "home_and_work": (
        "Leaves out cells within this distance of where a person sleeps and works.",
        "Most fixes are there: they are not told of.", "Golle & Partridge, Pervasive 2009",
    ),
    "links": (
        "Counts accounts that share a device or a ring as one person.",
        "Crowds get smaller; without it k - 1 fake accounts open anybody's cell.", "Douceur, IPTPS 2002",
    ),
    "gates.visits_kept": (
        "Refuses a release that tells of less than this share of the epoch's fixes: it would be useless.",
        "A high floor may leave no k that can be published.", "Fung et al., ACM Computing Surveys 2010",
    ),
    "gates.common_commuters": (
        "Refuses a release whose flows between trips' ends are too unlike the true ones.",
        "It needs pseudonyms of trips.", "Lenormand et al., PLoS ONE 2012",
    ),
}  # fmt: skip
