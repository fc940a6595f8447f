"""What people and spammers write. Addresses, numbers and domains are reserved for documentation or fiction."""

from __future__ import annotations

import numpy as np

_OPENINGS = (
    "Lovely morning by the canal", "New bakery opened near the station", "Traffic is slow again today",
    "Great run after work",
    "Anyone up for football on Saturday", "Finally finished the book", "The market was busy", "Looking for a used bike",
    "Rain all week, they say", "Concert tonight in the old hall", "Best soup in town", "My cat found the sunny spot",
)  # fmt: skip
_ENDINGS = (
    ".", "!", ", who else?", " and I am happy.", ", see you there.", ", photos follow.", " :)", ", what a day.",
    ", thanks all.",
)  # fmt: skip
_REPLIES = (
    "Nice!", "Agreed.", "See you there.", "Thanks for sharing.", "Haha, same here.", "Which one?", "Count me in.",
    "Not sure about that.",
    "Congratulations!", "I was there too.",
)  # fmt: skip
_PITCHES = (
    "Earn money from home", "Cheap watches today only", "You have won a prize", "Followers for sale",
    "Loan without questions",
    "Hot tips for coins",
)  # fmt: skip
_NAMES = ("mila", "noah", "sam", "lena", "omar", "iris", "tom", "ada")
_DOMAINS = ("example.com", "example.org", "example.net")
INNOCENT_CONTACT_SHARE = 0.03


def post(rng: np.random.Generator) -> str:
    """Return an ordinary post; a few hold the writer's own contact, as real ones do."""
    text = _one(_OPENINGS, rng) + _one(_ENDINGS, rng)
    return f"{text} {_contact(rng)}" if rng.random() < INNOCENT_CONTACT_SHARE else text


def reply(rng: np.random.Generator) -> str:
    """Return an ordinary comment."""
    return _one(_REPLIES, rng)


def ring_line(campaign: int, variant: int) -> str:
    """Return what all members of a ring write in one campaign; ``variant`` changes its ending."""
    return _OPENINGS[campaign % len(_OPENINGS)] + _ENDINGS[variant % len(_ENDINGS)]


def spam(rng: np.random.Generator, hardness: float) -> str:
    """Return a pitch with an e-mail address, number, link or coordinates; that share ``hardness`` is obfuscated."""
    obfuscated = rng.random() < hardness
    contact = (_mail, _phone, _link, _spot)[rng.integers(4)](rng)
    return f"{_one(_PITCHES, rng)}: {obfuscate(contact) if obfuscated else contact}"


def obfuscate(contact: str) -> str:
    """Return a contact as people hide it from filters: name at example dot com, digits as letters."""
    hidden = contact.replace("https://", "").replace("@", " at ").replace(".", " dot ").replace("+", "plus ")
    return hidden.translate(str.maketrans("015-", "olS "))


def _contact(rng: np.random.Generator) -> str:
    return f"Write me: {_mail(rng)}" if rng.random() < 0.5 else f"Call {_phone(rng)}"


def _mail(rng: np.random.Generator) -> str:
    return f"{_one(_NAMES, rng)}{rng.integers(10, 99)}@{_one(_DOMAINS, rng)}"


def _phone(rng: np.random.Generator) -> str:
    """Return a number kept for fiction: 555-0100 to 0199 (NANPA), 07700 900000 to 900999 (Ofcom)."""
    area, last = rng.integers(201, 989), rng.integers(0, 100)
    return f"+1-{area}-555-01{last:02d}" if rng.random() < 0.5 else f"+44 7700 900{rng.integers(0, 1000):03d}"


def _link(rng: np.random.Generator) -> str:
    return f"https://{_one(_NAMES, rng)}.{_one(_DOMAINS, rng)}/{rng.integers(100, 999)}"


def _spot(rng: np.random.Generator) -> str:
    return f"meet at {rng.uniform(-60, 60):.5f}, {rng.uniform(-170, 170):.5f}"


def _one(choices: tuple[str, ...], rng: np.random.Generator) -> str:
    return choices[rng.integers(len(choices))]
