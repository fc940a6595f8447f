from __future__ import annotations

from tests.jobs.damaged import D2, data, twice_published
from tests.jobs.publisher import TABLE


def test_one_thing_and_several_are_counted_in_words_that_fit(geoward, home):
    place = twice_published(home)
    data(place).unlink()
    assert "; 1 thing is not as it was published." in geoward("fsck", TABLE.name).stdout

    data(place, "two", D2).unlink()

    assert "; 2 things are not as they were published." in geoward("fsck", TABLE.name).stdout
