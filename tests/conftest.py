"""One Spark session for the whole suite, started only when a test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")


MEMORY, ROOM = Path("/dev/shm"), 4 << 30


def pytest_configure(config: pytest.Config) -> None:
    """Keep the files of the fast tests in memory where there is room: they flush so much that they mostly wait.

    Others never write what tests make, whoever runs them: no key is opened in a home that others can write.
    """
    os.umask(os.umask(0o022) | 0o022)
    if "not long" in config.getoption("markexpr") and os.access(MEMORY, os.W_OK):
        disk = os.statvfs(MEMORY)
        if disk.f_bavail * disk.f_frsize >= ROOM and not disk.f_flag & os.ST_NOEXEC:  # Java loads libraries there
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", type=int, default=200, help="seeds of the fault sweep; 2000 for the night")


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--seeds"))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from jobs.session import start_session

    session = start_session(scratch=tmp_path_factory.mktemp("spark"), short_lived=True)
    yield session
    session.stop()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets; tests marked ``realdata`` need it."""
    folder = Path(os.environ.get("GEOWARD_SHARED", Path(__file__).parents[2] / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("no shared data beside this checkout")
    return folder


@pytest.fixture
def hook() -> Iterator[object]:
    """A real HTTP server on loopback. ``received`` holds the requests; ``answer`` is a code, "hang" or "close"."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from types import SimpleNamespace

    released = threading.Event()
    hook = SimpleNamespace(received=[], answer=200, location="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            hook.received.append(SimpleNamespace(path=self.path, headers=dict(self.headers), body=body.decode()))
            if hook.answer == "hang":
                released.wait(30)
            elif hook.answer != "close":
                self.send_response(hook.answer)
                if hook.location:
                    self.send_header("Location", hook.location)
                self.end_headers()

        do_GET = do_CONNECT = do_POST

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    hook.server, hook.url = server, f"http://127.0.0.1:{server.server_port}/services/T0/B0/planted-token"
    yield hook
    released.set()
    server.shutdown()
    thread.join()
    server.server_close()
