"""UN Comtrade polled over loopback: releases, months in parts, rows that are refused, budgets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alerter.core.budget import Allowance
from alerter.sources import comtrade
from alerter.sources.base import SourceError
from alerter.sources.http import HttpClient
from tests.sources.comtrade import KEYED, RELEASES, Office, a_release, a_row, build, config, figures
from tests.sources.conftest import Host


@pytest.fixture
def office(host: Host) -> Office:
    """An office with nothing released."""
    return Office(host)


@pytest.mark.parametrize(
    "options",
    [
        {"reporter": "China"},
        {"partner": "MC"},
        {"hs": []},
        {"hs": ["8505", "850511"]},
        {"hs": ["85051110"]},
        {"flow": "both"},
        {"measure": "gross_weight"},
        {"since": "2025"},
        {"since": "2025-13"},
        {"months_per_poll": 0},
        {"calls_per_day": 0},
    ],
)
def test_options_are_checked(options: dict[str, Any]) -> None:
    """Countries have codes, codes are not within each other, numbers are in bounds."""
    with pytest.raises(ValidationError):
        config(**options)


def test_the_source_declares_its_series_and_needs_no_key() -> None:
    """Its id names the series."""
    assert config().declared_series() == ("magnets",)
    assert config().missing({}) == ""


async def test_without_a_key_each_month_is_a_call(http: HttpClient, office: Office) -> None:
    """The newest first; each question fixes all that would multiply its rows."""
    office.releases = [a_release("202504"), a_release("202505")]
    office.rows = [a_row("202504", netWgt=5), a_row()]
    poll = await build(http, office).poll(None)
    assert figures(poll) == [("2025-04", 5.0, "kg"), ("2025-05", 1238.5, "kg")]
    assert [query["period"] for query in office.queries] == ["202505", "202504"]
    assert office.queries[0] == {
        "reporterCode": "156",
        "partnerCode": "842",
        "period": "202505",
        "flowCode": "X",
        "cmdCode": "850511",
        "partner2Code": "0",
        "motCode": "0",
        "customsCode": "C00",
    }
    assert poll.note == ""
    assert "Reporters=156" in (poll.signals[0].url or "")


async def test_numbers_of_countries_may_be_written_with_zeros(http: HttpClient, office: Office) -> None:
    """As ISO writes them; Comtrade answers without."""
    office.releases = [a_release("202505", reporterCode=36)]
    office.rows = [a_row(reporterCode=36)]
    poll = await build(http, office, reporter="036").poll(None)
    assert len(poll.signals) == 1
    assert office.queries[0]["reporterCode"] == "36"


async def test_with_a_key_a_year_is_a_call(http: HttpClient, office: Office) -> None:
    """Months are listed with commas, and the key goes in its header."""
    office.releases = [a_release(f"2024{month:02}") for month in range(1, 13)] + [a_release("202501")]
    office.rows = [a_row(str(one["period"])) for one in office.releases]
    poll = await build(http, office, key="s3cret", months_per_poll=24).poll(None)
    assert len(poll.signals) == 13
    assert [query["period"].count(",") for query in office.queries] == [11, 0]
    asked = [request for request in office.host.asked if request.path == KEYED]
    assert {request.headers.get("Ocp-Apim-Subscription-Key") for request in asked} == {"s3cret"}
    assert "s3cret" not in poll.cursor


@pytest.mark.parametrize(
    ("measure", "fields", "expected"),
    [
        ("net_weight", {}, (1238.5, "kg", "")),
        ("net_weight", {"isNetWgtEstimated": True}, (1238.5, "kg", "Estimated by the publisher: 850511.")),
        ("value", {}, (90_000.25, "USD", "")),
        ("quantity", {}, (1000.5, "kg", "")),
        (
            "quantity",
            {"qtyUnitAbbr": "u", "isQtyEstimated": True},
            (1000.5, "u", "Estimated by the publisher: 850511."),
        ),
        ("quantity", {"qtyUnitCode": 99}, (1000.5, "unit 99", "")),
    ],
)
async def test_each_measure_has_its_figure_and_unit(
    http: HttpClient, office: Office, measure: str, fields: dict[str, Any], expected: tuple[float, str, str]
) -> None:
    """And says when the figure is an estimate."""
    office.releases, office.rows = [a_release("202505")], [a_row(**fields)]
    [signal] = (await build(http, office, measure=measure).poll(None)).signals
    assert signal.observation is not None
    assert (signal.observation.value, signal.observation.unit, signal.text) == expected


@pytest.mark.parametrize(
    ("measure", "fields"),
    [
        ("net_weight", {"netWgt": None}),
        ("net_weight", {"netWgt": 0.0}),
        ("quantity", {"qtyUnitCode": -1}),
        ("quantity", {"qty": 0.0}),
        ("value", {"primaryValue": None}),
    ],
)
async def test_no_figure_is_no_zero(
    http: HttpClient, office: Office, measure: str, fields: dict[str, Any]
) -> None:
    """A row without one is not published, and health says so."""
    office.releases, office.rows = [a_release("202505")], [a_row(**fields)]
    poll = await build(http, office, measure=measure).poll(None)
    assert figures(poll) == []
    assert poll.note == "lists May 2025 without a figure"


async def test_codes_are_added_up(http: HttpClient, office: Office) -> None:
    """Asked for in one question; a code without a row is said."""
    office.releases = [a_release("202504"), a_release("202505")]
    office.rows = [a_row(), a_row(cmdCode="284690", netWgt=0.5), a_row("202504")]
    april, may = (await build(http, office, hs=["850511", "284690"]).poll(None)).signals
    assert may.observation is not None
    assert (may.observation.value, may.text) == (1239.0, "")
    assert april.text == "Nothing is listed of 284690."
    assert office.queries[0]["cmdCode"] == "850511,284690"


async def test_annual_and_partial_rows_are_left_out(http: HttpClient, office: Office) -> None:
    """Month 52, years, and rows by second partner, means of transport or procedure."""
    office.releases = [a_release("202505"), a_release("2024")]
    partial = [a_row(partner2Code=410), a_row(motCode=2100), a_row(customsCode="C05")]
    office.rows = [a_row(), a_row(refMonth=52, netWgt=9), *partial]
    assert figures(await build(http, office).poll(None)) == [("2025-05", 1238.5, "kg")]


async def test_history_comes_in_parts_and_in_the_baseline(http: HttpClient, office: Office) -> None:
    """The newest months first; the parts are no news, whatever day they come on."""
    months = [f"2024{month:02}" for month in range(1, 13)]
    office.releases = [a_release(month, firstReleased="2025-01-20T00:00:00") for month in months]
    office.rows = [a_row(month) for month in months]
    source = build(http, office, months_per_poll=5)
    polls = [await source.poll(None)]
    for _ in range(3):
        polls.append(await source.poll(polls[-1].cursor))
    assert [len(poll.signals) for poll in polls] == [5, 5, 2, 0]
    assert [poll.note for poll in polls] == ["7 months still to fetch", "2 months still to fetch", "", ""]
    assert [poll.settling for poll in polls] == [True, True, True, False]
    assert {one.published_at for poll in polls for one in poll.signals} == {datetime(2025, 1, 20, tzinfo=UTC)}
    assert figures(polls[0])[-1][0] == "2024-12"


async def test_only_new_and_changed_months_are_asked_for(http: HttpClient, office: Office) -> None:
    """A revision is dated by its release, and says what it revises."""
    office.releases = [a_release("202504"), a_release("202505")]
    office.rows = [a_row("202504"), a_row()]
    source = build(http, office)
    first = await source.poll(None)
    office.queries.clear()
    second = await source.poll(first.cursor)
    assert (second.signals, office.queries) == ([], [])
    office.releases = [a_release("202504", 2, lastReleased="2025-06-21T06:00:00"), a_release("202505")]
    office.rows = [a_row("202504", netWgt=1000), a_row(netWgt=1)]
    [revised] = (await source.poll(second.cursor)).signals
    assert [query["period"] for query in office.queries] == ["202504"]
    assert revised.observation is not None
    assert (revised.observation.value, revised.observation.revised_from) == (1000.0, 1238.5)
    assert revised.published_at == datetime(2025, 6, 21, 6, tzinfo=UTC)


async def test_a_month_in_several_classifications_changes_with_any(http: HttpClient, office: Office) -> None:
    """Their checksums together mark its content; other reporters' months do not count."""
    office.releases = [a_release("202505", 1), a_release("202505", 2), a_release("202504", reporterCode=4)]
    office.rows = [a_row()]
    source = build(http, office)
    first = await source.poll(None)
    office.releases[1]["datasetChecksum"] = 3
    await source.poll(first.cursor)
    assert [query["period"] for query in office.queries] == ["202505", "202505"]


async def test_a_released_month_without_this_trade_is_said(http: HttpClient, office: Office) -> None:
    """It is no zero; and what is released is not overdue."""
    office.releases = [a_release("202502"), a_release("202503")]
    office.rows = [a_row("202502")]
    source = build(http, office, expected_within="30d", now=datetime(2025, 5, 20, tzinfo=UTC))
    first = await source.poll(None)
    again = await source.poll(first.cursor)
    for poll in (first, again):
        assert poll.note == "lists none of this trade in Mar 2025"
        assert poll.overdue == ()
    assert figures(first) == [("2025-02", 1238.5, "kg")]


async def test_a_release_that_does_not_come_is_overdue(http: HttpClient, office: Office) -> None:
    """Judged by what the reporter has released."""
    office.releases, office.rows = [a_release("202502")], [a_row("202502")]
    poll = await build(http, office, expected_within="30d").poll(None)
    assert poll.overdue == ("magnets: Mar 2025 was expected by 2025-05-01",)


async def test_no_releases_at_all_is_said(http: HttpClient, office: Office) -> None:
    """A list that is empty is a success, and the reporter is out of sight."""
    poll = await build(http, office).poll(None)
    assert (list(poll.signals), poll.note) == ([], "")
    assert poll.unseen == ("no releases are listed of the reporter CN",)


async def test_history_begins_where_it_is_told_to(http: HttpClient, office: Office) -> None:
    """Three years back, unless it is set."""
    office.releases = [a_release(period) for period in ("201912", "202205", "202206")]
    await build(http, office).poll(None)
    assert [query["period"] for query in office.queries] == ["202206"]
    office.queries.clear()
    await build(http, office, since="2022-05").poll(None)
    assert [query["period"] for query in office.queries] == ["202206", "202205"]


async def test_a_refusal_in_the_middle_keeps_what_came(http: HttpClient, office: Office) -> None:
    """The rest is fetched later, when the publisher allows it again."""
    office.releases = [a_release("202504"), a_release("202505")]
    office.rows = [a_row("202504"), a_row()]
    office.refuses_after = 1
    source = build(http, office)
    first = await source.poll(None)
    assert [one[0] for one in figures(first)] == ["2025-05"]
    assert first.note.endswith("asks for fewer requests (429); 1 month still to fetch")
    assert first.wait_at_least == timedelta(hours=2)
    office.refuses_after = None
    assert [one[0] for one in figures(await source.poll(first.cursor))] == ["2025-04"]


async def test_a_refusal_at_the_beginning_fails(http: HttpClient, office: Office) -> None:
    """Nothing came, so that health says blocked."""
    office.releases, office.refuses_after = [a_release("202505")], 0
    with pytest.raises(SourceError) as caught:
        await build(http, office).poll(None)
    assert caught.value.trouble == "blocked"


async def test_a_refused_key_is_told_by_its_setting(http: HttpClient, office: Office) -> None:
    """The error says where the key comes from."""
    office.releases = [a_release("202505")]
    office.host.on(KEYED, status=401)
    with pytest.raises(SourceError, match="ALERTER_KEYS__COMTRADE"):
        await build(http, office, key="s3cret").poll(None)


async def test_a_poll_ends_in_time(http: HttpClient, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has not been asked for by then waits for the next poll."""
    ticks = iter(range(0, 1000, 70))
    monkeypatch.setattr(comtrade, "monotonic", lambda: next(ticks))
    office.releases = [a_release(f"2025{month:02}") for month in range(1, 6)]
    poll = await build(http, office).poll(None)
    assert len(office.queries) == 1
    assert "4 months still to fetch" in poll.note


class Counting:
    """Grants every call, and remembers whose it was."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def spend(self, name: str, limits: object) -> Allowance:
        """One call."""
        self.names.append(name)
        return Allowance(left=100 - len(self.names))

    async def close(self, name: str, wait: timedelta) -> None:
        """Never asked for."""


@pytest.mark.parametrize("key", ["", "s3cret"])
async def test_all_calls_draw_on_the_budget_of_the_key(host: Host, office: Office, key: str) -> None:
    """The budget's name does not tell the key, and health hears how many calls are left."""
    budgets = Counting()
    office.releases, office.rows = [a_release("202505")], [a_row()]
    agent = "alerter/test (+https://desk.example)"
    async with HttpClient(user_agent=agent, allow_private_networks=True, budgets=budgets) as http:
        poll = await build(http, office, key=key).poll(None)
    assert poll.budget_left == 98
    assert len(set(budgets.names)) == 1
    assert budgets.names[0].startswith("comtrade:")
    assert (budgets.names[0] == "comtrade:keyless") == (not key)
    assert "s3cret" not in budgets.names[0]


@pytest.mark.parametrize(
    ("rows", "extra", "words"),
    [
        ([a_row(), a_row(netWgt=9)], {}, "127.0.0.1 gives several rows for 850511 in May 2025"),
        ([a_row(partnerCode=392)], {}, "lists a partnerCode of '392', not asked for"),
        ([a_row(cmdCode="850519")], {}, "lists a cmdCode of '850519', not asked for"),
        ([{"period": "202505", "netWgt": 1}] * 500, {}, "500 rows, as many as it gives out"),
        ([], {"error": "Query <b>too</b> complex"}, "127.0.0.1 says: Query too complex"),
        ([], {"data": None}, "without a list of rows"),
        ([], {"count": 3}, "counts 3 rows and lists 0"),
        ([], {"data": [{"period": "202505"}]}, "lists rows without netWgt"),
        ([a_row(netWgt="much")], {}, "another shape: netWgt"),
        ([a_row(reporterCode=None)], {}, "another shape: reporterCode"),
    ],
)
async def test_what_is_not_as_agreed_is_refused(
    http: HttpClient, office: Office, rows: list[dict[str, Any]], extra: dict[str, Any], words: str
) -> None:
    """In words that name the host; nothing of it is told."""
    office.releases, office.rows, office.extra = [a_release("202505")], rows, extra
    with pytest.raises(SourceError, match=words):
        await build(http, office).poll(None)


@pytest.mark.parametrize(
    ("releases", "words"),
    [
        ("[]", "another shape: the answer"),
        ('{"data": [{"period": 202505}], "error": ""}', "another shape: reporterCode"),
        ('{"error": "x", "data": []}', "says: x"),
    ],
)
async def test_releases_of_another_shape_are_refused(
    http: HttpClient, office: Office, releases: str, words: str
) -> None:
    """A list without checksums tells nothing."""
    office.host.on(RELEASES, releases)
    with pytest.raises(SourceError, match=words):
        await build(http, office).poll(None)


async def test_a_release_without_a_date_is_as_old_as_its_month(http: HttpClient, office: Office) -> None:
    """Or, later, as new as when it is seen."""
    office.releases = [a_release("202505", firstReleased=None, lastReleased="soon")]
    office.rows = [a_row()]
    [signal] = (await build(http, office).poll(None)).signals
    assert signal.published_at == datetime(2025, 6, 1, tzinfo=UTC)
