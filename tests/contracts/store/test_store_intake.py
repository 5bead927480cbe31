"""Intake: what is new, what is a new version, what is known already, and when the door is closed."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerter.core.signal import IntakeStatus, Signal
from alerter.store.protocol import VERSIONS_KEPT, Busy, Fenced, SourceClaim, Store
from tests.support.signals import NOON, a_record, a_signal, an_observation, at, healthy
from tests.support.stores import a_poll, claim_source, commit, enrol, offer, read, take

ACCEPTED, DUPLICATE, UPDATED = IntakeStatus.ACCEPTED, IntakeStatus.DUPLICATE, IntakeStatus.UPDATED
_examples = itertools.count()


async def test_a_new_signal_is_accepted_and_the_same_again_a_duplicate(store: Store) -> None:
    """Content decides: the second offer joins no queue."""
    assert await offer(store, a_signal()) == [ACCEPTED]
    assert await offer(store, a_signal()) == [DUPLICATE]
    assert [queued.record.version for queued in await take(store)] == [1]


async def test_a_signal_is_known_after_it_was_read_too(store: Store) -> None:
    """Filing a signal does not make intake forget it."""
    await read(store, a_signal())
    assert await offer(store, a_signal()) == [DUPLICATE]


async def test_changed_content_is_a_new_version_of_the_signal(store: Store) -> None:
    """Other content under the same identity is UPDATED, numbered by the store whatever the record says."""
    await offer(store, a_signal())
    record = a_record(title="Corrected").model_copy(update={"version": 99})
    assert list(await store.signals.intake([record])) == [UPDATED]
    assert [(queued.record.version, queued.record.signal.title) for queued in await take(store)] == [
        (1, a_signal().title),
        (2, "Corrected"),
    ]


async def test_only_the_date_has_changed_is_no_change(store: Store) -> None:
    """A page that touches up its date and nothing else is a duplicate."""
    await offer(store, a_signal())
    assert await offer(store, a_signal(published_at=NOON + timedelta(days=1))) == [DUPLICATE]


async def test_a_content_seen_before_never_returns_as_new(store: Store) -> None:
    """A source that flips between two contents brings two versions, not an endless stream."""
    flips = [a_signal(title=title) for title in ("one", "two", "one", "two", "one")]
    assert await offer(store, *flips) == [ACCEPTED, UPDATED, DUPLICATE, DUPLICATE, DUPLICATE]


async def test_versions_of_one_signal_are_bounded(store: Store) -> None:
    """A page that never reads the same twice stops counting as changed, and what it said stays known."""
    changes = [a_signal(text=f"visitor {number}") for number in range(VERSIONS_KEPT + 3)]
    statuses = await offer(store, *changes)
    assert statuses == [ACCEPTED] + [UPDATED] * (VERSIONS_KEPT - 1) + [DUPLICATE] * 3
    assert [queued.record.version for queued in await take(store)] == list(range(1, VERSIONS_KEPT + 1))
    assert await offer(store, changes[0], changes[VERSIONS_KEPT - 1]) == [DUPLICATE] * 2


async def test_the_same_content_under_other_identities_is_apart(store: Store) -> None:
    """Two outlets may carry one text; which story they tell is for others to say."""
    signals = [a_signal(), a_signal("other"), a_signal(source="other-feed")]
    assert await offer(store, *signals) == [ACCEPTED] * 3


async def test_one_batch_is_counted_in_its_order(store: Store) -> None:
    """Statuses stand in the order offered, and a repetition within the batch is seen."""
    batch = [a_signal("a"), a_signal("b"), a_signal("a"), a_signal("a", title="Corrected")]
    assert await offer(store, *batch) == [ACCEPTED, ACCEPTED, DUPLICATE, UPDATED]


async def test_a_signal_comes_out_as_it_went_in(store: Store) -> None:
    """Every field, any script, exact numbers, the baseline mark and the instant seen survive."""
    seen_at = NOON + timedelta(microseconds=123_457)
    number = an_observation(12_345_678_901_234.567, series="稀土/磁体")
    record = a_record("ж", title="稀土 “magnets”\n\x00\u2028", labels={"outlet": "ßI"}, seen_at=seen_at)
    records = [
        record.model_copy(update={"baseline": True}),
        a_record().model_copy(update={"identity": number.identity, "signal": number}),
    ]
    await store.signals.intake(records)
    assert [queued.record for queued in await take(store)] == records


async def test_a_poll_commits_its_signals_cursor_due_time_and_health_together(store: Store) -> None:
    """One commit moves all of it."""
    claim = await claim_source(store)
    assert await offer(store, a_signal(), poll=a_poll(claim, cursor="etag:1")) == [ACCEPTED]
    assert await store.sources.health() == {"ree-news": healthy()}
    assert (await store.signals.backlog()).unread == 1


async def test_only_the_commit_knows_whether_a_poll_brought_news(store: Store) -> None:
    """Due time and health are those of news where a signal is new or updated, and not where all is known."""
    told = healthy(last_signal_at=NOON)

    async def polled(*signals: Signal, at_second: float) -> tuple[bool, SourceClaim]:
        """Is the health that of news, and the claim that follows."""
        [claim] = await store.sources.claim("poller", at(at_second), 9)
        poll = replace(a_poll(claim, due_in=600), due_if_new=at(60), health_if_new=told)
        await offer(store, *signals, poll=poll)
        return (await store.sources.health())["ree-news"] == told, claim

    await enrol(store, {"ree-news": NOON})
    assert (await polled(a_signal("a"), a_signal("b"), at_second=0))[0]
    assert not (await polled(a_signal("a"), at_second=60))[0]
    assert await store.sources.claim("poller", at(599), 9) == []
    assert (await polled(a_signal("a"), a_signal("b", title="Corrected"), at_second=600))[0]
    assert not (await polled(at_second=600))[0]


async def test_a_push_is_noted_where_it_brought_something_new(store: Store) -> None:
    """Sources that only push are heard of too; who repeats itself is not, and no time goes back."""
    early, late = at(-60), at(90)
    await offer(store, a_signal("a", source="one"), a_signal("b", source="two", seen_at=early))
    await store.signals.intake([a_record("c", source="one", seen_at=late), a_record("b", source="two")])
    await store.signals.intake([a_record("d", source="one")])
    heard = await store.sources.health()
    assert {source: (one.state, one.last_signal_at) for source, one in heard.items()} == {
        "one": ("ok", late),
        "two": ("ok", early),
    }


async def test_each_source_of_a_mixed_push_is_heard_by_its_own_news(store: Store) -> None:
    """However the sources alternate in the batch."""
    await offer(store, *(a_signal(f"{source}1", source=source) for source in "abc"))
    mixed = [("a", "a1"), ("b", "new"), ("b", "b1"), ("a", "a1"), ("c", "c1"), ("a", "new"), ("c", "c1")]
    later = [a_record(name, source=source, seen_at=at(60)) for source, name in mixed]
    await store.signals.intake(later)
    heard = await store.sources.health()
    assert {source: one.last_signal_at for source, one in heard.items()} == {
        "a": at(60),
        "b": at(60),
        "c": NOON,
    }


async def test_a_polled_source_that_is_pushed_too_keeps_its_health(store: Store) -> None:
    """Only the time of its last signal moves on."""
    await offer(store, poll=a_poll(await claim_source(store)))
    await offer(store, a_signal())
    assert await store.sources.health() == {"ree-news": healthy(last_signal_at=NOON)}


async def test_a_figure_that_is_put_back_is_an_update_each_time(store: Store) -> None:
    """What a publisher says last is what holds, even if it said so before; the same again is no news."""
    values = (1.0, 2.0, 1.0, 1.0, None, 1.0)
    statuses = await offer(store, *map(an_observation, values))
    assert statuses == [ACCEPTED, UPDATED, UPDATED, DUPLICATE, UPDATED, UPDATED]
    assert [queued.record.version for queued in await take(store)] == [1, 2, 3, 4, 5]
    assert await offer(store, an_observation(1.0)) == [DUPLICATE]


async def test_a_figure_may_be_revised_any_number_of_times(store: Store) -> None:
    """No revision is dropped: an old figure would be taken for the last word."""
    revisions = [an_observation(float(number)) for number in range(VERSIONS_KEPT * 3)]
    statuses = await offer(store, *revisions)
    assert statuses == [ACCEPTED] + [UPDATED] * (VERSIONS_KEPT * 3 - 1)
    assert [queued.record.version for queued in await take(store)] == list(range(1, VERSIONS_KEPT * 3 + 1))


@pytest.mark.parametrize("kinds", ["oaoao", "aoaoa", "ooaa"])
async def test_a_signal_that_changes_its_kind_is_a_new_version(store: Store, kinds: str) -> None:
    """A sender may use one id for an article and for a figure: each is taken, and can be read."""
    figure = {"kind": "observation", "observation": {"series": "s", "period": "2025-05", "unit": "t"}}
    offered = [
        a_signal("one", title=f"t{n}", **(figure if kind == "o" else {})) for n, kind in enumerate(kinds)
    ]
    assert await offer(store, *offered) == [ACCEPTED] + [UPDATED] * (len(kinds) - 1)
    assert len(await take(store)) == len(kinds)


async def test_a_fenced_poll_leaves_nothing_behind(store: Store) -> None:
    """Signals of a poll whose claim has ended are as if never offered."""
    claim = await claim_source(store)
    await offer(store, poll=a_poll(claim))
    with pytest.raises(Fenced):
        await offer(store, a_signal(), poll=a_poll(claim))
    assert await take(store) == []
    assert await offer(store, a_signal()) == [ACCEPTED]


async def test_a_slice_of_a_poll_leaves_its_claim_as_it_is(store: Store) -> None:
    """It is neither the end of the poll nor a push: cursor, due time and health come with the last slice."""
    claim = await claim_source(store)
    assert await offer(store, a_signal("a"), poll=claim) == [ACCEPTED]
    assert await store.sources.cursor("ree-news") is None
    assert await store.sources.health() == {}
    assert await store.sources.claim("other", at(86_400), 9) == []
    assert await offer(store, a_signal("a"), a_signal("b"), poll=a_poll(claim)) == [DUPLICATE, ACCEPTED]
    assert await store.sources.cursor("ree-news") == "after-1"


async def test_a_slice_of_a_poll_whose_claim_has_ended_is_fenced(store: Store) -> None:
    """What another configuration of the source was about to bring does not come after it was replaced."""
    claim = await claim_source(store)
    await offer(store, a_signal("a"), poll=claim)
    await enrol(store, {"ree-news": NOON}, signature="mended")
    with pytest.raises(Fenced):
        await offer(store, a_signal("b"), poll=claim)
    assert [queued.record.id for queued in await take(store)] == ["a"]


async def test_intake_is_busy_while_too_much_is_unread(store: Store) -> None:
    """At the limit the whole batch is refused, says when to try again, and changes nothing."""
    await offer(store, a_signal("a"), a_signal("b"), backlog_limit=2)
    with pytest.raises(Busy) as busy:
        await offer(store, a_signal("c"), a_signal("d"), backlog_limit=2)
    assert busy.value.retry_after > timedelta(0)
    assert (await store.signals.backlog()).unread == 2
    assert await offer(store, a_signal("c"), backlog_limit=3) == [ACCEPTED]


async def test_what_is_read_but_not_evaluated_counts_as_backlog(store: Store) -> None:
    """Intake waits for the evaluator too, and opens when it has caught up."""
    await read(store, a_signal("a"), a_signal("b"))
    with pytest.raises(Busy):
        await offer(store, a_signal("c"), backlog_limit=2)
    [(_first, _reading), (last, _last_reading)] = await store.signals.after("0", 9, timedelta(0))
    await commit(store, seen_to=last)
    assert await offer(store, a_signal("c"), backlog_limit=2) == [ACCEPTED]


async def test_a_poll_refused_as_busy_keeps_its_claim(store: Store) -> None:
    """Its poller may commit the same poll later: no signal is passed over."""
    await offer(store, a_signal("a", source="pushed"))
    claim = await claim_source(store)
    with pytest.raises(Busy):
        await offer(store, a_signal("b"), poll=a_poll(claim), backlog_limit=1)
    assert "ree-news" not in await store.sources.health()
    assert await offer(store, a_signal("b"), poll=a_poll(claim)) == [ACCEPTED]


async def test_a_poll_that_brought_nothing_is_never_busy(store: Store) -> None:
    """Quiet sources go on being polled while the pipeline is behind."""
    await offer(store, a_signal("a", source="pushed"))
    await offer(store, poll=a_poll(await claim_source(store)), backlog_limit=1)
    assert (await store.sources.health())["ree-news"] == healthy()


async def test_a_full_batch_is_one_commit(store: Store) -> None:
    """Five hundred signals go in at once and come out in their order."""
    names = [f"s{number:03}" for number in range(500)]
    assert await offer(store, *map(a_signal, names)) == [ACCEPTED] * 500
    assert [queued.record.id for queued in await take(store, limit=500)] == names


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    offers=st.lists(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 30)), max_size=15), max_size=5)
)
async def test_each_content_of_each_signal_enters_once(
    store: Store, offers: list[list[tuple[str, int]]]
) -> None:
    """Whatever is offered in whatever batches, exactly the first of each content joins, up to the bound."""
    source = f"example-{next(_examples)}"  # apart from what earlier examples left in the store
    known: dict[str, list[int]] = {"a": [], "b": []}
    for batch in offers:
        expected: list[tuple[str, int]] = []
        for name, content in batch:
            if content not in known[name] and len(known[name]) < VERSIONS_KEPT:
                known[name].append(content)
                expected.append((str(content), len(known[name])))
        await offer(store, *(a_signal(name, source=source, text=str(content)) for name, content in batch))
        taken = await take(store)
        assert [(queued.record.signal.text, queued.record.version) for queued in taken] == expected
