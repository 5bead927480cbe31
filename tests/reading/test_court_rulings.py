"""Docket entries by their grammar: what opens them, which verbs rule, on what; meant so by court practice."""

import pytest

from alerter.reading.courts.entries import read_docket_entry
from alerter.reading.courts.openings import opening_of
from tests.support.docket_corpus import CAPTION, accuracies, docket_entries

# document, whose, dispositions, relief, decides | entry
TABLE = """
order court granted other decides | ORDER granting 12 Motion for Judgment on the Pleadings. The preliminary
    injunction previously entered remains in effect.
order court - - - | ORDER. The motion to stay the injunction is held in abeyance.
order court granted stay decides | PER CURIAM ORDER, En Banc, filed granting motion for stay pending appeal
    [2142021-2], dissolving administrative stay.
order court granted other - | CLERK'S ORDER filed [2130011] granting appellant's motion for extension of
    time to file brief.
order court stayed stay decides | CLERK'S ORDER filed [2120000] holding case in abeyance.
order court granted stay decides | Order entered on 5/30/2025 granting defendants' motion for stay of
    judgment pending appeal.
opinion court affirmed - decides | Slip Opinion 25-131. Commerce's remand redetermination is SUSTAINED.
    Judgment entered accordingly.
judgment court affirmed - decides | JUDGMENT sustaining the Final Results. (Entered: 02/04/2025)
opinion court affirmed - decides | OPINION filed: AFFIRMED. [Precedential]. Dissent by one judge.
order court granted other decides | ORDER: Defendants' motion to dismiss is ALLOWED.
order court granted preliminary_injunction decides | ELECTRONIC ORDER entered: re 22 Motion for PI: Allowed.
order court granted_in_part+denied preliminary_injunction decides | MEMORANDUM AND ORDER granting in part 14
    Motion for Preliminary Injunction; denying 20 Motion to Stay.
order court denied tro decides | ORDER denying without prejudice 33 Motion for TRO and Preliminary
    Injunction.
minute court denied preliminary_injunction decides | Motion Hearing held on 6/10/2025 re 12 MOTION for
    Preliminary Injunction. Court denied the motion.
clerk clerk - - - | Motion Hearing set for 7/1/2025 at 10:00 AM re 12 MOTION for Preliminary Injunction.
notice party - - - | NOTICE of Decision by Court of Appeals by USA affirming judgment.
clerk clerk - - - | MANDATE of USCA as to 45 Notice of Appeal. Judgment is AFFIRMED.
clerk clerk - - - | Opinion of USCA (certified copy) as to 45 Notice of Appeal; judgment vacated and
    remanded.
clerk clerk - - - | USCA JUDGMENT as to 33 Notice of Appeal: district court's order is REVERSED.
motion party - stay - | JOINT MOTION for Entry of Consent Order staying liquidation filed by all parties.
order court granted other - | STIPULATED ORDER granting extension of time.
order court - preliminary_injunction decides | CONSENT ORDER extending the preliminary injunction until
    further order of the court.
order court - tro decides | ORDER extending temporary restraining order through July 14, 2025.
order court - preliminary_injunction decides | ORDER dissolving preliminary injunction.
order court - other decides | ORDER lifting stay and setting briefing schedule.
order court - stay decides | ORDER: The stay entered on May 29 is LIFTED.
order court - - - | ORDER TO SHOW CAUSE: Defendants shall show cause why a preliminary injunction should not
    issue.
order court - - - | REPORT AND RECOMMENDATIONS re 17 Motion to Dismiss: recommending that the motion be
    GRANTED and the case be DISMISSED.
order court dismissed - decides | ORDER adopting Report and Recommendations and dismissing the complaint
    with prejudice.
order court denied other decides | ORDER denying rehearing en banc. The stay of the mandate is extended
    through October 14.
order court - - - | ORDER reassigning case. Case reassigned to Judge Y.
order court granted stay decides | ORDER that the motion for a stay pending appeal be, and it hereby is,
    GRANTED.
order court - - - | ORDER: If plaintiffs do not respond by June 1, the motion to dismiss will be granted as
    unopposed.
order court granted+stayed stay decides | ORDER. Having considered the motion to stay, the Court GRANTS the
    motion and STAYS enforcement of its judgment for 14 days.
order court denied stay decides | Application (25A55) for a stay denied by Justice Jackson.
order court granted other - | Motion for leave to file amicus brief out of time GRANTED.
motion party - appeal - | Petition for a writ of certiorari before judgment filed.
order court denied other decides | Rehearing DENIED.
judgment court reversed+remanded - decides | Judgment REVERSED and case REMANDED. Opinion for the Court.
judgment court - - decides | JUDGMENT ISSUED.
order court granted other - | Motion of the Solicitor General for divided argument GRANTED.
order court denied other - | Motion to expedite consideration of the petition filed by petitioner DENIED.
clerk clerk - - - | Response to petition requested. (Due July 5)
notice party - - - | Waiver of right of respondent United States to respond filed.
notice party - - - | Blanket Consent filed by Petitioner, Learning Resources.
notice party - - - | TRANSCRIPT ORDER FORM filed by Appellants.
order court granted preliminary_injunction decides | ORDER granting 5 Motion to Consolidate Cases; granting
    6 Motion for Preliminary Injunction.
order court granted+denied summary_judgment decides | ORDER granting 5 Motion for Extension of Time; denying
    6 Motion for Summary Judgment.
order court - preliminary_injunction decides | Order on Motion for Preliminary Injunction
order court - - - | Order on Motion for Leave to Appear
order court dismissed - decides | Order Dismissing Case
order court dismissed - decides | Order of Dismissal
order court granted stay decides | [Order Granting Stay] (44)
opinion court - - decides | Memorandum & Opinion
opinion court - - decides | [Opinion and Order] (51)
notice party - - - | Stipulation and Proposed Order
notice party - - - | Stipulation of Dismissal
notice party - - - | Notice of Voluntary Dismissal
clerk clerk - - - | Notice of Hearing
order court dismissed appeal decides | Order AND Mandate: The appeal is dismissed
notice party - - - | LETTER from the Solicitor General regarding the decision granting certiorari.
order court denied stay decides | ORDER on 41 Motion for stay. The motion is DENIED, and an opinion will
    follow.
order court denied other decides | ORDER denying 41 Motion for Reconsideration of the order denying a stay.
order court granted+vacated+denied preliminary_injunction decides | ORDER granting motion to reconsider;
    upon reconsideration, the Court vacates its order of May 3 and denies the motion for preliminary
    injunction.
order court enjoined - decides | ORDER: IT IS HEREBY ORDERED that Defendants are RESTRAINED from imposing
    the duties for 14 days.
order court granted other - | SO ORDERED: granting 30 Letter Motion for Extension of Time.
order court granted stay decides | Judge Smith: TEXT ONLY ORDER re 22 Motion to stay: GRANTED.
minute court denied tro decides | MINUTES (IN CHAMBERS) - ORDER DENYING EX PARTE APPLICATION FOR TEMPORARY
    RESTRAINING ORDER by Judge A.
order court granted preliminary_injunction decides | ORDER by Judge B granting 9 Motion for Preliminary
    Injunction. (Filed on 6/2/2025)
opinion court - - decides | FINDINGS OF FACT AND CONCLUSIONS OF LAW. Plaintiffs are entitled to refunds.
order court - - decides | ORDER: Customs shall refund all duties collected under the challenged orders
    within 10 days.
order court - - - | ORDER referring motion to Magistrate Judge.
clerk clerk - - - | ORDER of USCA DENYING petition for writ of mandamus.
order court granted stay decides | STAY of proceedings granted.
notice party - - - | NOTICE TO THE COURT by Plaintiffs that the stay has been vacated by the Supreme Court.
notice party - - - | NOTICE of Withdrawal of Motion for Preliminary Injunction by Plaintiff.
notice party - - - | WITHDRAWAL of Motion for stay by Appellants.
order court dismissed appeal decides | Appeal DISMISSED per Rule 42.
order court granted+vacated other decides | ORDER granting motion to vacate default judgment. Judgment of
    3/4/2025 is vacated.
order court denied tro decides | ORDER: The court, not persuaded that the motion should be granted, DENIES
    the motion for a TRO.
order court denied other decides | ORDER: defendants' request that the injunction be stayed pending appeal
    is denied.
motion party - tro - | AMENDED MOTION for TRO filed by Plaintiff. (Attachments: # 1 Proposed Order Granting
    TRO)
notice party - - - | PROPOSED JUDGMENT by Plaintiffs
notice party - - - | DECLARATION in support of motion for stay
brief party - - - | OBJECTION to Order denying motion to compel
motion party - other - | PETITION FOR REVIEW of an order of the ITC
brief party - - - | COMPLAINT for declaratory and injunctive relief against the tariffs; jury demand
motion party - stay - | MODIFIED ENTRY: MOTION of Appellants for stay pending appeal.
notice party - - - | ENTRY OF APPEARANCE for appellee
clerk clerk - - - | OFFICIAL CAPTION revised
clerk clerk - - - | Note to file: the following cases are consolidated
order court - - - | ORDER directing the parties to file supplemental briefs on the motion for stay pending
    appeal
order court - - - | ORDER: Plaintiffs' response to the motion for a stay is due by noon on June 3.
order court granted stay decides | ORDER granting temporary administrative stay
order court stayed stay decides | ORDER administratively staying the district court's injunction pending
    further order
order court - - - | ORDER setting hearing on motion for preliminary injunction
order court granted other - | ORDER granting motion to intervene as defendant; granting motion for leave to
    file brief
order court moot tro decides | ORDER finding as moot 12 Motion for TRO
order court moot stay decides | ORDER terminating as moot 14 Motion to stay
order court granted other decides | ORDER withdrawing opinion of May 3 and granting panel rehearing
order court - - decides | ORDER transferring case to the Court of International Trade
order court - - decides | ORDER certifying question to the state supreme court
judgment court vacated - decides | Judgment in favor of Plaintiffs; tariffs declared unlawful and set aside
opinion court granted+vacated+remanded other decides | Opinion issued. Petition for review GRANTED; order
    vacated; remanded to the agency
judgment court affirmed - decides | PER CURIAM JUDGMENT filed that the judgment of the District Court be
    affirmed
"""
ROWS = [row.split(" | ", 1) for row in TABLE.strip().replace("\n    ", " ").splitlines()]


@pytest.mark.parametrize(("meant", "entry"), ROWS)
def test_an_entry_is_read_by_its_grammar(meant: str, entry: str) -> None:
    """The noun that opens an entry tells whose it is, and only a verb of something done is a ruling."""
    found = read_docket_entry(CAPTION, entry)
    dispositions = "+".join(found.disposition) or "-"
    told = [found.document.value, found.by, dispositions, found.relief or "-"]
    assert [*told, "decides" if found.decides else "-"] == meant.split()


@pytest.mark.parametrize(
    ("field", "floor"),
    [
        ("document", 0.98),
        ("by", 0.98),
        ("disposition", 0.98),
        ("relief", 0.97),
        ("decides", 0.98),
        ("exact", 0.97),
    ],
)
def test_the_corpus_of_dockets_is_read_as_well_as_it_was(field: str, floor: float) -> None:
    """The share of the corpus' entries right in each field, and in all but the relief."""
    assert accuracies(docket_entries())[field] >= floor


@pytest.mark.parametrize(
    ("entry", "end"), [("Partial Consent MOTION for a stay", 22), ("(SEALED) ORDER on motion", 14)]
)
def test_the_opening_phrase_ends_with_its_noun(entry: str, end: int) -> None:
    """What stands behind the noun is what the document is about."""
    opening = opening_of(entry)
    assert opening
    assert opening.end == end


@pytest.mark.parametrize("entry", ["", "12", "()", "hello world", "of the", "and & or"])
def test_what_names_no_document_has_no_opening(entry: str) -> None:
    """Where nothing tells what an entry is, nothing is guessed."""
    assert opening_of(entry) is None


@pytest.mark.parametrize(
    "text",
    [
        "ORDER " + "granting and denying " * 300,
        "ORDER: " + "the motion is denied; " * 200,
        "ORDER " + ", " * 2000 + "granting",
        "ORDER granting " + "of the the " * 400,
        "find " * 800 + "as moot",
        "ORDER " + "mandate shall " * 300,
    ],
)
def test_repetition_costs_nothing(text: str) -> None:
    """Verbs are judged by the words around them, so an entry takes time linear in its length."""
    assert read_docket_entry(CAPTION, text).document
