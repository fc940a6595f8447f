"""A vault over each database that can keep one. PostgreSQL is a real server, on a socket in a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.vault.sqlite import SqliteDatabase
from jobs.vault.store import Vault

DAYS = timedelta(days=35)


@dataclass(frozen=True)
class Key:
    """A key of a test, by its seed."""

    seed: int

    def open(self) -> bytes:
        return bytes([self.seed]) * 32


INDEX, OLD, NEW = Key(1), Key(2), Key(3)


class Server:
    """What a test needs of a PostgreSQL server: a database of its own, and the bytes of all of its files."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs, self.data = folder, programs, folder / "data"
        self.run("initdb", "-D", str(self.data), "-U", "vault", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        settings = f"listen_addresses = ''\nunix_socket_directories = '{folder}'\nwal_recycle = off\n"
        settings += "max_prepared_transactions = 4\n"
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(settings)
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", str(folder / "log"), "start")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs as somebody other than root, which they refuse."""
        other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        command = [*other, str(self.programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def conninfo(self, database: str = "postgres", user: str = "vault") -> str:
        return f"host={self.folder} user={user} dbname={database}"

    def database(self) -> str:
        import psycopg

        name = f"vault_{uuid.uuid4().hex}"
        with psycopg.connect(self.conninfo(), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name}".encode())
        return self.conninfo(name)

    def flush(self) -> None:
        import psycopg

        with psycopg.connect(self.conninfo(), autocommit=True) as db:
            db.execute("CHECKPOINT")


@pytest.fixture(scope="session")
def server():
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb")
    assert installed or found, "install PostgreSQL: apt-get install postgresql"
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    server = Server(folder, installed[-1] if installed else Path(found).resolve().parent)
    yield server
    server.run("pg_ctl", "-D", str(server.data), "-m", "immediate", "stop")
    shutil.rmtree(folder)


@dataclass(frozen=True)
class Sqlite:
    """The files of an SQLite vault."""

    database: SqliteDatabase

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.database.path.parent.iterdir()}


@dataclass(frozen=True)
class Postgres:
    """The files of a PostgreSQL vault: all of the server's but those of other databases."""

    database: object
    server: Server

    def files(self) -> dict[str, bytes]:
        self.server.flush()  # as late as a test looks, memory has nothing that the files lack
        data, mine = self.server.data, str(self._oid())
        every = [path for path in data.rglob("*") if path.is_file()]
        ours = [path for path in every if path.parts[len(data.parts)] != "base" or mine in path.parts]
        return {str(path.relative_to(data)): path.read_bytes() for path in ours}

    def _oid(self) -> int:
        import psycopg

        with psycopg.connect(self.database.conninfo) as db:
            return db.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()[0]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def kept(request, tmp_path):
    """Where a vault is kept."""
    if request.param == "sqlite":
        folder = tmp_path / "vault"
        folder.mkdir()
        return Sqlite(SqliteDatabase(folder / "vault.sqlite"))
    from jobs.vault.postgres import PostgresDatabase

    server = request.getfixturevalue("server")
    return Postgres(PostgresDatabase(server.database()), server)


@pytest.fixture
def vault(kept):
    kept.database.make()
    return Vault(kept.database, INDEX, (OLD,), DAYS)
