"""A Spark standalone master and two workers on loopback, and Geoward's wheel installed where they can run it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pyspark

ROOT = Path(__file__).parents[2]
SPARK_HOME = Path(pyspark.__file__).parent
EXECUTOR = b"CoarseGrainedExecutorBackend"
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def install_wheel(folder: Path) -> Path:
    """Build the wheel and install it in a Python of its own, with this one's libraries; return that Python.

    The checkout is not on its path: what is not in the wheel is not there.
    """
    subprocess.run([_beside("hatchling"), "build", "-t", "wheel", "-d", folder / "dist"], cwd=ROOT, check=True,
                   capture_output=True)  # fmt: skip
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "site"], check=True)
    python = folder / "site" / "bin" / "python"
    (wheel,) = (folder / "dist").glob("*.whl")
    subprocess.run([_beside("uv"), "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel],
                   check=True)  # fmt: skip
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    own = next((folder / "site" / "lib").glob("python*")) / "site-packages"
    (own / "libraries.pth").write_text(libraries + "\n")  # a .pth file's own .pth files are not read
    (folder / "site" / "jars").symlink_to(Path(sys.prefix) / "jars")
    return python


class Cluster:
    """``with Cluster(folder) as cluster``: started on free ports of 127.0.0.1 and ended, with all that they started."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.secret = folder, secrets.token_hex(16)
        self.properties = folder / "spark.conf"
        self._daemons: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Cluster:
        (self.folder / "conf").mkdir(parents=True)
        self.master = f"spark://127.0.0.1:{_free_port()}"
        self.write_properties(self.properties)
        try:
            self._start("master", "org.apache.spark.deploy.master.Master", "--port", self.master.rpartition(":")[2])
            wait_until(lambda: _answers(self.master), "the master did not start")
            for name in ("worker-1", "worker-2"):
                self._start(name, "org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", "1g",
                            "--work-dir", str(self.folder / name), self.master)  # fmt: skip
            wait_until(lambda: self.log("master").count("Registering worker") == 2, "the workers did not register")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for daemon in reversed(self._daemons):
            with suppress(ProcessLookupError):
                os.killpg(daemon.pid, signal.SIGTERM)
            try:
                daemon.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(daemon.pid, signal.SIGKILL)
                daemon.wait()

    def write_properties(self, path: Path, **more: str) -> None:
        """Write what spark-submit, master and workers read; only its owner can."""
        settings = {
            "spark.master": self.master,
            "spark.authenticate": "true",
            "spark.authenticate.secret": self.secret,
            "spark.network.crypto.enabled": "true",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "2g",
            "spark.driver.defaultJavaOptions": QUICK,
            "spark.executor.memory": "1g",
            "spark.executor.extraJavaOptions": QUICK,
            "spark.sql.shuffle.partitions": "2",
            **more,
        }
        path.touch(mode=0o600)
        path.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))

    def log(self, name: str) -> str:
        """Return what a daemon has said."""
        return (self.folder / f"{name}.log").read_text()

    def executors(self) -> list[int]:
        """Return the processes that run tasks now."""
        workers = {daemon.pid for daemon in self._daemons[1:]}
        return [pid for pid in _processes() if _parent(pid) in workers and EXECUTOR in _command(pid)]

    def _start(self, name: str, daemon: str, *arguments: str) -> None:
        environment = {
            **os.environ, "SPARK_HOME": str(SPARK_HOME), "SPARK_CONF_DIR": str(self.folder / "conf"),
            "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": QUICK,
            "SPARK_LOCAL_DIRS": str(self.folder / f"{name}-spills"),
        }  # fmt: skip
        (self.folder / f"{name}-spills").mkdir()
        command = [SPARK_HOME / "bin" / "spark-class", daemon, "--host", "127.0.0.1", "--webui-port", "0",
                   "--properties-file", self.properties, *arguments]  # fmt: skip
        with (self.folder / f"{name}.log").open("wb") as log:
            self._daemons.append(
                subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
            )


class ExecutorKiller:
    """Kills one executor with SIGKILL while it has a file of a table that is being written open.

    It is stopped first and looked at again, so that the kill is known to be in the middle of a task.
    """

    def __init__(self, cluster: Cluster, below: Path) -> None:
        self.cluster, self.below = cluster, str(below)
        self.killed, self.writing = 0, ""

    def try_once(self) -> None:
        """Kill an executor that is writing now, if there is one and none was killed before."""
        for pid in self.cluster.executors() if not self.killed else ():
            if not self._writing(pid):
                continue
            os.kill(pid, signal.SIGSTOP)
            self.writing = self._writing(pid)
            os.kill(pid, signal.SIGKILL if self.writing else signal.SIGCONT)
            self.killed = pid if self.writing else 0

    def _writing(self, pid: int) -> str:
        with suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    path = str(descriptor.readlink())
                    if path.startswith(self.below) and "/_temporary/" in path:
                        return path
        return ""


def while_running(command: list[str | Path], each: Callable[[], None], **options: object) -> subprocess.Popen[str]:
    """Run a command to its end, calling ``each`` again and again meanwhile."""
    process = subprocess.Popen(command, text=True, start_new_session=True, **options)  # type: ignore[call-overload]
    try:
        while process.poll() is None:
            each()
            time.sleep(0.002)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return process


def wait_until(true: Callable[[], bool], otherwise: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)


def command_lines() -> str:
    """Return every command line on this machine, as any of its users can see them."""
    return b"\n".join(_command(pid) for pid in _processes()).decode("utf-8", "replace")


def _beside(name: str) -> Path:
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, name
    return Path(found)


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(master: str) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", int(master.rpartition(":")[2])), timeout=1):
        return True
    return False


def _processes() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    return b""


def _parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
