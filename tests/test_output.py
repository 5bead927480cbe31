"""How commands speak to people."""

import pytest

from alerter.output import visible, words, write_marked, write_table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"failing": 15, "ok": 0}, "failing: 15, ok: 0"),
        ({"unread": None, "to_read": [], "name": ""}, ""),
        (["CN", "US"], "CN, US"),
        (
            [{"type": "export_ban", "actor": "CN"}, {"type": "other"}],
            "type: export_ban, actor: CN\ntype: other",
        ),
        ({"at_most": True, "relief": False}, "at most: yes, relief: no"),
        (None, ""),
        (3.5, "3.5"),
    ],
)
def test_values_are_told_in_words(value: object, text: str) -> None:
    """What a program reads as JSON, a person reads without brackets and quotes; what is empty is left out."""
    assert words(value) == text


def test_control_characters_never_reach_a_terminal() -> None:
    """Text from outside cannot move the cursor or change a title."""
    assert visible("a\x1b[31mb\nc") == "a [31mb\nc"


def test_a_table_holds_all_of_a_long_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address is broken over lines, not cut; brackets in outside text are no mark-up."""
    monkeypatch.setenv("COLUMNS", "40")
    write_table("Sources", ("source", "error"), [("a", "[bold]" + "x" * 60)])
    shown = capsys.readouterr().out
    assert shown.count("x") == 60
    assert "[bold]" in shown


def test_a_column_that_says_nothing_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A table without rows keeps its head."""
    write_table("Sources", ("source", "gap", "state"), [("a", "", "ok"), ("b", "", "")])
    write_table("None", ("nothing",), [])
    shown = capsys.readouterr().out
    assert "gap" not in shown
    assert "state" in shown
    assert "nothing" in shown


def test_marked_passages_stand_out_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is shown whole; brackets in it are no mark-up, control characters reach no terminal."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    write_marked("Exports [bold] fell\x1b 34 % in May", [(21, 25, "bold cyan")])
    shown = capsys.readouterr().out
    assert "\x1b[1;36m34 %\x1b[0m" in shown
    assert "[bold] fell" in shown
    assert "\x1b " not in shown
