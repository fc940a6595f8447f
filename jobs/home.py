"""Where a Geoward installation keeps things: one folder, one configuration file, one storage root per region."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from jobs.alerts.config import Channel, refuse_unclear
from jobs.keys.config import KeysConfig
from jobs.vault.config import VaultConfig
from quality.contracts.errors import ConfigError, UsageError
from quality.policies.explain_fields import explain_fields
from quality.policies.load_policy import DEFAULT_POLICY, load_policy
from quality.policies.policy import Policy
from quality.policies.read_yaml import read_yaml

DEFAULT_CONFIG = """\
# Regions map to storage roots. Personal rows never leave their region's root.
# A root may be absolute or relative to this file; roots may not contain one another.
regions:
  eu: {root: warehouse/eu, jurisdiction: eu}
  us: {root: warehouse/us, jurisdiction: us}
  cn: {root: warehouse/cn, jurisdiction: cn}
# policy: my-policy.yaml     # default: the shipped policy
# first_date: 2000-01-01     # first partition shown in Dagster
# quarantine_share: 0.05     # more quarantined rows than this share of a partition are a problem
# late_after_days: 2         # a log whose newest published date is older than this is late
# stuck_after_hours: 6       # a table that is being made for longer than this is stuck
# alerts: []                 # who is told of problems, by webhook or e-mail: docs/alerts.md
# keys: {provider: {file: keys/kek}}   # which key-encryption key wraps all others: docs/keys.md
# vault: {folder: vault}     # where each region's vault of subjects is: docs/keys.md
# spark: {properties: spark.conf}   # runs are submitted to the cluster of these settings: docs/cluster.md
"""


class _RegionConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    root: Path
    jurisdiction: str


class _SparkConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    properties: Path


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    regions: dict[str, _RegionConfig] = Field(min_length=1)
    policy: Path | None = None
    first_date: date = date(2000, 1, 1)
    quarantine_share: float = Field(0.05, ge=0, le=1)
    late_after_days: int = Field(2, ge=0)
    stuck_after_hours: float = Field(6, gt=0)
    alerts: tuple[Channel, ...] = ()
    keys: KeysConfig = KeysConfig()
    vault: VaultConfig = VaultConfig()
    spark: _SparkConfig | None = None

    @model_validator(mode="after")
    def _channels_are_clear(self) -> Self:
        refuse_unclear(self.alerts, self.regions)
        return self


@dataclass(frozen=True, slots=True)
class Region:
    """A storage root and the legal territory whose rules hold there."""

    name: str
    root: Path
    jurisdiction: str

    def folder(self, *parts: str) -> Path:
        """Return a folder below the root, made with mode 0700 when absent."""
        path = self.root.joinpath(*parts)
        for level in [*reversed(path.relative_to(self.root).parents), path.relative_to(self.root)]:
            (self.root / level).mkdir(parents=True, exist_ok=True, mode=0o700)
        return path


@dataclass(frozen=True)
class Home:
    """An installation: its folder, regions and policy, and who is told of problems.

    More quarantined rows than ``quarantine_share`` of a partition are a problem.
    ``spark_properties`` names spark-submit's settings, if runs are submitted to a cluster.
    """

    path: Path
    regions: dict[str, Region]
    policy_path: Path
    first_date: date
    quarantine_share: float = 0.05
    alerts: tuple[Channel, ...] = ()
    late_after_days: int = 2
    stuck_after_hours: float = 6
    spark_properties: Path | None = None
    keys: KeysConfig = KeysConfig()
    vault: VaultConfig = VaultConfig()

    @property
    def on_cluster(self) -> bool:
        """Whether runs are submitted to a cluster."""
        return self.spark_properties is not None

    @cached_property
    def policy(self) -> Policy:
        """The policy in force."""
        return load_policy(self.policy_path)

    def region(self, name: str) -> Region:
        """Return the region of that name; raise ``UsageError`` when it is not configured."""
        try:
            return self.regions[name]
        except KeyError:
            known = ", ".join(sorted(self.regions))
            raise UsageError(
                f"There is no region {name!r}.", mend=f"Known: {known}. Add one in {self.path / 'geoward.yaml'}."
            ) from None

    def folder(self, name: str) -> Path:
        """Return a folder of the installation, made with mode 0700 when absent."""
        path = self.path / name
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path


def one_region(home: Home, name: str) -> Region:
    """Return the region of that name, or the only one; raise ``UsageError`` where none is named and there are more."""
    if not name and len(home.regions) != 1:
        known = ", ".join(sorted(home.regions))
        raise UsageError("Each region has keys of its own.", mend=f"Say --region: {known}.")
    return home.region(name or next(iter(home.regions)))


def home_path() -> Path:
    """Return ``$GEOWARD_HOME``, by default ``.geoward`` in the working folder, as an absolute path."""
    return Path(os.environ.get("GEOWARD_HOME", ".geoward")).expanduser().absolute()


def open_home(path: Path | None = None) -> Home:
    """Open the installation, writing a default configuration at first use.

    Raises ``ConfigError`` that names the file and the field for each mistake.
    """
    path = path or home_path()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = path / "geoward.yaml"
    if not file.exists():
        file.touch(0o600)  # whatever the umask: keys are opened only where nobody else can write this
        file.write_text(DEFAULT_CONFIG, encoding="utf-8")
    try:
        config = _Config.model_validate(read_yaml(file, what="configuration"))
    except ValidationError as error:
        raise ConfigError(f"Configuration {file} is not valid: {explain_fields(error, _Config)}.") from None
    regions = {name: _region(path, name, entry) for name, entry in config.regions.items()}
    policy_path = (path / config.policy) if config.policy else DEFAULT_POLICY
    properties = (path / config.spark.properties.expanduser()) if config.spark else None
    home = Home(
        path, regions, policy_path, config.first_date, config.quarantine_share, config.alerts, config.late_after_days,
        config.stuck_after_hours, properties, config.keys, config.vault,
    )  # fmt: skip
    _refuse_shared_roots(file, regions)
    for region in regions.values():
        if region.jurisdiction not in home.policy.jurisdictions:
            known = ", ".join(sorted(home.policy.jurisdictions))
            raise ConfigError(
                f"Configuration {file}: regions.{region.name}.jurisdiction is not in policy {home.policy.name}.",
                mend=f"Known: {known}.",
            )
    return home


def _region(home: Path, name: str, entry: _RegionConfig) -> Region:
    if not name.isidentifier() or not name.islower():
        raise ConfigError(
            f"Configuration: region {name!r} must be a lower-case word.", mend="For example: eu, us_west."
        )
    return Region(name, (home / entry.root.expanduser()).absolute(), entry.jurisdiction)


def _real_path(path: Path) -> Path:
    """Return a path without its links, also of a root that is a link to itself: that region's run tells of it."""
    return Path(os.path.realpath(path))


def _refuse_shared_roots(file: Path, regions: dict[str, Region]) -> None:
    real = {name: _real_path(region.root) for name, region in regions.items()}
    for one in regions.values():
        for other in regions.values():
            if one is not other and real[one.name].is_relative_to(real[other.name]):
                raise ConfigError(
                    f"Configuration {file}: regions {one.name} and {other.name} share a storage root.",
                    mend="Give each region a root of its own, outside the others.",
                )
