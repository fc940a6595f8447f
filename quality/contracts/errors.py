"""The errors Geoward raises. Messages name datasets, columns, counts and policies, never a data value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

UNEXPLAINED = "Nothing half-done was published. Run `geoward doctor`; if that finds nothing, report a defect."
"""The next step after an error that Geoward does not explain."""


class GeowardError(Exception):
    """Any failure that Geoward explains itself; ``mend`` is the next step for the user."""

    exit_code = 1

    def __init__(self, message: str, *, mend: str = "") -> None:
        """Keep the mend apart, so that a terminal can print it on a line of its own."""
        super().__init__(f"{message} {mend}".strip())
        self.message = message
        self.mend = mend


class ContractViolation(GeowardError):
    """A frame or a declaration does not have the shape its contract states."""

    def __init__(self, dataset: str, problem: str, columns: tuple[str, ...] = ()) -> None:
        """Name the dataset and the columns at fault."""
        names = f": {', '.join(columns)}" if columns else ""
        super().__init__(f"{dataset} {problem}{names}.", mend=f"See `geoward tables show {dataset}`.")


class UsageError(GeowardError):
    """The command was asked for something that does not exist or does not fit."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration, policy or mapping file is wrong; the message names the file and the field."""


class UnknownDataset(UsageError):
    """No contract has this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        """List what exists."""
        super().__init__(f"There is no dataset {name!r}.", mend=f"Known: {', '.join(known)}.")


class PolicyBreach(GeowardError):
    """A policy says no, or says nothing, which is also no."""

    exit_code = 3


class EnvironmentFault(GeowardError):
    """The machine lacks something Geoward needs, such as Java or a JAR."""

    exit_code = 4


class KeyUnusable(EnvironmentFault):
    """A key is missing, disabled, destroyed, changed or the wrong one, so that nothing is done with it."""

    def __init__(self, name: str, problem: str, *, mend: str) -> None:
        """Name the key (as in "Key key-1f2e"), never its bytes."""
        super().__init__(f"{name} cannot be used: {problem}.", mend=mend)
        self.name = name
        self.cause = f"{name[:1].lower()}{name[1:]} cannot be used: {problem}"

    def of(self, name: str) -> KeyUnusable:
        """Return it as the error of a key that this one is needed for; what came first is told, nothing between."""
        if name == self.name:
            return self
        error = KeyUnusable(name, self.cause, mend=self.mend)
        error.cause = self.cause
        return error


class RowsLost(GeowardError):
    """The row equation does not hold: some rows are neither out, quarantined nor rejected."""

    def __init__(self, dataset: str, region: str, date: str, *, rows_in: int, accounted: int) -> None:
        """State both sides of the equation."""
        super().__init__(
            f"{dataset} for region {region} on {date}: {rows_in} rows in, {accounted} accounted for.",
            mend="Nothing was published; report this as a defect with the run's id.",
        )


class FilesLost(GeowardError):
    """Landed files whose rows readers have cannot be read any more, so what needs them is not made."""

    def __init__(self, dataset: str, region: str, files: int, dates: Sequence[date]) -> None:
        """Count the files, whose names may tell of a person, and name the dates."""
        days = str(dates[0]) if len(dates) == 1 else f"{len(dates)} dates from {dates[0]} to {dates[-1]}"
        which = "1 landed file" if files == 1 else f"{files} landed files"
        super().__init__(
            f"{dataset} for region {region}: {which} of {days} cannot be read: kept bytes are gone, or are not those "
            "that landed, or the mapping no longer fits. Nothing was made of them; readers keep the last good version.",
            mend="Run `geoward fsck`, which names the files, then `geoward ingest` each again from where it came (or, "
            "if fsck finds nothing, under a mapping that reads it), and run again.",
        )


class FilesUnknown(GeowardError):
    """Readers have more rows of dates than landed in the files that a catalog that was made anew knows."""

    def __init__(self, dataset: str, region: str, dates: Sequence[date]) -> None:
        """Name the dates."""
        days = str(dates[0]) if len(dates) == 1 else f"{len(dates)} dates from {dates[0]} to {dates[-1]}"
        super().__init__(
            f"{dataset} for region {region}: the catalog was made anew and does not know all that landed of {days}: "
            "readers have more rows. Nothing was made of them; readers keep what they have.",
            mend=f"Restore catalog.sqlite from a backup, or `geoward landed restore --region {region}`, and `geoward "
            "ingest` what it names as gone; then run again.",
        )


class PublishedMeanwhile(GeowardError):
    """Another run published a partition while this one made it, so this one's rows are not published."""

    def __init__(self, dataset: str, region: str, date: str) -> None:
        """Name the partition."""
        super().__init__(
            f"{dataset} for region {region} on {date} was published by another run meanwhile; nothing was published.",
            mend="Run again: what is up to date is left as it is.",
        )


class PublishedBefore(GeowardError):
    """A run that was started once more under its name has published already; its files stay as they are."""

    def __init__(self, dataset: str, region: str, run_id: str) -> None:
        """Name the table and the run."""
        super().__init__(
            f"Run {run_id} has published {dataset} for region {region} before; nothing was changed.",
            mend="Start a new run: what is up to date is left as it is.",
        )


class Busy(GeowardError):
    """Another process runs in this installation, and this one was not to wait."""

    exit_code = 5


class AuditFailed(GeowardError):
    """Checks failed on the staged rows, so nothing was published."""

    def __init__(
        self, dataset: str, region: str, failed: tuple[str, ...], mend: str, *, verdicts: tuple[object, ...] = ()
    ) -> None:
        """Name the checks that failed and how to mend the first; ``verdicts`` are all of the audit's."""
        super().__init__(f"{dataset} for region {region} failed {', '.join(failed)}; not published.", mend=mend)
        self.verdicts = verdicts
