"""What each privacy model does not protect against, with the paper that showed it. Text only."""

from __future__ import annotations

from typing import NamedTuple


class Lesson(NamedTuple):
    """``source`` defined the model; ``not_against`` are names of ``WEAKNESSES``."""

    source: str
    not_against: tuple[str, ...]


WEAKNESSES = {
    "homogeneity": "If all people of a class share a sensitive value, it is told of each of them without finding"
    " anybody's row (Machanavajjhala et al., TKDD 2007). Mend: l-diversity.",
    "background knowledge": "Whoever can rule out values or people (a vaccinated one has no measles) is left with"
    " fewer than were counted (Machanavajjhala et al., TKDD 2007). Mend: a greater k and l.",
    "skewness": "Several values are not enough if one is far commoner in a class than in the table: 1 of 2 in a class"
    " and 1 of 100 in all raises suspicion 50 times (Li et al., ICDE 2007). Mend: t-closeness.",
    "similarity": "Different values may mean the same (gastritis, ulcer: a sick stomach; 3,000 and 3,100: low pay)"
    " (Li et al., ICDE 2007). Mend: t-closeness by ordered or hierarchical distance.",
    "rare values": "Distinct values count alike: 99 of one and 1 of another are two (Machanavajjhala et al., TKDD"
    " 2007). Mend: entropy or recursive l-diversity.",
    "presence": "That a person is in the table at all may be the secret (a clinic's patients); a class tells it"
    " to whoever knows that everybody like her is in it (Nergiz et al., SIGMOD 2007). Mend: delta-presence, a sample.",
    "an attacker with less of a crowd": "Who knows that a person is in the release, and not only in the population,"
    " counts its rows only, which may be 1 (a prosecutor; El Emam & Dankar, JAMIA 2008). Mend: k-anonymity.",
    "singling out": "A small distance to the table says nothing of how few people a class holds. Mend: k-anonymity"
    " beside it.",
    "attribute disclosure": "Sensitive values of a class are not looked at. Mend: l-diversity or t-closeness.",
    "repeated releases": "Two releases of overlapping people can be subtracted or intersected: new minus old is the"
    " late person (Ganta et al., KDD 2008). Mend: fixed classes for an epoch; `geoward release compare` before"
    " publishing.",
    "other quasi-identifiers": "The count is over the declared columns: what else an attacker knows, also of a kept"
    " column, makes the crowd smaller (Narayanan & Shmatikov, 2008). Mend: declare it.",
    "minimality": "Whoever knows the method and that it generalizes no more than needed can infer from where it"
    " did (Wong et al., VLDB 2007). Mend: differential privacy.",
    "inference by learning": "What holds of people in general (smoking and lungs) is learned from any useful release"
    " and can be held against a person who is not even in it (Dwork & Roth, 2014, chapter 1). No release mends that.",
}
"""Ways to learn of a person, and how each goes."""

ALWAYS = ("repeated releases", "other quasi-identifiers", "minimality", "inference by learning")
"""What no model on classes protects against."""

_ATTRIBUTES = "Machanavajjhala et al., l-diversity, TKDD 1(1), 2007"

LESSONS = {
    "k_anonymity": Lesson(
        "Sweeney, k-anonymity: a model for protecting privacy, IJUFKS 10(5), 2002",
        ("homogeneity", "background knowledge", "skewness", "presence"),
    ),
    "k_map": Lesson(
        "Sweeney, Computational disclosure control, MIT, 2001",
        ("an attacker with less of a crowd", "homogeneity", "background knowledge"),
    ),
    "l_diversity_distinct": Lesson(_ATTRIBUTES, ("rare values", "skewness", "similarity", "background knowledge")),
    "l_diversity_entropy": Lesson(_ATTRIBUTES, ("skewness", "similarity", "background knowledge")),
    "l_diversity_recursive": Lesson(_ATTRIBUTES, ("skewness", "similarity", "background knowledge")),
    "t_closeness": Lesson(
        "Li, Li & Venkatasubramanian, t-closeness, ICDE 2007", ("singling out", "background knowledge", "presence")
    ),
    "delta_presence": Lesson(
        "Nergiz, Atzori & Clifton, Hiding the presence of individuals from shared databases, SIGMOD 2007",
        ("singling out", "attribute disclosure"),
    ),
}
"""Models by name; that of l-diversity with its variant."""

MENDED = {
    "k_anonymity": ("singling out", "an attacker with less of a crowd"),
    "l_diversity": ("homogeneity", "attribute disclosure"),
    "t_closeness": ("homogeneity", "skewness", "attribute disclosure"),
    "delta_presence": ("presence",),
}
"""What each model closes that another one leaves open."""
