from __future__ import annotations

import pytest

from jobs.catalog import Catalog
from jobs.landed_regions import catalogs, covered
from quality.contracts.errors import UsageError


def test_all_regions_are_covered_unless_one_is_named(home):
    assert [region.name for region in covered(home)] == ["eu", "us", "cn"]
    assert [region.name for region in covered(home, "us")] == ["us"]
    with pytest.raises(UsageError, match="no region"):
        covered(home, "mars")


def test_only_catalogs_that_exist_are_opened(home):
    Catalog(home.region("us"))

    assert [region.name for region, _ in catalogs(home)] == ["us"]
    assert not home.region("eu").root.exists()
