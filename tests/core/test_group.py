"""Groups: from a change to what is due, and to whom."""

import pytest

from alerter.core import group as groups
from alerter.core.alert import Change
from alerter.core.group import Dispatch
from alerter.core.matching import Routing
from alerter.core.route import Matcher, Route
from tests.support.signals import NOON, an_alert

DESK = Route(receiver="desk", group_by=("commodity",), continue_=True)
NIGHT = Route(receiver="night", match=(Matcher(label="severity", values=("critical",)),))
DISPATCH = Dispatch(
    Routing([DESK, NIGHT]).routes_for, {"desk": ["desk/slack", "desk/mail"], "night": ["night/mail"]}
)


def test_a_change_is_due_to_every_destination_of_every_route_that_takes_it() -> None:
    """Severity decides who hears; each destination gets its own."""
    quiet = DISPATCH.due(an_alert(severity="warning"), Change.FIRED, NOON)
    loud = DISPATCH.due(an_alert(severity="critical"), Change.FIRED, NOON)
    assert [due.destination for due in quiet] == ["desk/slack", "desk/mail"]
    assert [due.destination for due in loud] == ["desk/slack", "desk/mail", "night/mail"]
    assert quiet[0].group.labels == {"commodity": "rare-earth-magnets"}


@pytest.mark.parametrize("change", [change for change in Change if not change.notified])
def test_a_silent_change_is_due_to_nobody(change: Change) -> None:
    """Pending, expired and removed are not told."""
    assert DISPATCH.due(an_alert(), change, NOON) == []


def test_alerts_share_a_group_where_they_share_its_labels() -> None:
    """Group ids hang on the route and its `group_by` labels alone."""
    ((_, one), *_) = DISPATCH.groups(an_alert("a"))
    ((_, same), *_) = DISPATCH.groups(an_alert("b"))
    ((_, other), *_) = DISPATCH.groups(an_alert("c", labels={"commodity": "graphite"}))
    assert one.id == same.id
    assert one.id != other.id


def test_a_route_with_other_waits_is_another_route_at_once() -> None:
    """After a reload the group keeps its id and takes the new waits."""
    slower = DESK.model_copy(update={"group_wait": DESK.group_wait * 2})
    ((_, before), *_) = DISPATCH.groups(an_alert())
    ((_, after), *_) = Dispatch(Routing([slower]).routes_for, {}).groups(an_alert())
    assert before.id == after.id
    assert after.wait == 2 * before.wait


def test_what_is_remembered_of_groups_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels of endless variety do not fill the memory."""
    monkeypatch.setattr(groups, "GROUPS_REMEMBERED", 3)
    dispatch = Dispatch(Routing([DESK]).routes_for, {})
    ids = {
        group.id for n in range(10) for _, group in dispatch.groups(an_alert(labels={"commodity": f"c{n}"}))
    }
    assert len(ids) == 10
    assert len(dispatch._known) <= 3
