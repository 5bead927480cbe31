"""Real servers for tests, started and stopped by the tests themselves, on private unix sockets."""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import redis


@contextlib.contextmanager
def redis_server(binary: str) -> Iterator[str]:
    """A Redis with an append-only file, empty at first and gone afterwards; its `unix://` URL."""
    folder = Path(tempfile.mkdtemp(prefix="alerter-"))  # short: a socket's path may have 100 bytes
    socket = folder / "redis.sock"
    options = {"port": "0", "unixsocket": str(socket), "dir": str(folder), "appendonly": "yes", "save": ""}
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([binary, *arguments], stdout=log, stderr=log)
    try:
        wait_for(f"unix://{socket}")
        yield f"unix://{socket}"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder)


def wait_for(url: str, within: float = 10.0) -> None:
    """Until the server answers. Raises redis.ConnectionError."""
    until = time.monotonic() + within
    while True:
        try:
            with redis.Redis.from_url(url) as client:
                client.ping()
        except redis.ConnectionError:
            if time.monotonic() > until:
                raise
        else:
            return


def a_script(path: Path, text: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def empty(url: str) -> None:
    """Remove everything that is stored."""
    with redis.Redis.from_url(url) as client:
        client.flushall()
