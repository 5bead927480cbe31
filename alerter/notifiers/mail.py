"""A notification as a mail: text and HTML parts, and headers that let it thread and be told from people's.

Byte for byte the same in every attempt, so that a mailbox which got one twice can drop one. Headers follow
RFC 5322 (Message-ID, References), RFC 3834 (Auto-Submitted), RFC 2919 (List-Id) and RFC 2369
(List-Unsubscribe).
"""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses, parseaddr
from urllib.parse import quote

import css_inline
import jinja2

from alerter.core.alert import Change
from alerter.core.delivery import Delivery
from alerter.core.model import digest
from alerter.notifiers import content
from alerter.notifiers.content import AlertView, DeliveryView
from alerter.notifiers.render import EVIDENCE_SHOWN, text_lines

HTML_LIMIT = 90_000
"""Bytes of HTML after inlining; Gmail clips at 102 kB."""
ALERTS_SHOWN = 50
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII | re.IGNORECASE)
_MACHINE_HEADERS = frozenset({"message-id", "in-reply-to", "references", "list-id", "list-unsubscribe"})


class _Policy(EmailPolicy):
    """Leaves headers for machines on one line: folding would encode a long address beyond recognition."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _MACHINE_HEADERS:
            return f"{name}: {value}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


class MailWriter:
    """Writes the mails of one sender."""

    def __init__(self, sender: str, public_url: str) -> None:
        """`sender` is an address, with a name or without; see `address_of`."""
        name, spec = parseaddr(sender)
        self._from = Address(display_name=content.plain(name), addr_spec=spec)
        self._public_url = public_url
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
        templates = jinja2.Environment(
            loader=jinja2.PackageLoader("alerter.notifiers"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
        )
        templates.filters["shorten"] = content.shorten
        templates.globals.update(tone=_tone, more=content.more, most_evidence=EVIDENCE_SHOWN)
        self._template = templates.get_template("mail.html.j2")

    def write(self, delivery: Delivery, recipient: str) -> EmailMessage:
        """The mail of a delivery to one recipient."""
        shown = content.view(delivery, self._public_url)
        footer = f"Sent by alerter to {recipient} as part of the receiver {delivery.group.receiver}."
        html, told = self._html(shown, footer)
        message = EmailMessage(policy=_POLICY)
        for name, value in self._headers(delivery, shown, recipient).items():
            message[name] = value
        message.set_content("\n".join([*text_lines(shown, told), "", "-- ", footer, ""]))
        message.add_alternative(html, subtype="html")
        message.set_boundary(f"=_{digest('boundary', delivery.id, recipient)}")
        return message

    def _headers(self, delivery: Delivery, shown: DeliveryView, recipient: str) -> dict[str, object]:
        root = f"<{_root(delivery)}@{self._from.domain}>"
        receiver = content.plain(delivery.group.receiver)
        slug = "".join(char if char.isalnum() else "-" for char in receiver)
        return {
            "From": self._from,
            "To": Address(addr_spec=recipient),
            "Subject": _subject(shown),
            "Date": delivery.first_attempt_at,
            "Message-ID": f"<{digest('mail', delivery.id, recipient)}@{self._from.domain}>",
            "In-Reply-To": root,
            "References": root,
            "Auto-Submitted": "auto-generated",
            "List-Id": f"<{slug}.alerter.{self._from.domain}>",
            "List-Unsubscribe": f"<mailto:{self._from.addr_spec}?subject=unsubscribe%20{quote(receiver)}>",
            "X-Alerter-Delivery": content.plain(delivery.id),
        }

    def _html(self, shown: DeliveryView, footer: str) -> tuple[str, int]:
        """The HTML, and how many alerts it holds: as many as its limit lets it."""
        most = min(len(shown.alerts), ALERTS_SHOWN)
        while True:
            page = self._template.render(shown=shown, alerts=shown.alerts[:most], footer=footer)
            html = self._inliner.inline(page)
            if most == 1 or len(html.encode()) <= HTML_LIMIT:
                return html, most
            most = most * 2 // 3


def address_of(text: str) -> str | None:
    """The bare address in `Name <a@b>` or `a@b`; None when there is none that mail servers take.

    Only ASCII: few servers take other addresses, and none has to.
    """
    found = getaddresses([text]) if text.isprintable() else []
    if len(found) != 1 or len(found[0][1]) > 254:
        return None
    return found[0][1] if _ADDRESS.fullmatch(found[0][1]) else None


def _root(delivery: Delivery) -> str:
    """Names the thread: an alert's episode where the mail tells of one alert, else the group."""
    if len(delivery.members) > 1:
        return digest("group", delivery.group.id)
    alert = delivery.members[0].alert
    return digest("alert", alert.fingerprint, str(alert.episode))


def _subject(shown: DeliveryView) -> str:
    if len(shown.alerts) > 1:
        return content.cut(shown.title, content.HEADLINE)
    return shown.alerts[0].headline


def _tone(alert: AlertView) -> str:
    if alert.change is Change.WITHDRAWN:
        return "withdrawn"
    if not alert.firing:
        return "resolved"
    return "acknowledged" if alert.acknowledged else "firing"
