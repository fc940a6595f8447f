from __future__ import annotations

import inspect

import pytest
from pydantic import ValidationError

from jobs import listings
from jobs.damage import Damage, Removed
from jobs.listings import LISTINGS, Finding, Listing, OfRegions


@pytest.mark.parametrize("model", LISTINGS.values(), ids=LISTINGS)
def test_a_listing_is_frozen_and_refuses_unknown_fields(model):
    assert model.model_config["frozen"]
    assert model.model_config["extra"] == "forbid"


def test_every_listing_is_registered_or_a_part_of_one():
    released = (listings.releases, listings.release_reports, listings.release_suggestions, listings.release_tunes)
    modules = (listings, *released)
    classes = {cls for module in modules for _, cls in inspect.getmembers(module, inspect.isclass)}
    declared = {cls for cls in classes if issubclass(cls, Listing)}
    parts = {name for model in LISTINGS.values() for name in model.model_json_schema().get("$defs", {})}

    elsewhere = {Damage.__name__, Removed.__name__}  # as fsck itself makes them
    names = {cls.__name__ for cls in declared - {Listing, OfRegions}}
    assert names | elsewhere == {m.__name__ for m in LISTINGS.values()} | parts


def test_a_finding_cannot_have_a_status_of_its_own_making():
    with pytest.raises(ValidationError):
        Finding(subject="java", status="perhaps", found="", mend="")
