"""What runs began at a table and did not end: a commit that was made gets its manifest, other files are removed.

Whoever calls this holds the region's lock. Each step can be killed and done again.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from jobs import manifest
from jobs.manifest import Manifest


def finish(table: Path) -> dict[str, int]:
    """Write the manifests that are missing to commits that were made; return their versions by run, oldest first.

    Needed before each commit and not only after a kill: a full disk may end a run between its commit and its manifest,
    and the next manifest would cover that commit without naming any of its files.
    """
    found = {run_id: version for run_id in manifest.begun(table) if (version := committed(table, run_id)) is not None}
    done = dict(sorted(found.items(), key=lambda each: each[1]))
    for run_id, version in done.items():
        if version > max(manifest.versions(table), default=-1):
            manifest.complete(table, run_id, version)
        else:  # it was killed after it wrote the manifest
            manifest.give_up(table, run_id)
    return done


def known(table: Path) -> list[Manifest]:
    """Return all manifests, and those that ``finish`` would write, without writing them."""
    found = manifest.history(table)
    last = max((each.version for each in found), default=-1)
    meant = [(committed(table, run_id), manifest.intended(table, run_id)) for run_id in manifest.begun(table)]
    late = [replace(each, version=version) for version, each in meant if version is not None and version > last]
    return found + sorted(late, key=lambda each: each.version)


def remove(table: Path, run_id: str) -> None:
    """Remove the files that a run staged, and what it meant to do, unless it was committed or a version names one."""
    if committed(table, run_id) is not None or named(table, run_id):
        return
    folder = table / f"stage-{run_id}"
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():  # else it is still known as unfinished, and tried again
        manifest.give_up(table, run_id)


def committed(table: Path, run_id: str) -> int | None:
    """Return the version that the run committed since it began, None if it did not."""
    for version in manifest.log_versions(table, after=manifest.intended(table, run_id).version):
        if any(entry.get("commitInfo", {}).get("run_id") == run_id for entry in _entries(table, version, run_id)):
            return version
    return None


def named(table: Path, run_id: str) -> bool:
    """Return whether any version, of now or before, names a file that the run staged, by commit or by manifest."""
    logs = (manifest.log_file(table, version) for version in manifest.log_versions(table))
    manifests = (manifest.manifest_file(table, version) for version in manifest.versions(table))
    return any(f"stage-{run_id}/" in path.read_text(errors="replace") for path in (*logs, *manifests))


def _entries(table: Path, version: int, about: str) -> list[dict[str, Any]]:
    """Return the entries of a commit that mention ``about``; the rest, large or damaged, need not be understood."""
    lines = manifest.log_file(table, version).read_text(errors="replace").splitlines()
    return [json.loads(line) for line in lines if about in line]
