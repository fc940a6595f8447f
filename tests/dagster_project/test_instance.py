from __future__ import annotations

import stat
from pathlib import Path

import pytest
from dagster._core.instance.config import PoolGranularity

from dagster_project.event_store import BatchedEvents
from dagster_project.instance import _BEFORE, POOL, dagster_home, open_instance, open_pool
from quality.contracts.errors import ConfigError


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


def test_only_what_was_killed_is_tried_again(instance):
    assert instance.run_monitoring_enabled
    assert (instance.run_retries_enabled, instance.run_retries_max_retries) == (True, 2)
    assert not instance.run_retries_retry_on_asset_or_op_failure


def test_the_pool_lets_one_run_at_a_time_use_spark(home):
    open_pool(home)

    with open_instance(home) as instance:
        pool = instance.get_concurrency_config().pool_config
        [limit] = instance.event_log_storage.get_pool_limits()
    assert (pool.default_pool_limit, pool.pool_granularity) == (1, PoolGranularity.RUN)
    assert (limit.name, limit.limit) == (POOL, 1)


def test_settings_of_the_user_go_before_ours_and_the_rest_stays(home):
    (home.path / "dagster.yaml").write_text("run_monitoring: {poll_interval_seconds: 3}\n")

    with open_instance(home) as instance:
        assert instance.run_monitoring_poll_interval_seconds == 3
        assert instance.run_monitoring_enabled
        assert not instance.telemetry_enabled


def test_settings_that_an_older_version_wrote_are_renewed(home):
    home.folder("dagster").joinpath("dagster.yaml").write_text(_BEFORE)

    with open_instance(home) as instance:
        assert instance.run_retries_max_retries == 2
    assert not (home.path / "dagster.yaml").exists()


def test_what_the_user_changed_in_settings_of_an_older_version_is_kept(home):
    mine = _BEFORE.replace("max_retries: 0", "max_retries: 7") + "retention: {schedule: {purge_after_days: 9}}\n"
    home.folder("dagster").joinpath("dagster.yaml").write_text(mine)

    with open_instance(home) as instance:
        assert instance.run_retries_max_retries == 7
        assert instance.get_settings("retention") == {"schedule": {"purge_after_days": 9}}
        assert instance.get_concurrency_config().pool_config.pool_granularity is PoolGranularity.RUN


def test_settings_that_are_as_they_should_be_are_not_written_again(home):
    file = dagster_home(home) / "dagster.yaml"
    written = file.stat().st_ino

    assert (dagster_home(home) / "dagster.yaml").stat().st_ino == written
    assert [path.name for path in file.parent.glob("dagster*")] == ["dagster.yaml"]


@pytest.mark.parametrize(
    "text", ["", "null\n", "# nothing yet\n", "run_monitoring:\n", "run_monitoring: {enabled: null}\n"]
)
def test_settings_that_say_nothing_leave_ours(home, text):
    (home.path / "dagster.yaml").write_text(text)

    with open_instance(home) as instance:
        assert instance.run_monitoring_enabled
        assert not instance.telemetry_enabled


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("- telemetry\n", "it must hold keys with values, not a list", id="a-list"),
        pytest.param("planted\n", "it must hold keys with values, not a word", id="a-word"),
        pytest.param("a: [planted\n", "it is no YAML, in line 2", id="no-yaml"),
        pytest.param("run_monitoring: planted\n", "`run_monitoring` must hold keys with values", id="a-word-for-keys"),
        pytest.param("concurrency: {pools: [planted]}\n", "`concurrency.pools` must hold", id="a-list-for-keys"),
        pytest.param("planted_key: 3\n", "Dagster does not accept `planted_key`", id="a-key-unknown-to-dagster"),
        pytest.param("run_monitoring: {enabled: planted}\n", "`run_monitoring.enabled`", id="a-value-of-another-type"),
        pytest.param(
            "storage: {sqlite: {base_dir: x}}\nrun_storage: {module: a, class: B}\n",
            "`storage` and `run_storage` exclude", id="two-words-on-one-store",
        ),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_refused_by_their_key_without_their_value(home, text, said):
    (home.path / "dagster.yaml").write_text(text)

    with pytest.raises(ConfigError) as refused:
        open_instance(home)

    assert said in str(refused.value) and "dagster.yaml" in str(refused.value)
    assert ": planted" not in str(refused.value) and "[planted" not in str(refused.value)


def test_storage_of_the_users_own_takes_the_place_of_ours(home, tmp_path):
    (home.path / "dagster.yaml").write_text(f"storage: {{sqlite: {{base_dir: {tmp_path / 'mine'}}}}}\n")

    with open_instance(home) as instance:
        instance.add_dynamic_partitions("p", ["a"])
        assert not isinstance(instance.event_log_storage, BatchedEvents)
        assert instance.run_monitoring_enabled
    assert list((tmp_path / "mine").rglob("*.db"))
    open_pool(home)
