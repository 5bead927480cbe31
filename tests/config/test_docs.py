"""The examples of the documentation work: what people copy loads, is taken, and says what it says it does."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerter.assembly import build_judging
from alerter.config import Configuration, load
from alerter.notifiers.webhook import signature
from alerter.ruletest import run_test
from alerter.settings import HookSettings, KeySettings
from alerter.web.api.signals import parse_signals

HOME = Path(__file__).parents[2]
PAGES = ("README.md", "docs/configuration.md")
NOW = datetime(2025, 6, 10, 8, tzinfo=UTC)


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page that are in a language."""
    text = (HOME / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def configured(page: str, folder: Path) -> Configuration:
    """The page's YAML examples as the files of one folder."""
    for number, text in enumerate(blocks(page, "yaml")):
        (folder / f"{number:02}.yaml").write_text(text, encoding="utf-8")
    return load(folder, {"HOOK_SECRET": "s3cret"})


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_are_one_configuration(tmp_path: Path, page: str) -> None:
    """They load, and only the series that must be pushed is remarked upon."""
    configuration = configured(page, tmp_path)
    (warning,) = configuration.warnings
    assert warning.message.startswith('no source declares the series "cn-magnets-us"; ')
    assert warning.message.endswith("it must be pushed")


@pytest.mark.parametrize("page", PAGES)
async def test_the_rule_tests_of_a_page_hold(tmp_path: Path, page: str) -> None:
    """What the examples expect is what comes of them."""
    configuration = configured(page, tmp_path)
    judging = build_judging(configuration, {})
    results = [await run_test(one, judging) for one in configuration.tests]
    assert results
    assert [result.problems for result in results] == [()] * len(results)


@pytest.mark.parametrize(
    "variable",
    [
        f"ALERTER_{group}__{name}".upper()
        for group, settings in (("keys", KeySettings), ("hooks", HookSettings))
        for name in settings.model_fields
    ],
)
def test_each_key_is_a_row_of_the_settings_and_what_uses_it_is_said(variable: str) -> None:
    """Who wants a source that needs a key finds its name, its kind and where it is had."""
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    (row,) = [line for line in readme.splitlines() if line.startswith(f"| `{variable}` |")]
    assert variable.rpartition("__")[2].lower() in row.casefold()


def pushes() -> list[str]:
    """The signals that docs/http.md shows."""
    return [
        text for text in blocks("docs/http.md", "json") if '"source":' in text and '"published_at"' in text
    ]


def test_the_pushes_shown_are_taken() -> None:
    """An article, an observation and a docket entry."""
    signals = [signal for text in pushes() for signal in parse_signals(text.encode(), NOW)]
    assert {signal.kind.value for signal in signals} == {"article", "observation", "docket_entry"}


def test_every_json_example_is_json() -> None:
    """Nobody copies what cannot be parsed."""
    assert all(json.loads(text) for text in blocks("docs/http.md", "json"))


@pytest.mark.parametrize(
    ("secret", "body", "late", "accepted"),
    [
        ("s3cret", b"{}", timedelta(0), True),
        ("other", b"{}", timedelta(0), False),
        ("s3cret", b"{ }", timedelta(0), False),
        ("s3cret", b"{}", timedelta(minutes=6), False),
    ],
)
def test_the_check_of_signatures_shown_accepts_ours(
    secret: str, body: bytes, late: timedelta, accepted: bool
) -> None:
    """The lines that receivers copy take what is signed and refuse what is another's, altered or old."""
    (code,) = blocks("docs/http.md", "python")
    shown: dict[str, Any] = {}
    exec(code, shown)
    header = signature("s3cret", b"{}", NOW)
    assert shown["is_genuine"](header, body, secret, (NOW + late).timestamp()) is accepted
