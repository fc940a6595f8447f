"""Ingest files under a mapping: land them or, in a dry run, only look; the audit table gets counts only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path

from jobs.audit_log import audit
from jobs.describe_source import rejects_all
from jobs.home import Home, Region
from jobs.land_files import Landed, content_of, landing
from jobs.landing.file_keys import KeptKeys
from jobs.landing.file_name import told
from jobs.landing.probe_file import NOT_KEPT, probe_content, unfit
from jobs.landing.sealed_file import FileKeys
from jobs.listings import IngestedFile, IngestListing
from jobs.reasons import explain_reason
from jobs.run_lock import run_lock
from jobs.storage_problems import refuse_lost
from quality.sources.load_mapping import load_mapping, mapping_text
from quality.sources.mapping import Mapping


def ingest(
    home: Home,
    source: str,
    region: str,
    paths: Sequence[Path],
    *,
    dry_run: bool = False,
    progress: Callable[[Path], None] = lambda path: None,
    waiting: Callable[[str], None] = lambda text: None,
    wait: bool = True,
) -> IngestListing:
    """Land files and say what became of each. A file that cannot be used does not stop the others.

    New files land beside a run; a file that is there already, under another mapping, waits for the end of a run that is
    alive, and ``waiting`` is told of which. Without ``wait`` raises ``Busy`` instead. Raises ``ConfigError`` for a
    mapping that is absent or wrong and ``UsageError`` for an unknown region.
    """
    mapping, place = load_mapping(source), home.region(region)
    refuse_lost(home, place)
    if dry_run:
        files = [_probed(mapping, path, KeptKeys(home, place)) for path in paths]
    else:
        alone = partial(run_lock, home, waiting, wait=wait)
        files = _landed(home, mapping, mapping_text(source), place, paths, progress, alone)
    return IngestListing(
        source=mapping.name, mapping_version=mapping.version, region=region, dry_run=dry_run,
        legal_basis=dict(mapping.legal_basis), rejects_all=rejects_all(mapping, home.policy.purposes),
        failed=sum(file.outcome in NOT_KEPT for file in files), files=files,
    )  # fmt: skip


def _landed(
    home: Home, mapping: Mapping, text: str, place: Region, paths: Sequence[Path], progress: Callable[[Path], None],
    alone: Callable[[], AbstractContextManager[None]],
) -> list[IngestedFile]:  # fmt: skip
    files: list[IngestedFile] = []
    try:
        files += (_told(mapping, one) for one in landing(home, place, mapping, text, paths, progress, alone))
    except BaseException:
        with suppress(Exception):  # what landed before is entered; on a full disk the first error is the one to show
            _audit(home, mapping, place.name, files)
        raise
    _audit(home, mapping, place.name, files)
    return files


def _probed(mapping: Mapping, path: Path, keys: FileKeys) -> IngestedFile:
    content = content_of(path, keys)
    probe, size = probe_content(content, mapping), 0 if unfit(path) else content.size
    outcome = probe.reason if probe.reason in NOT_KEPT else "quarantined" if probe.reason else "readable"
    return _told(mapping, Landed(told(path.name), outcome, probe.reason, "", size, probe.dropped))


def _told(mapping: Mapping, one: Landed) -> IngestedFile:
    return IngestedFile(
        name=one.name, outcome=one.outcome, reason=one.reason, bytes=one.bytes,  # type: ignore[arg-type]
        mend=_mend(one), dropped=list(one.dropped),
        unknown=[name for name in one.dropped if name not in mapping.ignored],
    )  # fmt: skip


def _mend(one: Landed) -> str:
    if one.outcome == "refused":
        return "The file is in use and stays as it was, since this mapping cannot read it: mend the mapping first."
    return explain_reason(one.reason)[1] if one.reason else ""


def _audit(home: Home, mapping: Mapping, region: str, files: Sequence[IngestedFile]) -> None:
    """File names stay out: they may tell of a person."""
    outcomes: Counter[str] = Counter(file.outcome for file in files)
    reasons = Counter(file.reason.partition(":")[0] for file in files if file.reason)
    outcome = next((one for one in ("quarantined", "refused", *NOT_KEPT) if outcomes[one]), "landed")
    detail = {"files": dict(outcomes), "reasons": dict(reasons), "bytes": sum(file.bytes for file in files)}
    audit(home, "ingest", mapping.name, outcome, region=region, mapping_version=mapping.version, **detail)
