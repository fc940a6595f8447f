"""The ``keys`` of geoward.yaml: which provider wraps them. Only places are declared here, never a secret."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quality.contracts.errors import EnvironmentFault

if TYPE_CHECKING:
    from jobs.home import Home
    from jobs.keys.keyset import KeyDomain
    from jobs.keys.keyset_file import KeysetFile
    from jobs.keys.provider import Provider

Prefix = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""What two environment variables begin with, that end in ``_FILE`` and ``_FD``."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TransitConfig(_Declared):
    """A key of a transit engine; paths are absolute or below the home."""

    address: str
    key: str
    token_file: Path
    mount: str = "transit"
    authorities: Path | None = None


class KmsConfig(_Declared):
    """A key of a key management service, by a URI of Tink; paths are absolute or below the home."""

    uri: str
    credentials: Path | None = None
    authorities: Path | None = None


class ProviderConfig(_Declared):
    """Where a key-encryption key is: a file, what the environment names, a transit engine, or a KMS."""

    file: Path | None = None
    environment: Prefix | None = None
    transit: TransitConfig | None = None
    kms: KmsConfig | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(place is not None for place in (self.file, self.environment, self.transit, self.kms)) != 1:
            raise ValueError("name one place: file, environment, transit or kms")
        return self

    def provider(self, home: Path) -> Provider:
        """Return the provider, which reads its key when it is used and not before."""
        if self.transit:
            from jobs.keys.transit import Transit

            one = self.transit
            return Transit(one.address, one.key, _at(home, one.token_file), one.mount, _below(home, one.authorities))
        if self.kms:
            from jobs.keys.kms import Kms

            return Kms(self.kms.uri, _below(home, self.kms.credentials), _below(home, self.kms.authorities))
        if self.environment:
            from jobs.keys.given_key import GivenKey

            return GivenKey(f"{self.environment}_FILE", f"{self.environment}_FD")
        from jobs.keys.local_file import LocalFile

        return LocalFile(_at(home, self.file or Path()))


class KeysConfig(_Declared):
    """``provider`` wraps what is new; those of ``before`` open what they wrapped, until `geoward keys rewrap` is done.

    ``counter`` remembers how often the keyset was changed, best on another disk: an older copy is noticed by it.
    """

    provider: ProviderConfig = ProviderConfig(file=Path("keys/kek"))
    before: tuple[ProviderConfig, ...] = ()
    counter: Path = Path("keys.counter")


def keyset_of(home: Home, *, dry_run: bool = False) -> KeysetFile:
    """Return the installation's keyset, which need not be there yet; auditors are told of each key that it makes.

    Raises ``EnvironmentFault`` if it, or a key that wraps it, lies inside a warehouse, or others can change the home.
    """
    from jobs.keys.keyset_file import KeysetFile
    from jobs.keys.trusted_path import refuse_foreign_home

    def tell(key_id: str, domain: KeyDomain, outcome: str) -> None:
        from jobs.audit_log import audit

        audit(home, "key", key_id, outcome, region=domain.region, purpose=domain.purpose, epoch=domain.epoch)

    declared = (home.keys.provider, *home.keys.before)
    path = home.path / "keys" / "keyset.json"
    files = [path, *(home.path / one.file.expanduser() for one in declared if one.file)]
    for file in files:
        _refuse_inside(file, home)
    refuse_foreign_home(home, *files)
    counter = home.path / home.keys.counter.expanduser()
    return KeysetFile(path, tuple(one.provider(home.path) for one in declared), counter, dry_run, tell)


def begin_keys(home: Home) -> KeysetFile:
    """Return the installation's keyset, made at first use with the key file of a development.

    Raises ``KeyUnusable`` if it was there before: neither is begun anew. A key that others keep is never made.
    """
    from jobs.keys.local_file import LocalFile

    keyset = keyset_of(home)
    first = keyset.providers[0]
    if isinstance(first, LocalFile) and keyset.is_new:
        first.make()
    keyset.make()
    return keyset


def _at(home: Path, path: Path) -> Path:
    return home / path.expanduser()


def _below(home: Path, path: Path | None) -> Path | None:
    return _at(home, path) if path else None


def _refuse_inside(file: Path, home: Home) -> None:
    real = os.path.realpath(file)
    if any(Path(real).is_relative_to(os.path.realpath(region.root)) for region in home.regions.values()):
        mend = "Move it out: keys and rows must not meet."
        raise EnvironmentFault(f"The key file {file.name} lies inside a warehouse.", mend=mend)
