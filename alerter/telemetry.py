"""Logs and metrics: one event name per happening, one registry per service."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300)


class Metrics:
    """Every figure that this process counts, under the prefix `alerter_`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self.polls = Counter(
            "alerter_polls", "Polls by source and outcome", ["source", "outcome"], registry=own
        )
        self.poll_seconds = Histogram(
            "alerter_poll_seconds", "Time of a poll", registry=own, buckets=LATENCY_BUCKETS
        )
        self.signals = Counter(
            "alerter_signals", "Signals by source and status", ["source", "status"], registry=own
        )
        self.readings = Counter("alerter_readings", "Signals read by outcome", ["outcome"], registry=own)
        self.evaluated = Counter("alerter_evaluated", "Readings evaluated", registry=own)
        self.changes = Counter(
            "alerter_alert_changes", "Alert changes by rule", ["rule", "change"], registry=own
        )
        self.unrouted = Counter(
            "alerter_unrouted", "Alert changes that no route takes", ["rule"], registry=own
        )
        self.deliveries = Counter(
            "alerter_deliveries",
            "Delivery attempts by destination and outcome",
            ["destination", "outcome"],
            registry=own,
        )
        self.alert_seconds = Histogram(
            "alerter_alert_seconds",
            "From a signal's intake to its alert's commit",
            registry=own,
            buckets=LATENCY_BUCKETS,
        )
        self.errors = Counter("alerter_errors", "Surprises caught by a supervisor", ["where"], registry=own)
        self.config_loaded = Gauge(
            "alerter_config_loaded", "1 when the last (re)load was valid", registry=own
        )


def configure_logging(level: str, stream: TextIO = sys.stderr) -> None:
    """Structured logs on a stream: readable on a terminal, JSON lines elsewhere. Raises ValueError."""
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"unknown log level {level!r}; use DEBUG, INFO, WARNING or ERROR")
    render: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if stream.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_control_characters,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=stream, level=logging.WARNING, force=True)


def _without_control_characters(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Outside text must not forge log lines or drive a terminal; tracebacks keep their lines."""
    for key, value in event.items():
        if isinstance(value, str) and key != "exception" and not value.isprintable():
            event[key] = "".join(c if c.isprintable() else " " for c in value)
    return event
