"""Make the tokens that `geoward reveal` can turn back, with a region's keys and vault."""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa

from jobs.home import Home
from jobs.keys.config import begin_key, begin_keys
from jobs.keys.key_reference import KeyReference, primary_key
from jobs.keys.keyset import KeyDomain
from jobs.pseudonymize_file import Make, period_of
from jobs.vault.of_region import begin_vault
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


def token_key(home: Home, region: str) -> KeyReference:
    """Return the key that a region's new tokens are made with; it is made if there never was one."""
    keyset, domain = begin_keys(home), KeyDomain("token", region, "none")
    begin_key(keyset, domain)
    return primary_key(keyset, domain)


def token_maker(home: Home, key: KeyReference, domain: Domain, kind: str) -> Make:
    """Return what makes tokens; null stays null, an empty text stays so, and a destroyed subject's becomes null.

    Raises ``UsageError`` for an unknown kind.
    """
    refuse_unknown_kind(kind)
    subjects = VaultSubjects(begin_vault(home, domain.region))

    def make(values: pa.Array) -> pa.Array:
        import pyarrow.compute as pc

        nobody = pc.equal(values, "")
        somebody = pc.if_else(nobody, pa.scalar(None, pa.string()), values)
        made = subject_tokens(key.open(), somebody, subjects, domain=domain, kind=kind)
        return pc.if_else(nobody, values, made.tokens)

    return make
