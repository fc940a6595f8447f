from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dagster_project.instance import dagster_home, open_instance


@pytest.fixture
def instance(home):
    with open_instance(home) as instance:
        yield instance


def test_nothing_is_told_to_anybody(instance):
    assert not instance.telemetry_enabled
    assert not instance.nux_enabled


def test_its_history_is_below_the_installation(instance, home):
    assert Path(instance.root_directory) == home.path / "dagster"
    assert stat.S_IMODE(Path(instance.root_directory).stat().st_mode) == 0o700


def test_nothing_is_tried_again_by_itself(instance):
    assert instance.run_retries_max_retries == 0
    assert instance.get_concurrency_config().pool_config.default_pool_limit == 1


def test_settings_that_the_user_changed_are_kept(home):
    file = dagster_home(home) / "dagster.yaml"
    file.write_text(file.read_text() + "# mine\n")

    assert (dagster_home(home) / "dagster.yaml").read_text().endswith("# mine\n")
