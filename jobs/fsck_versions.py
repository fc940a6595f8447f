"""Hold a table's manifests to each other, to its commits, and to what audit log and catalog say was published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import unquote

from jobs import manifest
from jobs.damage import Damage, TablePlace
from jobs.manifest import Manifest
from jobs.publications import FIRST
from jobs.table_on_disk import Commit, TableOnDisk
from jobs.witnesses import Witness
from quality.contracts import DATE


def check_versions(place: TablePlace, disk: TableOnDisk, witness: Witness) -> Iterator[Damage]:
    """Return what is wrong with manifests and commits; of each file one thing only."""
    told: set[str] = set()
    for one in (
        *_manifests(place, disk, witness),
        *_untold(place, disk, witness),
        *_newest(place, disk, witness),
        *_logs(place, disk, witness),
    ):
        if one.path not in told:
            told.add(one.path)
            yield one


def _manifests(place: TablePlace, disk: TableOnDisk, witness: Witness) -> Iterator[Damage]:
    for version in sorted(disk.digests):
        name, each = _manifest(version), disk.manifests.get(version)
        if each is None:
            yield place.damage("manifest_edited", name, "it cannot be read")
            continue
        if (said := witness.sums.get(version)) and said != disk.digests[version]:
            yield place.damage("manifest_edited", name, "the audit log names another SHA-256")
        yield from _chained(place, disk, each)
        try:
            problem = _against_commits(disk, each)
        except (KeyError, TypeError, ValueError, AttributeError):
            problem = "its commit is none of ours"
        if problem:
            yield place.damage("manifest_edited", name, problem)


def _chained(place: TablePlace, disk: TableOnDisk, each: Manifest) -> Iterator[Damage]:
    """Compare a manifest with the one before it, which is of the version before the first that it covers."""
    covered = _covered(each)
    before = min(covered, default=each.version) - 1
    if covered != list(range(before + 1, each.version + 1)):
        yield place.damage("manifest_edited", _manifest(each.version), "it does not cover the commits up to its own")
    elif before == -1:
        if each.previous:
            yield place.damage("manifest_edited", _manifest(each.version), "the first names one before it")
    elif before not in disk.digests:
        yield place.damage("manifest_missing", _manifest(before), f"the manifest of version {before} is gone")
    elif disk.digests[before] != each.previous:
        yield place.damage("manifest_edited", _manifest(before), "the manifest after it names another SHA-256")


def _against_commits(disk: TableOnDisk, each: Manifest) -> str:
    """Return how a manifest contradicts its commit; empty if it does not, or if the commit is not what it was."""
    commit = disk.commits.get(each.version)
    if commit is None or commit.digest != each.logs.get(str(each.version)):
        return ""
    adds = {(unquote(add["path"]), add["size"], add["partitionValues"][DATE]) for add in commit.all("add")}
    days = {str(txn["appId"]).rpartition("/")[2] for txn in commit.all("txn")}
    facts = {
        "run": (commit.info.get("run_id"), each.run_id),
        "kind": ("withdraw" if "withdraws" in commit.info else "publish", each.kind),
        "dates": (days, set(each.dates)),
        "files": (adds, {(file.path, file.bytes, file.date) for file in each.files}),
        "rows": (_rows(commit), {file.path: file.rows for file in each.files}),
    }
    differ = [name for name, (one, other) in facts.items() if one != other]
    return f"its commit says otherwise: {', '.join(differ)}" if differ else ""


def _rows(commit: Commit) -> dict[str, int]:
    return {unquote(add["path"]): json.loads(add["stats"])["numRecords"] for add in commit.all("add")}


def _newest(place: TablePlace, disk: TableOnDisk, witness: Witness) -> Iterator[Damage]:
    """Compare the newest version with the newest that anybody says was published."""
    if witness.twice:
        what = f"the audit log names version {min(witness.twice)} twice: later versions were taken back in between"
        yield place.damage("table_rolled_back", "", what)
    last = max(disk.digests, default=-1)
    if witness.newest <= last:
        return
    newest = disk.commits.get(witness.newest)
    if newest and newest.info.get("run_id") in disk.pending:
        return  # its run was killed before the manifest, and the next one writes it
    if newest:
        what = f"version {witness.newest} was published, and its manifest is gone"
        yield place.damage("manifest_missing", _manifest(witness.newest), what)
    else:
        what = f"version {witness.newest} was published, and the newest here is {last}"
        yield place.damage("table_rolled_back", "", what)


def _untold(place: TablePlace, disk: TableOnDisk, witness: Witness) -> Iterator[Damage]:
    """Tell of versions that neither audit log nor catalog name the run of: no run of Geoward ends like that."""
    for version, each in disk.manifests.items() if place.told else ():
        if version >= FIRST and each.run_id not in witness.runs | place.begun | disk.pending:
            what = f"nobody was ever told of version {version}: neither audit log nor catalog name its run"
            yield place.damage("manifest_added", _manifest(version), what)


def _logs(place: TablePlace, disk: TableOnDisk, witness: Witness) -> Iterator[Damage]:
    """Compare Delta's commits and checkpoints with what the manifests say of them."""
    said = {name: (digest, each) for each in disk.manifests.values() for name, digest in each.logs.items()}
    there = {str(version): commit.digest for version, commit in disk.commits.items()}
    there |= {f"{version}.checkpoint": digest for version, digest in disk.checkpoints.items()}
    if said and not there:
        yield place.damage("log_missing", "_delta_log", "Delta's whole log is gone")
        return
    for name, (digest, each) in said.items():
        if name not in there:
            yield place.damage("log_missing", _log(name), f"what was committed as {name} is gone")
        elif there[name] != digest:
            yield place.damage("log_edited", _log(name), f"{name} is not what was committed")
        elif name.isdigit() and int(name) < each.version and _changes_files(disk.commits[int(name)]):
            yield place.damage("log_added", _log(name), f"version {name} changes files, and no manifest is of it")
    for name in sorted(there.keys() - said.keys()):
        if not name.isdigit():
            yield place.damage("log_added", _log(name), "no manifest names this checkpoint")
        else:
            yield from _unsaid(place, disk, witness, int(name))


def _unsaid(place: TablePlace, disk: TableOnDisk, witness: Witness, version: int) -> Iterator[Damage]:
    """Tell what a commit is that no manifest covers."""
    commit, last = disk.commits[version], max(disk.digests, default=-1)
    run_id = commit.info.get("run_id")
    if version <= last:  # a manifest that covered it is gone or cannot be read, which is told already
        return
    if run_id in disk.pending or (version == 0 and not _changes_files(commit)):
        return  # its run is completed by the next one; or it was killed when it had made the empty table
    if run_id and version <= max(witness.newest, last + 1):
        yield place.damage("manifest_missing", _manifest(version), f"the manifest of version {version} is gone")
    else:
        yield place.damage(
            "log_added", _log(str(version)), f"version {version} was committed, but no manifest is of it"
        )


def _covered(each: Manifest) -> list[int]:
    return sorted(int(name) for name in each.logs if name.isdigit())


def _changes_files(commit: Commit) -> bool:
    return bool(commit.all("add") or commit.all("remove"))


def _manifest(version: int) -> str:
    return f"{manifest.FOLDER}/{version:020}.json"


def _log(name: str) -> str:
    version, _, checkpoint = name.partition(".")
    return f"_delta_log/{int(version):020}.{'checkpoint.parquet' if checkpoint else 'json'}"
