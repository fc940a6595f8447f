from __future__ import annotations

from jobs.region_keys import region_keys
from tests.jobs.damaged import D2, data, flip, twice_published
from tests.jobs.publisher import TABLE


def test_one_thing_and_several_are_counted_in_words_that_fit(geoward, home):
    place = twice_published(home)
    data(place).unlink()
    assert "; 1 thing is not as it was published." in geoward("fsck", TABLE.name).stdout

    data(place, "two", D2).unlink()

    assert "; 2 things are not as they were published." in geoward("fsck", TABLE.name).stdout


def test_a_flipped_bit_of_a_vault_ends_with_code_1_and_a_sentence(geoward, home):
    vault = region_keys(home, home.region("eu")).vault
    vault.tokens("actor", ["ada"])
    vault.database.scrub()
    whole = geoward("fsck")
    assert (whole.exit_code, "3 rows of vaults checked: all is as it was" in whole.stdout) == (0, True)
    (index,) = vault.indexes("actor", ["ada"])
    flip(vault.database.path, vault.database.path.read_bytes().index(index))

    ended = geoward("fsck", "--json")

    assert (ended.exit_code, {one["kind"] for one in ended.document["damage"]}) == (1, {"vault_damaged"})
    assert "vault_damaged" in geoward("fsck").stdout
