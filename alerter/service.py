"""The composition root: owns every lifetime, and drains the stages when it is told to stop."""

import asyncio
import errno
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import structlog
import watchfiles
from aiohttp import web

from alerter.assembly import build_parts
from alerter.config import ConfigErrors, Configuration, EntryInvalid, load, parse_rule, unknown_names
from alerter.outward import Outside, clock_of, open_outside
from alerter.pipeline.supervise import wait_for
from alerter.scheduler import Scheduler, Tick
from alerter.settings import Settings
from alerter.stages import Role, Stages
from alerter.store.keeper import StoreKeeper, open_store
from alerter.telemetry import Metrics
from alerter.web.app import build_app
from alerter.web.context import WebContext

BEAT_EVERY, BURY_EVERY, TIDY_EVERY = timedelta(seconds=1), timedelta(seconds=2), timedelta(minutes=10)
POLL_TICK = timedelta(milliseconds=500)
LEAVE_WITHIN = 2.0
"""Seconds that a store which may be away is given for the last word."""
WATCH_ROUND = 500
"""Milliseconds after which a watch looks whether its folder is still the same, and whether to stop."""
UNWATCHED_FOR = 1.0
"""Seconds until a folder that could not be watched is tried again."""
Place = tuple[int, int] | None
"""A folder by its disk and inode, whatever its path; None where there is none."""

_log = structlog.get_logger()


class CannotListen(Exception):
    """The address for HTTP is taken or not ours; the text says what to set."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a service is started with."""

    folder: Path
    settings: Settings
    environment: Mapping[str, str]
    role: Role = "all"


class Service:
    """One process of alerter: the stages of its role over one store, until it is stopped."""

    def __init__(self, options: Options, configuration: Configuration) -> None:
        self._options = options
        self._configuration = configuration
        self._metrics = Metrics()
        self._clock = clock_of(options.settings)
        self._process = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self._stop = asyncio.Event()
        self._reload_asked = asyncio.Event()
        self._scheduler = Scheduler(self._metrics)
        self._refusal = ""
        """Why what the folder holds now is not in force; empty = it is."""

    async def run(self) -> None:
        """Open everything, work until stopped, close everything.

        Raises StoreError or CannotListen when it cannot start.
        """
        settings = self._options.settings
        async with (
            open_store(settings) as keeper,
            open_outside(settings, self._clock, keeper.store.budgets) as outside,
        ):
            parts = await asyncio.to_thread(
                build_parts, self._configuration, outside.sources, outside.notifiers
            )
            stages = Stages(
                keeper.store, parts, clock=self._clock, process=self._process, metrics=self._metrics
            )
            self._metrics.config_loaded.set(1)
            self._listen()
            _spare_the_collector()
            await self._work(keeper, outside, stages)
        _log.info("service_stopped", process=self._process)

    async def _work(self, keeper: StoreKeeper, outside: Outside, stages: Stages) -> None:
        role = self._options.role
        async with AsyncExitStack() as stack:
            await keeper.store.fleet.beat(self._process)
            stack.push_async_callback(self._leave, keeper)
            self._scheduler.start(*self._ticks(keeper, stages))
            stack.push_async_callback(self._scheduler.shut_down)
            if role in {"all", "web"}:
                await stack.enter_async_context(self._serving(keeper))
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch_folder(), name="watch folder")
                group.create_task(self._reload_when_asked(outside, stages), name="reload")
                _log.info("service_ready", role=role, process=self._process)
                await stages.run(role, self._stop)
                self._reload_asked.set()

    def _ticks(self, keeper: StoreKeeper, stages: Stages) -> list[Tick]:
        fleet = keeper.store.fleet
        ticks = [
            Tick("beat", BEAT_EVERY, lambda: fleet.beat(self._process)),
            Tick("watch_store", BEAT_EVERY, keeper.watch),
            Tick("bury", BURY_EVERY, lambda: keeper.bury(self._process)),
            Tick("tidy", TIDY_EVERY, lambda: self._tidy(keeper)),
        ]
        if self._options.role in {"all", "poll"}:
            ticks.append(Tick("poll", POLL_TICK, stages.look_for_due))
        return ticks

    async def _tidy(self, keeper: StoreKeeper) -> None:
        await keeper.store.tidy(self._clock.now(), self._configuration.retention)

    async def _leave(self, keeper: StoreKeeper) -> None:
        """Give back what is held, if the store answers soon; else it is taken over, as after a crash."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN):
                await keeper.leave(self._process)

    @asynccontextmanager
    async def _serving(self, keeper: StoreKeeper) -> AsyncIterator[None]:
        """The HTTP side, up from here until the end of the block."""
        http = self._options.settings.http
        runner = web.AppRunner(build_app(self._web_context(keeper)), access_log=None, shutdown_timeout=5)
        await runner.setup()
        try:
            await _listen_on(runner, http.host, http.port)
            addresses = [f"http://{host}:{port}" for host, port, *_ in runner.addresses]
            _log.info("http_listens", addresses=addresses)
            yield
        finally:
            await runner.cleanup()

    def _web_context(self, keeper: StoreKeeper) -> WebContext:
        async def readiness() -> Mapping[str, str]:
            ticking = "ok" if self._scheduler.running else "not ticking"
            return {"store": keeper.state, "scheduler": ticking}

        return WebContext(
            store=keeper.store,
            settings=self._options.settings,
            configuration=lambda: self._configuration,
            validate_rule=self._problems_of_rule,
            metrics=self._metrics,
            now=self._clock.now,
            readiness=readiness,
            refusal=lambda: self._refusal,
        )

    def _problems_of_rule(self, rule: object) -> Sequence[str]:
        try:
            parsed = parse_rule(rule)
        except EntryInvalid as fault:
            return [str(one) for one in fault.faults]
        return unknown_names(parsed, self._configuration)

    def _listen(self) -> None:
        """SIGTERM and SIGINT drain, SIGHUP reloads."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop.set)
        loop.add_signal_handler(signal.SIGINT, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload_asked.set)

    async def _watch_folder(self) -> None:
        """Ask for a reload whenever the configuration's files change, until stopped.

        A folder that was replaced whole is watched anew: a watch stays with the old one, where nothing
        happens any more.
        """
        place, is_told = _place_of(self._options.folder), False
        while not self._stop.is_set():
            try:
                await self._watch(place)
                is_told = False
            except (OSError, RuntimeError) as fault:  # not there, too many watches, or the library's own
                if not is_told:
                    _log.warning("configuration_unwatched", reason=str(fault))
                is_told = True
                await wait_for(self._stop, UNWATCHED_FOR)
            if (now := _place_of(self._options.folder)) != place:
                place = now
                self._reload_asked.set()

    async def _watch(self, place: Place) -> None:
        """Watch until stopped, or until something else stands there. Raises OSError."""
        folder = self._options.folder
        rounds = watchfiles.awatch(
            folder, stop_event=self._stop, rust_timeout=WATCH_ROUND, yield_on_timeout=True
        )
        async for changed in rounds:
            if changed:
                self._reload_asked.set()
            if _place_of(folder) != place:
                return

    async def _reload_when_asked(self, outside: Outside, stages: Stages) -> None:
        while not self._stop.is_set():
            await self._reload_asked.wait()
            self._reload_asked.clear()
            if not self._stop.is_set():
                await self._reload(outside, stages)

    async def _reload(self, outside: Outside, stages: Stages) -> None:
        """Validate, build and swap whole; on failure say why, and keep what is in force."""
        options = self._options
        try:
            configuration = await asyncio.to_thread(load, options.folder, options.environment)
            parts = await asyncio.to_thread(build_parts, configuration, outside.sources, outside.notifiers)
        except ConfigErrors as fault:
            self._refuse(str(fault).splitlines())
            return
        except Exception as fault:  # noqa: BLE001  nothing in a configuration may end a running service
            self._refuse([type(fault).__name__], fault)
            return
        self._refusal = ""
        self._configuration = configuration
        stages.reload(parts)
        self._metrics.config_loaded.set(1)
        _log.info(
            "configuration_reloaded", rules=len(configuration.rules), sources=len(configuration.sources)
        )

    def _refuse(self, problems: Sequence[str], surprise: Exception | None = None) -> None:
        self._metrics.config_loaded.set(0)
        _log.error("configuration_refused", problems=problems, exc_info=surprise)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        self._refusal = (
            f"The configuration was refused at {self._clock.now():%Y-%m-%d %H:%M} UTC, and the one before "
            f"is in force: {problems[0]}{more}"
        )


async def _listen_on(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as fault:
        raise CannotListen(_why_deaf(fault, f"{host}:{port}")) from fault


def _why_deaf(fault: OSError, place: str) -> str:
    if fault.errno == errno.EADDRINUSE:
        return f"{place} is taken; set ALERTER_HTTP__PORT to another"
    why = os.strerror(fault.errno) if fault.errno and fault.errno > 0 else str(fault)
    return f"cannot listen on {place}: {why}; set ALERTER_HTTP__HOST and ALERTER_HTTP__PORT"


def _place_of(folder: Path) -> Place:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _spare_the_collector() -> None:
    """Collect cycles less often: values here are frozen and rarely form any, but are made by the thousand.

    What lives for as long as the service (vocabulary, rules, modules) is left out of every collection.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
