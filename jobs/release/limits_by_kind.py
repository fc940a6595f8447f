"""What a release of places, or of noisy figures, does not protect against. Text only."""

from __future__ import annotations

from jobs.listings.release_reports import Weakness
from jobs.release.release_lessons import WEAKNESSES
from quality.releases.noisy import NoisyRelease
from quality.releases.places import PlacesRelease

CROWD = (
    "What a crowd does together is told of each of them: who is known to have been out is known to have been where all"
    " of k people were (homogeneity; Machanavajjhala et al., TKDD 2007). Mend: noisy figures."
)
PRESENCE = (
    "Who was out in some cell and slot is known to be in the release by whoever knows that everybody there is (Nergiz"
    " et al., SIGMOD 2007). Mend: noisy figures."
)
LINKED = (
    "Who knows more points of a trip than the release's m may find the one that has all (de Montjoye et al., Scientific"
    " Reports 2013). Mend: a greater m, fewer points of a pseudonym, or none."
)
FAKES = (
    "Accounts of one person that no declared link unites count as several people of a crowd. Mend: name the devices or"
    " rings in links."
)
UNITS = (
    "The loss is of one unit. Who has many of them loses more, up to what is stated for a lifetime; people who act"
    " together, such as a household, lose together."
)
BEYOND = (
    "The bounds cut off what one unit has beyond them, so figures of places where few do much are too low. That is an"
    " error, and no protection is lost by it. Mend: greater bounds, at more noise."
)
OTHERS = (
    "What is published of the same people without noise, as places, under another dataset's name or from another ledger"
    " is in neither sum of losses. Mend: one ledger and one name for all that is published of them."
)


def limits_of_places(release: PlacesRelease) -> tuple[Weakness, ...]:
    """Return what the release does not protect against, each once."""
    found = {"a crowd as a whole": CROWD, "presence": PRESENCE, "several accounts of a person": FAKES}
    if release.pseudonym == "trip":
        found["more points than m"] = LINKED
    told = found | {name: WEAKNESSES[name] for name in ("repeated releases", "inference by learning")}
    return tuple(Weakness(name=name, how=how) for name, how in told.items())


def limits_of_noisy(release: NoisyRelease) -> tuple[Weakness, ...]:
    """Return what the release does not protect against, each once."""
    found = {"contributions beyond the bounds": BEYOND, "other releases": OTHERS}
    several = {"several units of a person": UNITS} if release.lifetime.units > 1 else {}
    told = several | found | {"inference by learning": WEAKNESSES["inference by learning"]}
    return tuple(Weakness(name=name, how=how) for name, how in told.items())
