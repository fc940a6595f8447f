"""The ledger of privacy budgets: an SQLite file in which a loss is written down before anything is read.

One transaction at a time looks at what is left and spends it, over all processes, so that no two spend the same. It is
flushed to the disk, and told to a witness, before its figures are made: whatever dies later, what was spent stays
spent, and an older copy of the file is noticed.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

from jobs.budget.charged_files import charge_files, refuse_charged
from jobs.budget.grant import (
    BudgetExceeded,
    Grant,
    ReleasedBefore,
    Spend,
    same_accounting,
    whole_units,
)
from jobs.budget.ledger_tables import complete
from jobs.budget.read_grants import grants_of, left_of, loss_of, lost_by, refuse_other_unit
from jobs.budget.witness_ledger import RECOVERED, LedgerWitness
from quality.contracts.errors import EnvironmentFault
from quality.releases.privacy_loss import PrivacyLoss

WAIT_SECONDS = 60

KEY_FILE = "choice.key"
"""Beside the ledger from when it is made: where it is, there was a ledger."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class BudgetLedger:
    """A file (mode 0600), opened anew for each transaction; ``now`` dates entries and decides nothing.

    Without a ``witness`` nobody notices an older copy.
    """

    path: Path
    now: Callable[[], datetime] = _now
    witness: LedgerWitness | None = None

    def make(self) -> None:
        """Make the file and its tables where absent."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(self._connect()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            complete(db)

    def grant(self, grant: Grant) -> None:
        """Set a budget, from now on in place of what was granted of the same before; what is spent stays spent.

        Raises ``PolicyBreach`` if it is in another accounting or of another unit than what has been spent, and
        ``UsageError`` for periods that hold a part of a unit.
        """
        whole_units(grant)
        with self.alone() as db:
            refuse_other_unit(db, grant.dataset, grant.unit)
            for (spent,) in db.execute(
                "SELECT DISTINCT accounting FROM spends WHERE dataset = ? AND unit = ?", (grant.dataset, grant.unit)
            ):
                same_accounting(grant, loss_of(spent, "1", "0"))
            loss = grant.loss
            db.execute(
                "INSERT INTO grants VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
                (grant.dataset, grant.unit, grant.consumer, loss.accounting, str(loss.main), str(loss.delta),
                 grant.per, self.now().isoformat()),
            )  # fmt: skip

    def once(
        self, spend: Spend, loss: PrivacyLoss, make: Callable[[], bytes], *, changed: bool = False,
        files: Sequence[str] = (),
    ) -> bytes:  # fmt: skip
        """Return the figures of a spending: as they were made before, or by ``make``, which then may read.

        The loss is spent before ``make`` is called and whatever it does, so that one that died or failed is paid for
        and made anew at a new loss: nobody knows how far it came. ``changed`` allows figures of data that had another
        version or declaration when the same partition was released. ``files`` are the SHA-256 of those that are read.
        Raises ``BudgetExceeded`` where too little is left, ``ChargedElsewhere`` for files of another dataset, and
        ``PolicyBreach`` for what has no budget or may not be released again.
        """
        with self._one_maker(spend):
            if (kept := self._made(spend)) is not None:
                return kept
            self._spend(spend, loss, changed, files)
            figures = make()
            with self.alone() as db:
                charge_files(db, spend.dataset, files)
                db.execute("INSERT INTO figures VALUES (?, ?, ?)", (spend.digest, figures, self.now().isoformat()))
            return figures

    def kept(self, spend: Spend) -> tuple[bytes, str] | None:
        """Return the newest figures of the same release, consumer and partition, whatever the data was; None if none.

        They were paid for, and to publish them once more costs nothing. The declaration they were made by is beside.
        """
        with closing(self._connect()) as db:
            found = db.execute(
                "SELECT made, declaration FROM figures JOIN spends USING (digest) WHERE dataset = ? AND unit = ?"
                " AND consumer = ? AND release = ? AND partition = ? ORDER BY id DESC LIMIT 1",
                (spend.dataset, spend.unit, spend.consumer, spend.release, spend.partition),
            ).fetchone()
        return (bytes(found[0]), str(found[1])) if found else None

    def budget(self, dataset: str, unit: str, consumer: str) -> Grant | None:
        """Return what is granted of a dataset to a consumer; None where nothing ever was."""
        with closing(self._connect()) as db:
            row = db.execute(
                "SELECT accounting, main, delta, per FROM grants WHERE dataset = ? AND unit = ? AND consumer = ?"
                " ORDER BY id DESC LIMIT 1", (dataset, unit, consumer),
            ).fetchone()  # fmt: skip
        return Grant(dataset, unit, loss_of(*row[:3]), consumer, row[3]) if row else None

    def left(self, dataset: str, unit: str, consumer: str, first: date, last: date) -> dict[str, tuple[Fraction, ...]]:
        """Return what is left, as (rho or epsilon, delta), to a consumer by each budget: its own, and everybody's."""
        with closing(self._connect()) as db:
            found = grants_of(db, dataset, unit, consumer)
            return {grant.consumer: left_of(db, grant, first, last) for grant in found}

    def lost(self, dataset: str, unit: str) -> PrivacyLoss | None:
        """Return the most that a unit of a dataset has lost by all that is entered; None where nothing is."""
        with closing(self._connect()) as db:
            return lost_by(db, dataset, unit)

    def _made(self, spend: Spend) -> bytes | None:
        with closing(self._connect()) as db:
            found = db.execute("SELECT made FROM figures WHERE digest = ?", (spend.digest,)).fetchone()
        return bytes(found[0]) if found else None

    def _spend(self, spend: Spend, loss: PrivacyLoss, changed: bool, files: Sequence[str]) -> None:
        with self.entering() as db:
            refuse_charged(db, spend.dataset, files)
            refuse_other_unit(db, spend.dataset, spend.unit)
            for grant in grants_of(db, spend.dataset, spend.unit, spend.consumer):
                same_accounting(grant, loss)
                left = left_of(db, grant, spend.first, spend.last)
                if Fraction(loss.main) > left[0] or Fraction(loss.delta) > left[1]:
                    raise BudgetExceeded(grant, left, loss)
            if not changed:
                _refuse_changed(db, spend)
            db.execute(
                f"INSERT INTO spends VALUES (NULL, {', '.join('?' * 14)})",
                (spend.digest, *map(str, astuple(spend)), loss.accounting, str(loss.main), str(loss.delta),
                 self.now().isoformat()),
            )  # fmt: skip

    @contextmanager
    def entering(self) -> Iterator[sqlite3.Connection]:
        """As ``alone``, in the newest ledger only: what is entered is told to the witness before this ends."""
        with self.alone() as db:
            complete(db)
            if self.witness:
                self.witness.hold(db)
            yield db
        if self.witness:
            with self.alone() as db:  # so that what is told later is never less
                self.witness.tell(db)

    def recover(self) -> int:
        """Enter what the witness was told of and is not there, and return how many losses these are."""
        if self.witness is None:
            return 0
        with self.alone() as db:
            complete(db)
            entered = self.witness.recover(db)
        with self.alone() as db:
            self.witness.tell(db, RECOVERED)
        return entered

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """Return a connection while nobody else can write; its changes are on the disk at the end, or none is."""
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextmanager
    def _one_maker(self, spend: Spend) -> Iterator[None]:
        """Let no two processes make the same figures at a time: the second finds those of the first."""
        locks = self.path.with_name(f"{self.path.name}.making")
        locks.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(locks / spend.digest[:2], os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _connect(self) -> sqlite3.Connection:
        """Raise ``EnvironmentFault`` if the file is missing, which would begin anew with nothing spent, or shared."""
        if not self.path.exists():
            raise EnvironmentFault(
                f"The ledger of privacy budgets {self.path.name} is missing.",
                mend="Restore it from your backup. A new one would know nothing of what is spent."
                if (self.path.parent / KEY_FILE).exists()
                else "None was made here: `geoward budget make`.",
            )
        mode = stat.S_IMODE(self.path.stat().st_mode)
        if mode & 0o077:
            raise EnvironmentFault(
                f"The ledger of privacy budgets has mode {mode:04o}: others can read it.",
                mend=f"Run `chmod 600 {self.path}`.",
            )
        where = f"file:{quote(str(self.path))}?mode=rw"
        db = sqlite3.connect(where, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
        db.execute("PRAGMA synchronous = FULL")  # else a power cut may take back what was spent
        return db


def _refuse_changed(db: sqlite3.Connection, spend: Spend) -> None:
    """Raise ``ReleasedBefore`` for a partition of which others have figures; one that died before has shown nothing."""
    released = db.execute(
        "SELECT count(*) FROM spends JOIN figures USING (digest) WHERE dataset = ? AND unit = ? AND consumer = ?"
        " AND release = ? AND partition = ? AND digest != ?",
        (spend.dataset, spend.unit, spend.consumer, spend.release, spend.partition, spend.digest),
    ).fetchone()[0]
    if released:
        raise ReleasedBefore(
            f"Release {spend.release} has published this partition of {spend.dataset} before, from other data or by "
            "another declaration; the difference could tell who came or went. Nothing was spent.",
            mend="Keep what is published, or set `changed_input: spend` in the release, at a new loss.",
        )
