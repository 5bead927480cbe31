"""The command `alerter`. Every command is thin: it parses, calls, prints, and sets the exit code.

On a terminal people get tables; in a pipe programs get NDJSON. Only `run` starts or touches a store.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from alerter import output
from alerter.assembly import Judging, build_judging
from alerter.clock import parse_instant
from alerter.config import ConfigErrors, Configuration, environment_warnings, load
from alerter.core.alert import Change
from alerter.core.reading import ReadSignal
from alerter.core.signal import Signal
from alerter.explain import Explanation, explain, passages, read_alone
from alerter.ndjson import UnreadableLine, read_lines, read_signals
from alerter.outward import poll_once, send_test_notification
from alerter.pipeline.draft import Transition
from alerter.reading import Reader, annotate, signal_from_annotate_input
from alerter.reading.lexicon import Lexicon
from alerter.replay import describe, replay, time_of
from alerter.ruletest import RuleTestResult, run_test
from alerter.service import CannotListen, Options, Service
from alerter.settings import Settings, SettingsError, load_settings
from alerter.sources.base import Poll, SourceError
from alerter.stages import Role
from alerter.status import StatusError, fetch_status
from alerter.store.protocol import StoreError
from alerter.telemetry import configure_logging
from alerter.wording import nearest, unknown

app = typer.Typer(
    help="Watches public sources for signs that a supply will be disrupted, and tells the right people.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Folder = Annotated[Path, typer.Option("--config", help="Folder of the configuration.")]
FOLDER = Path("config")
DIFFERENCES_SHOWN = 10
"""Alerts that only one of two compared configurations raised, for each of them."""


class Refused(Exception):
    """What the command cannot do, in words for stderr; it then ends with exit code 1."""


def main() -> None:
    """The entry point: expected failures are sentences and exit code 1, not tracebacks."""
    configure_logging("WARNING")  # stdout is for results alone, also of commands that ask for no settings
    try:
        app()
    except (
        ConfigErrors,
        SettingsError,
        StoreError,
        SourceError,
        StatusError,
        CannotListen,
        UnreadableLine,
        Refused,
    ) as fault:
        output.say(str(fault))
        raise SystemExit(1) from None
    except (KeyboardInterrupt, BrokenPipeError):
        raise SystemExit(130) from None


@app.command()
def run(config: Folder = FOLDER, role: Role = "all") -> None:
    """Run the service until SIGTERM; SIGHUP or a changed file reloads the configuration."""
    settings = _settings()
    configuration = _configuration(config, settings)
    options = Options(folder=config, settings=settings, environment=os.environ, role=role)
    uvloop.run(Service(options, configuration).run())


@app.command()
def check(config: Folder = FOLDER) -> None:
    """Validate the configuration and the environment; errors as file:line:col, exit code 1."""
    configuration = _configuration(config, _settings())
    counts = f"{len(configuration.sources)} sources, {len(configuration.rules)} rules"
    output.say(f"{config}: valid ({counts}, {len(configuration.receivers)} receivers)")


@app.command()
def poll(source: str, config: Folder = FOLDER) -> None:
    """Poll one source once and write its signals as NDJSON; nothing is stored.

    How many there were, what could not be seen and what the poll says besides goes to stderr.
    """
    settings = _settings()
    configuration = load(config, os.environ)
    configured = {one.id: one for one in configuration.sources}
    if source not in configured:
        raise Refused(_unknown("source", source, configured))
    made = asyncio.run(poll_once(configured[source], settings, configuration.matters))
    for signal in made.signals:
        output.write_line(signal.model_dump(mode="json", exclude_none=True))
    for sentence in _told_of(made):
        output.say(f"{source}: {sentence}")


@app.command("annotate")
def annotate_texts(
    file: Annotated[Path, typer.Argument(help="NDJSON; - is standard input.")] = Path("-"),
    config: Annotated[Path | None, typer.Option("--config", help="Folder whose lexicon counts too.")] = None,
) -> None:
    """Read texts: NDJSON of id, published, title, text in; claims, events, commodities, countries out.

    What `poll` writes is taken as well.
    """
    reader = Reader(load(config, os.environ).lexicon() if config else Lexicon.build())
    for signal in read_lines(file, _text_to_annotate):
        output.write_line(annotate(signal, reader.read(signal)))


@app.command("replay")
def replay_history(
    files: list[Path],
    config: Folder = FOLDER,
    since: Annotated[
        str | None, typer.Option("--from", help="Tell no earlier changes; earlier signals are the history.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="Leave out later signals; run timers to here.")
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="Another configuration to compare.")
    ] = None,
) -> None:
    """Replay signals through the whole evaluation at their own times; one alert per change as NDJSON."""
    first, last = _instant(since), _instant(until)
    judging = _judging(config)
    other = _judging(compare) if compare else None
    signals = [s for file in files for s in read_signals(file) if last is None or time_of(s) <= last]
    transitions = asyncio.run(_replayed(judging, signals, first, last))
    for one in transitions:
        output.write_line(describe(one))
    _summarise(str(config), signals, transitions)
    if other:
        others = asyncio.run(_replayed(other, signals, first, last))
        _summarise(str(compare), signals, others)
        _compare((str(config), transitions), (str(compare), others))


@app.command("test")
def run_tests(config: Folder = FOLDER) -> None:
    """Run the configuration's rule tests; what differs is named, exit code 1."""
    configuration = load(config, os.environ)
    if not configuration.tests:
        output.say(f"no tests in {config}")
        return
    results = asyncio.run(_tested(configuration))
    for result in results:
        output.say(f"{'ok  ' if result.passed else 'FAIL'} {result.name}")
        for problem in result.problems:
            output.say(f"     {problem}")
    failed = sum(not result.passed for result in results)
    output.say(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


@app.command("explain")
def explain_signals(signal_file: Path, config: Folder = FOLDER) -> None:
    """What is read in each signal of a file, which rules were tried, why each did or did not fire."""
    judging = _judging(config)
    for signal in read_signals(signal_file):
        read = read_alone(signal, judging)
        explanations = list(explain(read, judging))
        reading = annotate(signal, read.reading)
        if output.is_for_people():
            _show_explanation(read, reading, explanations)
        else:
            rules = [_explanation_document(one) for one in explanations]
            rests_on = [asdict(one) for one in passages(read)]
            document = {"signal": read.record.id, "reading": reading, "passages": rests_on, "rules": rules}
            output.write_line(document)


@app.command("send-test")
def send_test(receiver: str, config: Folder = FOLDER) -> None:
    """Send one test notification to every destination of a receiver."""
    settings = _settings()
    configured = {one.id: one for one in load(config, os.environ).receivers}
    if receiver not in configured:
        raise Refused(_unknown("receiver", receiver, configured))
    lacking = [(one.key, one.missing(settings)) for one in configured[receiver].notifiers]
    for key, missing in lacking:
        if missing:
            output.say(f"{receiver}/{key}: left out: {missing}")
    if all(missing for _, missing in lacking):
        raise Refused(f"receiver {receiver!r} can reach nobody")
    results = asyncio.run(send_test_notification(configured[receiver], settings))
    for destination, outcome in results:
        output.say(f"{destination}: {outcome.kind} {outcome.reason}".rstrip())
    if any(outcome.kind != "delivered" for _, outcome in results):
        raise typer.Exit(1)


@app.command()
def status(
    url: Annotated[str, typer.Option(help="Where the service listens; default from the settings.")] = "",
) -> None:
    """Sources, lags and queues of a running service, over HTTP.

    Tables on a terminal; in a pipe one line of JSON, with what /healthz and /api/v1/sources answer.
    """
    fetched = asyncio.run(fetch_status(url, _settings()))
    if not output.is_for_people():
        output.write_line(fetched.document)
        return
    output.write_table("Service", ("what", "state"), fetched.overview)
    columns = ("source", "state", "last success", "last new", "usual gap", "next poll")
    output.write_table("Sources (times in UTC)", columns, fetched.sources)
    if fetched.words:
        output.write_table("What they say", ("source", "words"), fetched.words)


def _unknown(noun: str, name: str, configured: Iterable[str]) -> str:
    choices = sorted(configured)
    if nearest(name, choices):
        return unknown(noun, name, choices)
    return f'unknown {noun} "{name}"; the configuration has: {", ".join(choices) or "none"}'


def _told_of(made: Poll) -> Iterator[str]:
    """What a poll has to say besides its signals, most pressing last: it is read from the end."""
    yield f"{len(made.signals)} signal{'' if len(made.signals) == 1 else 's'}"
    if made.note:
        yield made.note
    yield from (f"overdue: {one}" for one in made.overdue)
    yield from (f"not seen: {one}" for one in made.unseen)


def _text_to_annotate(document: object) -> Signal:
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return signal_from_annotate_input(document)


def _settings() -> Settings:
    settings = load_settings(os.environ)
    try:
        configure_logging(settings.log_level)
    except ValueError as fault:
        raise Refused(f"ALERTER_LOG_LEVEL: {fault}") from fault
    return settings


def _configuration(folder: Path, settings: Settings) -> Configuration:
    """The configuration, with its warnings said aloud."""
    configuration = load(folder, os.environ)
    for warning in (*configuration.warnings, *environment_warnings(configuration, settings)):
        output.say(f"{warning} (warning)")
    return configuration


def _judging(folder: Path) -> Judging:
    return build_judging(load(folder, os.environ), {})


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as fault:
        raise Refused(f"not an instant: {text!r}; write it like 2025-06-09 or 2025-06-09T12:00Z") from fault


async def _replayed(
    judging: Judging, signals: Sequence[Signal], since: datetime | None, until: datetime | None
) -> list[Transition]:
    every = replay(judging, signals, until=until)
    return [one async for one in every if since is None or one.at >= since]


async def _tested(configuration: Configuration) -> list[RuleTestResult]:
    judging = build_judging(configuration, {})
    return [await run_test(test, judging) for test in configuration.tests]


def _summarise(name: str, signals: Sequence[Signal], transitions: Sequence[Transition]) -> None:
    output.say(f"{name}: {len(signals)} signals, {len(transitions)} changes")
    counts = Counter((one.alert.rule, str(one.change)) for one in transitions)
    for (rule, change), count in sorted(counts.items()):
        output.say(f"  {rule}: {count} {change}")


def _compare(*sides: tuple[str, Sequence[Transition]]) -> None:
    """Say which alerts only one of the two sides raised, up to a bound."""
    raised = [{_alert_in_words(one) for one in made if one.change is Change.FIRED} for _, made in sides]
    for (name, _), own, other in zip(sides, raised, reversed(raised), strict=True):
        only = sorted(own - other)
        output.say(f"only with {name}: {len(only) or 'nothing'}")
        for line in only[:DIFFERENCES_SHOWN]:
            output.say(f"  {line}")
        if len(only) > DIFFERENCES_SHOWN:
            output.say(f"  … and {len(only) - DIFFERENCES_SHOWN} more")


def _alert_in_words(transition: Transition) -> str:
    alert = transition.alert
    return f"{alert.rule}: {output.words(alert.labels)}" if any(alert.labels.values()) else alert.rule


PASSAGE_STYLES = {"claim": "bold cyan", "event": "bold yellow"}


def _show_explanation(
    read: ReadSignal, reading: dict[str, object], explanations: Sequence[Explanation]
) -> None:
    found = passages(read)
    output.write_marked(read.body, [(one.start, one.end, PASSAGE_STYLES[one.kind]) for one in found])
    quotes = [(one.quote, f"{one.kind}: {one.name.replace('_', ' ')}") for one in found]
    output.write_table("Passages (claims in cyan, events in yellow)", ("words", "read as"), quotes)
    rows = [(name, output.words(value)) for name, value in reading.items() if value and name != "id"]
    output.write_table(f"Read in: {read.record.signal.title}", ("what", "read"), rows)
    told = [
        (one.rule, "yes" if one.verdicts else "no", one.sentence, _in_lines(one.wants))
        for one in explanations
    ]
    output.write_table("Rules", ("rule", "fires", "why", "wants"), told)


def _in_lines(options: Mapping[str, object]) -> str:
    return "\n".join(output.words({name: option}) for name, option in options.items())


def _explanation_document(one: Explanation) -> dict[str, object]:
    verdicts = [
        {"fingerprint": name, **verdict.model_dump(mode="json", exclude={"hold_for"})}
        for name, verdict in one.verdicts
    ]
    return {
        "rule": one.rule,
        "tried": one.tried,
        "fires": bool(verdicts),
        "reason": one.reason,
        "verdicts": verdicts,
    }
