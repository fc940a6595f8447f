"""While rows come in, keys are rotated and replaced and subjects destroyed: no row is lost, none is revived."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pyarrow as pa
import pytest

from jobs.home import open_home
from jobs.keys.config import keyset_of
from jobs.keys.keyset import KeyDomain
from jobs.region_keys import region_keys
from jobs.vault.generations import begin_generation
from jobs.vault.verify import verify
from jobs.vault_keys import destroy_subjects, rewrap_vaults
from quality.contracts.errors import EnvironmentFault
from transforms.privacy.seal_rows import Sealed, open_values, seal_values

TABLE, NAMES = "raw.notes", [f"actor-{number}" for number in range(12)]
WRAPPING = KeyDomain("subject", "eu", "none")


@dataclass
class Seen:
    """What was sealed, and what it says; rows that were refused; who was destroyed; faults and retries."""

    rows: list[tuple[Sealed, list[str], list[str]]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    destroyed: set[str] = field(default_factory=set)
    retried: int = 0


def ingest(home, seen, chance):
    """Seal a batch as a worker does: a fault is the run's, which is repeated with the keys as they are then."""
    who = [chance.choice(NAMES) for _ in range(8)]
    texts = [f"{name} {chance.random()}" for name in who]
    for _ in range(20):
        try:
            keys = region_keys(home, home.region("eu")).subjects
            epoch = pa.array([keys.epoch_of("2024-06")] * len(who))
            sealed = seal_values(TABLE, {"note": pa.array(texts)}, pa.array(who), epoch, keys, "actor")
        except EnvironmentFault:
            seen.retried += 1
            continue
        kept = sealed.rows.is_valid()
        seen.refused += [
            pair for pair, there in zip(zip(who, texts, strict=True), kept.to_pylist(), strict=True) if not there
        ]
        found = Sealed(*[column.filter(kept) for column in sealed])
        seen.rows.append((found, *[pa.array(values).filter(kept).to_pylist() for values in (who, texts)]))
        return
    raise AssertionError("the keys were never right")


def rotate(home, seen, chance):
    keyset_of(home).rotate(WRAPPING)


def rewrap(home, seen, chance):
    rewrap_vaults(home, keyset_of(home))


def renew(home, seen, chance):
    begin_generation(region_keys(home, home.region("eu")).vault)


def shred(home, seen, chance):
    name = chance.choice(NAMES)
    destroy_subjects(home, home.region("eu"), "actor", [name], dry_run=False, unknown=True)
    seen.destroyed.add(name)


def storm(home, seed):
    """Do all of it at once, in an order that the seed chooses."""
    chance, seen = random.Random(seed), Seen()
    region_keys(home, home.region("eu"))
    work = [ingest] * 10 + [rotate, rewrap, rotate, rewrap, renew, shred, shred, shred]
    chance.shuffle(work)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(each, home, seen, random.Random(f"{seed} {n}")) for n, each in enumerate(work)]:
            done.result()
    return seen


def judge(home, seen):
    """Return what is wrong."""
    keys, wrong = region_keys(home, home.region("eu")).subjects, []
    for sealed, who, texts in seen.rows:
        (found,), erased = open_values(TABLE, {"note": pa.string()}, sealed, keys)
        for name, text, value, gone in zip(who, texts, found.to_pylist(), erased.to_pylist(), strict=True):
            if name in seen.destroyed and not (gone and value is None):
                wrong.append("revived")
            if name not in seen.destroyed and value != text:
                wrong.append("lost")
    wrong += ["refused without being destroyed" for name, _ in seen.refused if name not in seen.destroyed]
    if sum(len(who) for _, who, _ in seen.rows) + len(seen.refused) != 80:
        wrong.append("not counted")
    return wrong


@pytest.fixture
def home(tmp_path):
    return open_home(tmp_path / "home")


@pytest.mark.parametrize("seed", range(3))
def test_no_row_is_lost_or_revived(home, seed):
    seen = storm(home, seed)

    assert judge(home, seen) == []
    assert seen.destroyed and verify(region_keys(home, home.region("eu")).vault) > 0


@pytest.mark.long
def test_no_row_is_lost_or_revived_whatever_the_order(tmp_path, seeds):
    for seed in range(seeds // 5):
        seen = storm(home := open_home(tmp_path / str(seed)), seed)
        assert judge(home, seen) == [], seed


def test_a_worker_whose_keys_were_changed_meanwhile_seals_nothing_and_the_next_try_does(home, monkeypatch):
    seen, taken, real = Seen(), [], region_keys

    def stale(*arguments):
        keys = real(*arguments)
        if not taken:
            rotate(home, seen, None)
            rewrap(home, seen, None)
        taken.append(keys)
        return keys

    region_keys(home, home.region("eu")).vault.tokens("actor", NAMES)
    monkeypatch.setitem(globals(), "region_keys", stale)
    ingest(home, seen, random.Random(0))

    assert (seen.retried, len(seen.rows)) == (1, 1)


def test_a_vault_that_forgets_who_was_destroyed_is_found_out(home):
    seen = Seen()
    for number in range(10):
        ingest(home, seen, random.Random(number))
    shred(home, seen, random.Random(1))
    assert judge(home, seen) == []
    with region_keys(home, home.region("eu")).vault.database.alone() as rows:
        rows.change("DELETE FROM vault_destroyed WHERE at <> ?", [("",)])

    with pytest.raises(EnvironmentFault, match="vault of region eu is older than it was"):
        judge(home, seen)
    home.vault.memory(home.path).write_text('{"eu": 0}')
    with pytest.raises(EnvironmentFault, match="no data key for"):
        judge(home, seen)
