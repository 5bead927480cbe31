"""Mails as a mail program would read them."""

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from alerter.core.alert import Change
from alerter.core.delivery import Delivery
from alerter.notifiers.mail import HTML_LIMIT, MailWriter, address_of
from tests.notifiers.samples import CASES, HOSTILE, a_delivery, a_member
from tests.support.signals import a_group

HOME = "https://alerter.example"
TO = "buyer@example.com"


@pytest.fixture(scope="module")
def writer() -> MailWriter:
    """A writer for one sender."""
    return MailWriter("Supply alerts <alerts@example.org>", HOME)


def read(raw: bytes) -> EmailMessage:
    """The message as a receiver parses it."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def written(writer: MailWriter, delivery: Delivery, recipient: str = TO) -> EmailMessage:
    """The message after a trip over the wire."""
    return read(writer.write(delivery, recipient).as_bytes())


def part(message: EmailMessage, kind: str) -> str:
    """The text of the part of this kind (`plain`, `html`)."""
    body = message.get_body((kind,))
    assert body is not None
    text = body.get_content()
    assert isinstance(text, str)
    return text


class Page(HTMLParser):
    """The tags, links and visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_both_parts_tell_all_that_explains_an_alert(writer: MailWriter) -> None:
    """Text and HTML tell rule, figure, threshold, reason, evidence and the alert's id."""
    message = written(writer, a_delivery(a_member(description="Exports that others report.")))
    page = Page(part(message, "html"))
    assert message.get_content_type() == "multipart/alternative"
    for shown in (part(message, "plain"), page.text):
        for words in (
            "FIRED warning · reported-export-fall",
            "Exports of rare-earth magnets fell 33 %",
            "-33 % (threshold: -20 %)",
            "reported-export-fall: Exports that others report.",
            "change below",
            "fell by a third",
            "9 Jun 2025",
            a_member().alert.fingerprint,
        ):
            assert words in shown
    links = ["https://news.example/magnets-1", f"{HOME}/api/v1/alerts/{a_member().alert.fingerprint}"]
    assert page.links == links
    assert all(link in part(message, "plain") for link in links)


def test_headers_tell_machines_what_this_is(writer: MailWriter) -> None:
    """Sender, recipient, time of the first attempt, automatic, of a list, and how to leave it."""
    message = written(writer, a_delivery())
    assert message["From"] == "Supply alerts <alerts@example.org>"
    assert message["To"] == TO
    assert message["Date"] == "Mon, 09 Jun 2025 12:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<desk.alerter.example.org>"
    assert message["List-Unsubscribe"] == "<mailto:alerts@example.org?subject=unsubscribe%20desk>"
    assert message["X-Alerter-Delivery"] == "d1"


def test_every_attempt_is_the_same_message(writer: MailWriter) -> None:
    """A retry repeats every byte, so that a mailbox can drop the second."""
    again = a_delivery(attempt=3, uncertain=True)
    assert writer.write(a_delivery(), TO).as_bytes() == writer.write(again, TO).as_bytes()


def test_message_ids_differ_by_delivery_and_recipient(writer: MailWriter) -> None:
    """No two messages share an id."""
    messages = [
        written(writer, a_delivery(id=name), to) for name in ("d1", "d2") for to in (TO, "b@example.com")
    ]
    assert len({message["Message-ID"] for message in messages}) == 4


def test_an_alerts_mails_thread_together(writer: MailWriter) -> None:
    """All news of an episode refer to one root; another episode, and a group's mails, to others."""
    fired, resolved, next_time, group, same_group = (
        written(writer, delivery)["References"]
        for delivery in (
            a_delivery(a_member()),
            a_delivery(a_member(Change.RESOLVED, state="resolved"), id="d2"),
            a_delivery(a_member(episode=2), id="d3"),
            a_delivery(a_member(), a_member(name="b")),
            a_delivery(a_member(name="c"), a_member(name="b"), id="d4"),
        )
    )
    assert fired == resolved
    assert group == same_group
    assert len({fired, next_time, group}) == 3


@pytest.mark.parametrize("name", CASES)
def test_every_case_makes_a_bounded_readable_mail(writer: MailWriter, name: str) -> None:
    """Seven-bit lines of legal length, HTML that no mail program clips, both parts there."""
    raw = writer.write(CASES[name](), TO).as_bytes()
    message = read(raw)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert len(part(message, "html").encode()) <= HTML_LIMIT
    assert part(message, "plain").strip()
    assert message.defects == []
    assert message["Message-ID"].endswith("@example.org>")


@pytest.mark.parametrize("name", ["hostile texts", "two hostile alerts"])
def test_hostile_text_is_inert(writer: MailWriter, name: str) -> None:
    """No header, tag or link can be smuggled in through a title."""
    message = written(writer, CASES[name]())
    page = Page(part(message, "html"))
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.text
    assert all(link.startswith("https://") for link in page.links)
    for shown in (part(message, "plain"), page.text, message["Subject"]):
        assert not {"\x1b", "\x00", "\u202e"} & set(shown)


def test_a_subject_is_short_and_tells_the_summary(writer: MailWriter) -> None:
    """One alert's summary leads the subject; a group's counts do; nothing grows without end."""
    tail = " · warning · reported-export-fall"
    assert written(writer, a_delivery())["Subject"].startswith("Exports of rare-earth magnets fell 33 %")
    assert written(writer, a_delivery())["Subject"].endswith(tail)
    endless = written(writer, CASES["endless texts"]())["Subject"]
    assert endless.endswith("…" + tail)
    assert written(writer, CASES["forty alerts"]())["Subject"].startswith("40 alerts: ")
    assert written(writer, CASES["blank texts"]())["Subject"] == "FIRED warning · reported-export-fall"
    assert len(endless) <= 150


def test_what_does_not_fit_is_counted_in_both_parts(writer: MailWriter) -> None:
    """A mail of hundreds of alerts ends in how many more there are, the same in text and HTML."""
    message = written(writer, CASES["four hundred alerts"]())
    page = Page(part(message, "html"))
    told = page.text.count("Figure")
    assert f"… and {400 - told} more alerts" in page.text
    assert f"… and {400 - told} more alerts" in part(message, "plain")


@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(text=st.text(max_size=80), receiver=st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,99}", fullmatch=True))
def test_any_text_makes_a_message_that_parses_back(writer: MailWriter, text: str, receiver: str) -> None:
    """No text breaks a header, and a long receiver's name leaves the unsubscribe address whole."""
    member = a_member(summary=text, labels={"commodity": HOSTILE + text})
    delivery = a_delivery(member, group=a_group(receiver=receiver), first_attempt_at=member.alert.starts_at)
    message = written(writer, delivery)
    assert "reported-export-fall" in message["Subject"]
    assert message["List-Unsubscribe"].startswith("<mailto:alerts@example.org?subject=unsubscribe%20")
    assert message["List-Unsubscribe"].endswith(">")


def test_a_state_has_its_colour(writer: MailWriter) -> None:
    """Firing, acknowledged, resolved and withdrawn alerts are told apart at a glance."""
    later = a_member().alert.starts_at + timedelta(hours=1)
    closed = {"state": "resolved", "resolved_at": later}
    cases = {
        "#a30200": a_member(),
        "#daa038": a_member(acknowledged=True),
        "#2eb886": a_member(Change.RESOLVED, **closed),
        "#b8b8b8": a_member(Change.WITHDRAWN, **closed),
    }
    for colour, member in cases.items():
        assert colour in part(written(writer, a_delivery(member)), "html")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a@b", "a@b"),
        ("Alerts <a.b+c@x-y.example>", "a.b+c@x-y.example"),
        ('"Doe, J" <j@x.example>', "j@x.example"),
        ("alerter@localhost", "alerter@localhost"),
        ("a@b, c@d", None),
        ("a@b\r\nBcc: c@d", None),
        ("a..b@c", None),
        ("ü@x.example", None),
        ("a@" + "b" * 260, None),
        ("a@", None),
        ("@b", None),
        ("nobody", None),
        ("", None),
    ],
)
def test_addresses_are_found(text: str, address: str | None) -> None:
    """One plain address, with a name or without, and nothing else."""
    assert address_of(text) == address
