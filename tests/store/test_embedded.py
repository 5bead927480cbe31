"""The embedded server: one for all who share a folder, whoever dies; its file safe, its refusals clear."""

import asyncio
import os
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from redis.asyncio import Redis

from alerter.store import embedded
from alerter.store.embedded import EmbeddedServer, Flavour, find_server
from alerter.store.protocol import StoreError, StoreRefused
from tests.support.servers import a_script
from tests.support.waiting import eventually

ServerIn = Callable[[Path], EmbeddedServer]


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short runtime directory, gone with all sockets after the test."""
    with tempfile.TemporaryDirectory(prefix="run-", dir="/tmp") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
async def server_in() -> AsyncIterator[ServerIn]:
    """Shares in the server of a folder, each given up at the end of the test."""
    try:
        binary = find_server()
    except StoreRefused as refused:
        pytest.skip(f"no embedded server: {refused}")
    shares: list[EmbeddedServer] = []

    def share(folder: Path) -> EmbeddedServer:
        shares.append(EmbeddedServer(folder, find=lambda: binary))
        return shares[-1]

    yield share
    for one in shares:
        await one.stop()


def pid_in(folder: Path) -> int:
    """Process id of the server in the folder."""
    return int((folder / "store" / "store.pid").read_text())


def socket_of(url: str) -> Path:
    """The socket that a `unix://` URL names."""
    return Path(urlparse(url).path)


def mode_of(path: Path) -> int:
    """Permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


async def put(url: str, value: str) -> None:
    """Store a value on the server."""
    async with Redis.from_url(url, decode_responses=True) as client:
        await client.set("kept", value)


async def got(url: str) -> str | None:
    """The value stored on the server."""
    async with Redis.from_url(url, decode_responses=True) as client:
        value = await client.get("kept")
        return None if value is None else str(value)


async def is_gone(url: str) -> bool:
    """Does nobody listen at the URL?"""
    try:
        _reader, writer = await asyncio.open_unix_connection(socket_of(url))
    except OSError:
        return True
    writer.close()
    await writer.wait_closed()
    return False


async def test_a_started_server_is_private_and_keeps_everything(server_in: ServerIn, tmp_path: Path) -> None:
    """It appends to a file, evicts nothing, opens no port, and only its owner can reach it."""
    url = await server_in(tmp_path).start()
    async with Redis.from_url(url, decode_responses=True) as client:
        wanted = {
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "port": "0",
            "maxmemory-policy": "noeviction",
        }
        assert await client.config_get(*wanted) == wanted
    assert mode_of(tmp_path / "store") == 0o700
    assert mode_of(socket_of(url).parent) == 0o700
    assert mode_of(socket_of(url)) == 0o700


async def test_concurrent_starts_give_one_server(server_in: ServerIn, tmp_path: Path) -> None:
    """Whoever comes first spawns it, and the others attach."""
    urls = await asyncio.gather(*(server_in(tmp_path).start() for _share in range(3)))
    assert len(set(urls)) == 1
    assert (tmp_path / "store" / "store.log").read_text().count("Ready to accept connections") == 1


async def test_the_last_one_out_shuts_the_server_down(server_in: ServerIn, tmp_path: Path) -> None:
    """While one process shares it the server lives; after the last has stopped, nothing is left running."""
    first, last = server_in(tmp_path), server_in(tmp_path)
    url = await first.start()
    await last.start()
    await first.stop()
    await put(url, "still there")
    await last.stop()
    assert await is_gone(url)
    assert not socket_of(url).parent.exists()


async def test_what_was_stored_is_there_after_a_stop(server_in: ServerIn, tmp_path: Path) -> None:
    """A shutdown completes the file, and the next server reads it."""
    first = server_in(tmp_path)
    await put(await first.start(), "before")
    await first.stop()
    assert await got(await server_in(tmp_path).start()) == "before"


async def test_stopping_twice_or_before_a_start_harms_nobody(server_in: ServerIn, tmp_path: Path) -> None:
    """A share that is not held cannot be given up."""
    server = server_in(tmp_path)
    await server.stop()
    url = await server.start()
    assert await server.start() == url
    await server.stop()
    await server.stop()
    assert await is_gone(url)


async def test_a_killed_server_is_spawned_again_over_its_file(server_in: ServerIn, tmp_path: Path) -> None:
    """Every process that asks gets one new server at the same address, with all that was acknowledged."""
    shares = [server_in(tmp_path) for _share in range(3)]
    [url] = {await share.start() for share in shares}
    await put(url, "acknowledged")
    killed = pid_in(tmp_path)
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: is_gone(url))
    assert {*await asyncio.gather(*(share.ensure() for share in shares))} == {url}
    assert pid_in(tmp_path) != killed
    assert await got(url) == "acknowledged"


async def test_ensuring_a_living_server_leaves_it_alone(server_in: ServerIn, tmp_path: Path) -> None:
    """While it answers, nothing is started."""
    server = server_in(tmp_path)
    url = await server.start()
    pid = pid_in(tmp_path)
    assert await server.ensure() == url
    assert pid_in(tmp_path) == pid


async def test_the_server_outlives_a_killed_process_and_takes_in_the_next(
    server_in: ServerIn, tmp_path: Path
) -> None:
    """After kill -9 of the only process that shared it, the next start attaches to the living server."""
    program = (
        "import asyncio, pathlib, sys; from alerter.store.embedded import EmbeddedServer\n"
        "print(asyncio.run(EmbeddedServer(pathlib.Path(sys.argv[1])).start()), flush=True)\n"
        "sys.stdin.read()"
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(tmp_path), stdin=pipe, stdout=pipe
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    await put(url, "before")
    pid = pid_in(tmp_path)
    process.kill()
    await process.communicate()
    server = server_in(tmp_path)
    assert await server.start() == url
    assert pid_in(tmp_path) == pid
    assert await got(url) == "before"
    await server.stop()
    assert await is_gone(url)


async def test_a_long_data_directory_is_no_trouble(server_in: ServerIn, tmp_path: Path) -> None:
    """The socket lives in a short place of its own."""
    folder = tmp_path.joinpath(*["a-rather-long-name-for-a-directory"] * 6)
    url = await server_in(folder).start()
    assert len(os.fsencode(socket_of(url))) <= 100
    await put(url, "there")


async def test_the_socket_lives_in_the_runtime_directory_where_that_is_short(
    server_in: ServerIn, tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A runtime directory whose path is too long for a socket, or that is not there, is passed over."""
    assert socket_of(await server_in(tmp_path / "one").start()).parent.parent == runtime
    for number, unusable in enumerate([f"/{'long' * 30}", "/not/there"]):
        monkeypatch.setenv("XDG_RUNTIME_DIR", unusable)
        socket = socket_of(await server_in(tmp_path / str(number)).start())
        assert socket.parent.parent == Path(tempfile.gettempdir())


async def test_without_a_short_directory_the_start_is_refused(
    server_in: ServerIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The word says what to set."""
    monkeypatch.setattr(embedded, "SOCKET_PATH_LIMIT", 10)
    with pytest.raises(StoreRefused, match="TMPDIR"):
        await server_in(tmp_path).start()


async def test_a_swept_socket_costs_nothing_stored(
    server_in: ServerIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a clean-up took the socket, the cut-off server is ended and a new one serves in its place."""
    monkeypatch.setattr(embedded, "SOCKET_WITHIN", 0.05)
    server = server_in(tmp_path)
    url = await server.start()
    await put(url, "before")
    cut_off = pid_in(tmp_path)
    shutil.rmtree(socket_of(url).parent)
    assert await server.ensure() == url
    assert pid_in(tmp_path) != cut_off
    assert await got(url) == "before"


async def test_a_socket_directory_open_to_others_is_not_used_again(
    server_in: ServerIn, tmp_path: Path
) -> None:
    """Somebody else's place, or one that others may enter, is left for a new one."""
    first = server_in(tmp_path)
    url = await first.start()
    await first.stop()
    squatted = socket_of(url).parent
    squatted.mkdir()
    squatted.chmod(0o755)
    assert await server_in(tmp_path).start() != url


async def test_a_big_log_starts_anew_with_the_server(server_in: ServerIn, tmp_path: Path) -> None:
    """It does not grow for ever."""
    log = tmp_path / "store" / "store.log"
    log.parent.mkdir()
    log.write_text("x" * (embedded.LOG_LIMIT + 1))
    await server_in(tmp_path).start()
    assert log.stat().st_size < 100_000


@pytest.mark.parametrize("written_by", ["redis 7.0.15", "valkey 99.0"])
async def test_a_folder_of_another_server_is_refused(tmp_path: Path, written_by: str) -> None:
    """Another flavour, or a later version, wrote it: the word names both and what to install."""
    binary = a_script(tmp_path / "valkey-server", 'echo "Valkey server v=9.1.2 sha=0"')
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "store.version").write_text(written_by)
    with pytest.raises(StoreRefused, match=rf"written by {written_by} and valkey 9\.1\.2 .* or later"):
        await EmbeddedServer(tmp_path, find=lambda: binary).start()


async def test_the_servers_flavour_is_recorded(server_in: ServerIn, tmp_path: Path) -> None:
    """The folder says which server wrote it, and a later start of the same is let in."""
    server = server_in(tmp_path)
    await server.start()
    recorded = Flavour.parse((tmp_path / "store" / "store.version").read_text())
    assert recorded.name in {"valkey", "redis"}
    await server.stop()
    await server.start()


async def test_a_server_that_ends_at_once_is_an_error_with_its_last_word(tmp_path: Path) -> None:
    """The message carries what the server said and where to read more."""
    script = '[ "$1" = --version ] && echo "Valkey server v=9.1.2" || echo "Bad file format"'
    binary = a_script(tmp_path / "valkey-server", script)
    with pytest.raises(StoreError, match=r"Bad file format; see .*store\.log"):
        await EmbeddedServer(tmp_path, find=lambda: binary).start()


async def test_a_server_that_ends_silently_is_an_error_too(tmp_path: Path) -> None:
    """Without a last word the message says so."""
    binary = a_script(tmp_path / "valkey-server", '[ "$1" = --version ] && echo "Valkey server v=9.1.2"')
    with pytest.raises(StoreError, match="it said nothing"):
        await EmbeddedServer(tmp_path, find=lambda: binary).start()


async def test_a_server_that_never_answers_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting for a living but mute server has an end, in words."""
    monkeypatch.setattr(embedded, "ANSWER_WITHIN", 0.1)
    wait = '[ "$1" = --version ] && echo "Valkey server v=9.1.2" || exec cat ../pipe'
    os.mkfifo(tmp_path / "pipe")
    binary = a_script(tmp_path / "valkey-server", wait)
    with pytest.raises(StoreError, match="does not answer"):
        await EmbeddedServer(tmp_path, find=lambda: binary).start()
    os.kill(pid_in(tmp_path), signal.SIGKILL)


async def test_a_start_that_takes_too_long_is_an_error_for_the_others(
    server_in: ServerIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who wait for their turn say what they wait for."""
    monkeypatch.setattr(embedded, "TURN_WITHIN", 0.05)
    server = server_in(tmp_path)
    (tmp_path / "store").mkdir()
    async with server._turn():
        with pytest.raises(StoreError, match="another process is still starting the store"):
            await server.start()


async def test_a_server_that_does_not_run_here_is_refused(tmp_path: Path) -> None:
    """A binary for another machine is named."""
    broken = tmp_path / "valkey-server"
    broken.write_bytes(b"\x7fELF no program")
    broken.chmod(0o755)
    with pytest.raises(StoreRefused, match="does not run here"):
        await EmbeddedServer(tmp_path, find=lambda: broken).start()


async def test_an_unusable_data_directory_is_refused(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(StoreRefused, match="cannot live in"):
        await EmbeddedServer(tmp_path).start()


async def test_a_redis_server_serves_where_there_is_no_valkey(tmp_path: Path) -> None:
    """The fallback is supervised in the same way, and keeps what was stored."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed")
    server = EmbeddedServer(tmp_path, find=lambda: Path(binary))
    await put(await server.start(), "before")
    await server.stop()
    assert await got(await server.start()) == "before"
    await server.stop()
