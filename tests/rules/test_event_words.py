"""Event types in words: every type has its own, with prepositions that fit."""

from typing import Any, get_args

import pytest

from alerter.core.reading import Event
from alerter.core.vocabulary import EventType
from alerter.rules.event_words import WORDINGS, event_phrase, told

NAMES = {"CN": "China", "US": "the US", "NL": "the Netherlands"}


def test_every_event_type_has_words() -> None:
    """The table and the vocabulary are of the same types."""
    assert set(WORDINGS) == set(get_args(EventType))
    assert event_phrase("moon_landing") == "moon landing"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"type": "talks_held", "actor": "US", "target": "CN"}, "Talks held between the US and China"),
        ({"type": "talks_held", "target": "CN"}, "Talks held with China"),
        ({"type": "licence_required", "actor": "CN"}, "Export licence required by China"),
        (
            {"type": "export_control_imposed", "actor": "CN", "commodity": "rare-earth-magnets"},
            "Export controls imposed on rare-earth magnets by China",
        ),
        (
            {"type": "export_ban", "actor": "NL", "target": "CN", "status": "proposed"},
            "Export ban by the Netherlands against China (proposed)",
        ),
        ({"type": "shortage", "commodity": "rare-earths"}, "Shortage of rare earths"),
        ({"type": "shortage", "commodity": "other"}, "Shortage"),
        ({"type": "court_stay_granted", "actor": "court"}, "Stay granted"),
        ({"type": "production_halted", "actor": "company"}, "Production halted by a company"),
        ({"type": "moon_landing", "actor": "XK"}, "Moon landing by XK"),
    ],
)
def test_an_event_is_told_as_a_sentence(fields: dict[str, Any], sentence: str) -> None:
    """Who, what and against whom in English; a status is named unless the event is in effect."""
    event = Event.model_validate({"status": "effective"} | fields)
    assert told(event, NAMES) == sentence
