"""Make the tokens that `geoward reveal` can turn back, with a region's keys and vault."""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa

from jobs.home import Home
from jobs.keys.key_reference import KeyReference
from jobs.pseudonymize_file import Make, period_of
from jobs.region_keys import region_keys
from jobs.vault.token_subjects import VaultSubjects
from quality.contracts.errors import PolicyBreach
from transforms.privacy.identifiers import Domain, refuse_unknown_kind
from transforms.privacy.subject_tokens import subject_tokens


def refuse_rotating(home: Home, purpose: str, epoch: str) -> None:
    """Raise ``PolicyBreach`` for a purpose whose pseudonyms rotate: its tokens would link all that these keep apart.

    Raises what ``period_of`` does.
    """
    with suppress(PolicyBreach):
        if period_of(home.policy, purpose, epoch or "none")[0] == "none":
            return
    said = f"Pseudonyms for {purpose} rotate, so it has no reversible tokens, which never do."
    raise PolicyBreach(said, mend="Leave --reversible out, or name a purpose whose pseudonyms stay.")


def token_maker(home: Home, key: KeyReference, domain: Domain, kind: str) -> Make:
    """Return what makes tokens; null stays null, an empty text stays so, and a destroyed subject's becomes null.

    Raises ``UsageError`` for an unknown kind.
    """
    refuse_unknown_kind(kind)
    subjects = VaultSubjects(region_keys(home, home.region(domain.region)).vault)

    def make(values: pa.Array) -> pa.Array:
        import pyarrow.compute as pc

        nobody = pc.equal(values, "")
        somebody = pc.if_else(nobody, pa.scalar(None, pa.string()), values)
        made = subject_tokens(key.open(), somebody, subjects, domain=domain, kind=kind)
        return pc.if_else(nobody, values, made.tokens)

    return make
