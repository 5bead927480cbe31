"""The evaluating stage over a store in memory: what signals, timers and reloads lead to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from alerter.core.alert import Alert
from alerter.core.delivery import Outcome
from alerter.core.route import Matcher, Route
from alerter.core.signal import Signal
from alerter.pipeline.turn import DUE_LIMIT
from alerter.store.protocol import EVALUATOR, Fenced
from tests.pipeline.conftest import Holds, Says, SeriesLength, SmallWorld, a_rulebook
from tests.support.signals import NOON, a_signal, an_observation

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def said(name: str, says: str, about: str = "x", **fields: Any) -> Signal:
    """A signal on which the rule `says` finds what it says."""
    return a_signal(name, labels={"says": says, "about": about} | fields.pop("more", {}), **fields)


async def test_a_finding_fires_once_and_a_copy_adds_evidence(world: SmallWorld) -> None:
    """The first signal fires; another that says the same only adds evidence."""
    assert await world.tell(said("a", "down")) == ["says fired"]
    assert await world.tell(said("b", "down")) == []
    (alert,) = await world.store.judgements.active()
    assert [e.signal for e in alert.evidence] == ["a", "b"]
    assert alert.evidence[0].quote == "Magnet exports fall again (a)"


async def test_every_destination_hears_of_it_once_after_the_groups_wait(world: SmallWorld) -> None:
    """Both destinations get one notification, when the group's wait is over."""
    await world.tell(said("a", "down"), said("b", "up", about="y"))
    assert await world.told() == []
    world.clock.advance(timedelta(seconds=5))
    assert await world.told("desk/one") == [["says fired", "says fired"]]
    assert await world.told("desk/two") == [["says fired", "says fired"]]
    assert await world.told("desk/one") == []


async def test_a_baseline_signal_never_alerts(world: SmallWorld) -> None:
    """What was old when its source was wired is kept but alerts nobody."""
    assert await world.tell(said("a", "down"), baseline=True) == []


async def test_a_version_that_says_nothing_any_more_withdraws_the_alert(world: SmallWorld) -> None:
    """The correction is told; the alert had no other evidence."""
    await world.tell(said("a", "down"))
    assert await world.tell(a_signal("a", text="Corrected: nothing of the kind.")) == ["says withdrawn"]


async def test_a_version_that_says_it_of_another_moves_the_alert(world: SmallWorld) -> None:
    """Nothing was taken back: the alert under the old labels ends without a word."""
    await world.tell(said("a", "down", about=""))
    assert await world.tell(said("a", "down", about="y", text="Now with its name.")) == [
        "says fired",
        "says expired",
    ]


async def test_a_version_that_says_it_of_one_alone_withdraws_the_other(world: SmallWorld) -> None:
    """What the rule told of both, and tells of one still, was taken back of the other."""
    await world.tell(said("a", "down", about="x+y"))
    assert await world.tell(said("a", "down", about="x", text="Not y.")) == ["says withdrawn"]


async def test_a_version_that_puts_the_former_labels_back_moves_the_alert_back(world: SmallWorld) -> None:
    """That it was told under these labels two versions ago does not make them the old ones."""
    await world.tell(said("a", "down", about="x"))
    await world.tell(said("a", "down", about="y", text="Rather y."))
    assert await world.tell(said("a", "down", about="x", text="No, x.")) == ["says fired", "says expired"]


async def test_versions_in_one_batch_come_to_the_same(world: SmallWorld) -> None:
    """The retraction knows what the version before it touched a moment ago."""
    changes = await world.tell(said("a", "down"), a_signal("a", text="Corrected: nothing of the kind."))
    assert changes == ["says fired", "says withdrawn"]


async def test_a_rule_that_trips_over_a_correction_withdraws_nothing(world: SmallWorld) -> None:
    """That the rule cannot judge the new version is no reason to take the alert back."""
    await world.tell(said("a", "down"))
    assert await world.tell(said("a", "boom", text="Corrected.")) == []
    assert await world.tell(a_signal("a", text="Nothing of the kind.")) == ["says withdrawn"]


async def test_a_new_title_in_the_same_batch_is_the_same_story() -> None:
    """Two versions that come at once alert as they would one after the other: once."""
    world = SmallWorld(Says(id="says", per=("story",)))
    first = said("a", "down", more={"keys": "k1"})
    assert await world.tell(first, said("a", "down", more={"keys": "k2"}, text="New")) == ["says fired"]


async def test_a_rule_that_trips_is_passed_over_and_counted(world: SmallWorld) -> None:
    """One bad signal does not stop the next one."""
    assert await world.tell(said("a", "boom"), said("b", "down")) == ["says fired"]
    assert world.metrics.errors.labels("rule")._value.get() == 1


async def test_occurrences_expire_quietly(world: SmallWorld) -> None:
    """After resolve_after the alert is resolved, and nobody is told."""
    await world.tell(said("a", "down"))
    world.clock.advance(timedelta(seconds=10))
    await world.told()
    assert await world.after(timedelta(days=7).total_seconds()) == ["says expired"]
    assert await world.told() == []


async def test_an_edit_of_old_news_is_no_news(world: SmallWorld) -> None:
    """What is changed after its alert has expired fires again only if it says something else."""
    await world.tell(said("a", "down"))
    assert await world.after(timedelta(days=7).total_seconds()) == ["says expired"]
    assert await world.tell(said("a", "down", text="With a comma mended.")) == []
    assert await world.tell(said("a", "up", text="With another figure.")) == ["says fired"]
    assert await world.store.judgements.next_timer() == NOON + timedelta(days=14)


async def test_conditions_repeat_until_they_clear() -> None:
    """A firing condition is told again at the route's interval, and its end is told."""
    world = SmallWorld(Holds(id="holds"))
    assert await world.tell(said("a", "down")) == ["holds fired"]
    world.clock.advance(timedelta(seconds=10))
    assert await world.told() == [["holds fired"]]
    await world.after(timedelta(hours=24).total_seconds())
    world.clock.advance(timedelta(seconds=10))
    assert await world.told() == [["holds repeated"]]
    assert await world.tell(said("b", "clear")) == ["holds resolved"]
    world.clock.advance(timedelta(minutes=2))
    assert await world.told() == [["holds resolved"]]
    await world.after(timedelta(hours=25).total_seconds())
    assert await world.told() == []
    assert await world.store.judgements.next_timer() is None


async def test_stories_are_one_for_72_hours() -> None:
    """Signals that share a key tell one story; the window does not slide."""
    world = SmallWorld(Says(id="says", per=("story",)))
    assert await world.tell(said("a", "down", more={"keys": "k1 k2"})) == ["says fired"]
    assert await world.tell(said("b", "down", more={"keys": "k2 k3"})) == []
    await world.after(timedelta(hours=71).total_seconds())
    assert await world.tell(said("c", "down", more={"keys": "k1"})) == []
    await world.after(timedelta(hours=2).total_seconds())
    assert await world.tell(said("d", "down", more={"keys": "k1"})) == ["says fired"]


async def test_observations_build_their_series() -> None:
    """Each observation is judged with all that were seen before it, and itself."""
    world = SmallWorld(SeriesLength(id="length"))
    await world.tell(an_observation(1.0, period="2025-04"), baseline=True)
    assert await world.tell(an_observation(2.0, period="2025-05")) == ["length fired"]
    series = (await world.store.judgements.series(["cn-magnets-us"]))["cn-magnets-us"]
    assert [(v.period, v.value) for v in series.vintages] == [("2025-04", 1.0), ("2025-05", 2.0)]
    (alert,) = await world.store.judgements.active()
    assert alert.summary == "2"


async def test_a_removed_rule_closes_its_alerts_unnotified(world: SmallWorld) -> None:
    """After a reload without the rule its alert is resolved, and nobody is told."""
    await world.tell(said("a", "down"))
    world.clock.advance(timedelta(seconds=10))
    await world.told()
    world.evaluate.reload(a_rulebook(Says(id="other")))
    assert await world.changes() == ["says rule_removed"]
    world.clock.advance(timedelta(minutes=10))
    assert await world.told() == []


async def test_a_rule_that_tells_its_alerts_apart_differently_starts_afresh(world: SmallWorld) -> None:
    """Another `per` closes the old alerts; a mere change of severity does not."""
    await world.tell(said("a", "down"))
    world.evaluate.reload(a_rulebook(Says(id="says", severity="critical")))
    assert await world.changes() == []
    world.evaluate.reload(a_rulebook(Says(id="says", per=("story",))))
    assert await world.changes() == ["says rule_removed"]


async def test_a_new_route_times_the_repeats_of_firing_conditions_anew() -> None:
    """After a reload to another grouping, a firing condition still repeats."""
    world = SmallWorld(Holds(id="holds"))
    await world.tell(said("a", "down"))
    route = Route(receiver="desk", group_by=("about",), repeat_interval=timedelta(hours=1))
    world.evaluate.reload(a_rulebook(Holds(id="holds"), route=route))
    assert await world.changes() == []
    timer = await world.store.judgements.next_timer()
    assert timer == NOON + timedelta(hours=1)


HOURLY = Route(receiver="desk", repeat_interval=timedelta(hours=1))


async def in_repeats(world: SmallWorld) -> dict[str, int]:
    """How many conditions each group repeats, by receiver."""
    groups = {g.id: g for a in await world.store.judgements.active() for _, g in world.dispatch.groups(a)}
    repeats = await world.store.judgements.repeats(sorted(groups))
    return {groups[name].receiver: len(repeat.fingerprints) for name, repeat in repeats.items()}


async def test_a_condition_that_a_reload_moves_into_a_group_joins_those_that_are_there() -> None:
    """The group goes on repeating what it repeated before."""
    world = SmallWorld(Holds(id="holds"))
    apart = Route(match=(Matcher(label="about", values=("y",)),), receiver="other")
    world.reload(Holds(id="holds"), routes=[apart, HOURLY])
    await world.tell(said("a", "down", about="x"), said("b", "down", about="y"))
    assert await in_repeats(world) == {"desk": 1, "other": 1}
    world.reload(Holds(id="holds"), routes=[HOURLY])
    await world.changes()
    assert await in_repeats(world) == {"desk": 2}


async def test_a_second_route_repeats_what_the_first_repeats_already() -> None:
    """A reload that adds a route puts the firing conditions into its group as well."""
    world = SmallWorld(Holds(id="holds"))
    first = HOURLY.model_copy(update={"continue_": True})
    world.reload(Holds(id="holds"), routes=[first])
    await world.tell(said("a", "down"))
    world.reload(Holds(id="holds"), routes=[first, Route(receiver="other")])
    await world.changes()
    assert await in_repeats(world) == {"desk": 1, "other": 1}


async def test_another_repeat_interval_holds_for_conditions_that_are_firing() -> None:
    """After the reload the next repeat is timed by it."""
    world = SmallWorld(Holds(id="holds"))
    await world.tell(said("a", "down"))
    world.evaluate.reload(a_rulebook(Holds(id="holds"), route=HOURLY))
    await world.changes()
    assert await world.store.judgements.next_timer() == NOON + timedelta(hours=1)


async def test_news_of_one_condition_does_not_put_off_the_repeat_of_another() -> None:
    """In a group whose one condition changes all the time, the other is told again on time."""
    world = SmallWorld(Holds(id="holds"))
    await world.tell(said("a", "down", about="x"))
    told: list[str] = []
    for hour in range(26):
        await world.tell(said(f"b{hour}", f"figure {hour}", about="y"))
        await world.after(3600)
        told += [change for one in await world.told() for change in one]
    assert "holds repeated" in told


async def test_repeats_missed_while_nobody_evaluated_are_told_as_one() -> None:
    """Three days of standstill end in one reminder, and the next comes a day later."""
    world = SmallWorld(Holds(id="holds"))
    await world.tell(said("a", "down"))
    world.clock.advance(timedelta(seconds=10))
    await world.told()
    world.clock.advance(timedelta(days=3))
    await world.evaluate.turn()
    assert await world.told() == [["holds repeated"]]
    await world.changes()
    world.clock.advance(timedelta(hours=1))
    assert await world.told() == []
    assert await world.store.judgements.next_timer() == NOON + timedelta(days=4)


async def test_a_reload_during_a_reload_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The alerts of a rule that the second one removes are closed."""
    world = SmallWorld(Says(id="says"))
    await world.tell(said("a", "down"))
    active = world.store.judgements.active

    async def active_then_reload() -> Sequence[Alert]:
        found = await active()
        world.evaluate.reload(a_rulebook(Says(id="other")))
        return found

    world.evaluate.reload(a_rulebook(Says(id="says")))
    with monkeypatch.context() as patched:
        patched.setattr(world.store.judgements, "active", active_then_reload)
        await world.evaluate.turn()
    assert await world.changes() == ["says rule_removed"]


async def test_a_restart_repeats_nothing(world: SmallWorld) -> None:
    """Another process that takes the lease over goes on where the first stopped."""
    await world.tell(said("a", "down"))
    await world.store.fleet.leave("p1")
    world.evaluate = world.an_evaluator("p2", Says(id="says"))
    assert await world.changes() == []
    assert await world.tell(said("b", "up")) == ["says updated"]


async def test_two_evaluators_take_turns_not_sides(world: SmallWorld) -> None:
    """While one holds the lease the other does nothing; a stale one is fenced and changes nothing."""
    await world.tell(said("a", "down"))
    other = world.an_evaluator("p2", Says(id="says"))
    await other.catch_up()
    assert (world.evaluate.leads, other.leads) == (True, False)
    await world.store.fleet.leave("p1")
    await world.store.fleet.lease(EVALUATOR, "p2", timedelta(seconds=5))
    with pytest.raises(Fenced):
        await world.tell(said("b", "up"))
    (alert,) = await world.store.judgements.active()
    assert alert.revision == 1


async def test_a_fenced_turn_stands_by_and_tries_for_the_lease_again(world: SmallWorld) -> None:
    """The stage takes a fence as news, not as a failure."""
    await world.evaluate.turn()
    await world.store.fleet.leave("p1")
    await world.store.fleet.lease(EVALUATOR, "p2", timedelta(seconds=5))
    await world.store.signals.intake([])
    world.evaluate.reload(a_rulebook(Says(id="says")))
    await world.evaluate.turn()
    assert not world.evaluate.leads
    await world.evaluate.turn()
    assert not world.evaluate.leads


async def test_a_turn_is_bounded_and_the_rest_follows(world: SmallWorld) -> None:
    """More than one commit's worth of alerts is committed in several, none lost, none doubled."""
    signals = [said(f"s{n}", "down", about=f"a{n}") for n in range(DUE_LIMIT)]
    assert len(await world.tell(*signals)) == DUE_LIMIT
    assert len(await world.store.judgements.active()) == DUE_LIMIT
    world.clock.advance(timedelta(seconds=10))
    (told,) = await world.told()
    assert len(told) == DUE_LIMIT


async def test_a_change_that_no_route_takes_is_counted() -> None:
    """Nothing is silent: an unrouted alert shows in the metrics."""
    world = SmallWorld(Says(id="says"))
    nowhere = Route(receiver="nobody")
    world.evaluate.reload(a_rulebook(Says(id="says"), route=nowhere))
    await world.tell(said("a", "down"))
    assert world.metrics.unrouted.labels("says")._value.get() == 1


async def test_an_alert_that_clears_before_the_first_notification_is_told_as_resolved() -> None:
    """What fired and cleared within the group's wait is still heard of."""
    world = SmallWorld(Holds(id="holds"))
    await world.tell(said("a", "down"))
    await world.tell(said("b", "clear"))
    world.clock.advance(timedelta(seconds=10))
    assert await world.told() == [["holds resolved"]]


async def test_an_outage_of_a_destination_costs_at_most_two_messages(world: SmallWorld) -> None:
    """The frozen attempt comes first, all that gathered meanwhile in one more."""
    await world.tell(said("a", "1", about="a"))
    world.clock.advance(timedelta(seconds=6))
    (claimed,) = await world.store.outbox.claim("p1", world.clock.now(), {"desk/one": 8})
    await world.store.outbox.record(claimed, Outcome(kind="retry", reason="down"), world.clock.now())
    for number in range(5):
        await world.tell(said(f"later{number}", "1", about=f"b{number}"))
    world.clock.advance(timedelta(hours=1))
    first = await world.told()
    world.clock.advance(timedelta(minutes=5))
    second = await world.told()
    assert [len(one) for one in (*first, *second)] == [1, 5]


async def test_a_late_version_keeps_the_story_of_its_predecessors() -> None:
    """An article corrected after its story's window is still the same alert, not a new one."""
    world = SmallWorld(Says(id="says", per=("story",)))
    assert await world.tell(said("a", "down", more={"keys": "k1"})) == ["says fired"]
    await world.after(timedelta(hours=100).total_seconds())
    assert await world.tell(said("a", "down", more={"keys": "k1"}, text="Corrected.")) == []
    (alert,) = await world.store.judgements.active()
    assert [e.version for e in alert.evidence] == [2]
