"""Gather the facts that the doctor judges: from this machine, this Python and this installation."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jobs import doctor
from jobs.home import Home, Region, home_path, open_home
from jobs.jars import locked_jars, wrong_jars
from jobs.java import find_java
from jobs.keys.config import keyset_of
from jobs.listings import DoctorListing, Finding
from jobs.lost_keys import KEYSET, forgotten_keyset, keys_are_lost, vault_is_lost
from jobs.storage_problems import why_lost
from quality.contracts.errors import GeowardError

LOCK = Path(__file__).parent.parent / "requirements.lock"
MAIN = (
    "dagster", "dagster-webserver", "delta-spark", "deltalake", "duckdb", "great-expectations", "h3",
    "presidio-analyzer", "pyarrow", "pydantic", "pyspark", "rich", "typer",
)  # fmt: skip
UI_PORT = 3000


def examine(path: Path | None = None) -> DoctorListing:
    """Look at everything and return the findings; nothing raises, since a doctor must not fall ill."""
    findings = [
        doctor.judge_python(sys.version_info[:2]),
        doctor.judge_java(find_java()),
        doctor.judge_packages(locked_versions(LOCK), installed_versions()),
        doctor.judge_jars(len(locked_jars()), wrong_jars()),
        doctor.judge_port(UI_PORT, port_is_free(UI_PORT)),
    ]
    try:
        home = open_home(path)
        summary = f"{home.path}: {len(home.regions)} regions, policy {home.policy.name} {home.policy.version[:12]}"
        findings += [doctor.judge_config("", "", summary), *_installation(home)]
    except GeowardError as error:
        findings.append(doctor.judge_config(error.message, error.mend, ""))
    except OSError:
        where = path or home_path()
        findings.append(doctor.judge_config(f"{where} cannot be opened", "Set GEOWARD_HOME to a folder of yours.", ""))
    return DoctorListing(healthy=all(finding.status != "fail" for finding in findings), findings=findings)


def locked_versions(lock: Path) -> dict[str, str]:
    """Return the locked versions of the main packages; empty without a lock."""
    if not lock.exists():
        return {}
    pins = dict(re.findall(r"^([a-z0-9._-]+)==([^\s\\;]+)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE))
    return {name: pins[name] for name in MAIN if name in pins}


def installed_versions() -> dict[str, str]:
    """Return the installed versions of the main packages."""
    found = {}
    for name in MAIN:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def port_is_free(port: int) -> bool:
    """Return whether nothing listens on that port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _installation(home: Home) -> list[Finding]:
    mode = _mode(home.path / KEYSET)
    keyset = doctor.judge_private("keyset", KEYSET, mode, keys_are_lost(home), _why_closed(home))
    findings = [doctor.judge_disk("home", _free(home.path)), keyset]
    for region in home.regions.values():
        where = doctor.nearest_existing(region.root)
        writable, lost = os.access(where, os.W_OK | os.X_OK), why_lost(home, region)
        findings.append(doctor.judge_root(region.name, _mode(region.root), writable, lost))
        findings.append(doctor.judge_disk(f"region {region.name}", _free(where)))
        findings += _vault(home, region)
    return findings


def _why_closed(home: Home) -> GeowardError | None:
    """Return why the keyset cannot be opened, or not be taken for the newest; None if it can, or there is none."""
    try:
        keyset = keyset_of(home)
        if keyset.path.exists():
            keyset.read()
        return forgotten_keyset(home)
    except GeowardError as error:
        return error


def _vault(home: Home, region: Region) -> list[Finding]:
    """Judge the file of a region's vault; a server has guards of its own."""
    from jobs.fsck_vault import why_put_back  # numpy comes with it, which no other command waits for

    if home.vault.postgres:
        return []
    file = home.vault.where(region.name)
    mode, lost = _mode(home.path / file), vault_is_lost(home, region)
    older = why_put_back(home, region) if mode else None
    return [doctor.judge_private(f"vault {region.name}", file, mode, lost, older)]


def _mode(path: Path) -> int | None:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else None


def _free(path: Path) -> int:
    return shutil.disk_usage(path).free
