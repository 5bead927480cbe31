"""The words of docket entries: nouns that name a document, verbs of disposition, matters disposed of.

Sets and alternations with bounded repeats only. `courts.openings` and `courts.rulings` say how they are used.
"""

import re
from collections.abc import Mapping

_I = re.IGNORECASE

TAG = re.compile(r"<[^<>]{0,300}>")
SPACE = re.compile(r"\s+")
ASIDE = re.compile(r"\((?:attachments?|entered|related|cc|court reporter)\b[^()]{0,1500}\)?", _I)
CAPTION = re.compile(r"^[\d:\-a-z/ ]{0,30}.{0,150}\bv\.? .{0,150}", _I)
BRACKETED = re.compile(r"\[(order|opinion|judgment|mandate)\b[^\]]{0,60}\]", _I)
STRUCK = re.compile(
    r"^[\W_]{0,4}(?:vacated|stricken|withdrawn|superseded|entered in error|filed in error"
    r"|disregard)\b[^\]*]{0,80}[\]*]",
    _I,
)
ADORNMENT = re.compile(
    r"^(?>\((?:text|paperless|entry|public|sealed|court)[^)]{0,30}\)|[\W_]|\d[\d.\-]*(?=\W)"
    r"|type: \w{1,4} office: \w{0,4} chapter: ?\d{0,2}|(?:text of|docket text|modified entry)\b){1,40}+",
    _I,
)

# --- nouns: what the noun phrase that opens an entry is headed by -----------------------------------


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NOUNS = {
    "order": "order orders injunction writ ruling rulings endorsement directive stay",
    "opinion": "opinion opinions decision findings",
    "judgment": "judgment judgement judgments decree adjudged",
    "mandate": "mandate mandates",
    "minute": "minute minutes proceedings argued",
    "session": "hearing hearings conference argument arguments trial",
    "motion": "motion motions application applications petition petitions request requests cross-motion"
    " cross-motions certiorari rehearing suggestion",
    "notice": "notice authority authorities statement statements report reports stipulation affidavit"
    " affidavits declaration declarations exhibit exhibits letter waiver appearance certificate disclosure"
    " disclosures substitution withdrawal results redetermination consent bond demand designation citation"
    " errata dismissal appeal bill satisfaction offer agreement form list submission filing lodging "
    "election"
    " proof correspondence notification",
    "brief": "brief briefs response responses reply replies opposition oppositions objection objections"
    " comments appendix complaint answer counterclaim counterclaims surreply sur-reply traverse "
    "amicus amici"
    " points crossclaim",
    "memorandum": "memorandum memoranda",
    "clerk": "summons summonses docket annotation remark remarks mail record case cases assignment"
    " reassignment fee receipt payment deadline deadlines event transcript transcripts copy copies "
    "transmittal"
    " calendar practices procedures clerk clerks clerk's entry return correction caption index note"
    " acknowledgment acknowledgement usca",
}
NOUNS: Mapping[str, str] = {word: kind for kind, words in _NOUNS.items() for word in words.split()}
"""Noun → what it names; `session` is a sitting held or set, `memorandum` a judge's or a party's."""

CLERKS_VERBS = _words(
    "received receipt set set/reset reset distributed scheduled terminated terminate docketed added "
    "close closed"
    " remark certified transmitted forwarded reassigned assigned referred vided"
)
"""An entry that opens with one of them notes what was done at the clerk's desk."""
ENDS_OF_PHRASE = _words(
    "of to for by from in on as at re with that under against pursuant per regarding is are was were "
    "be been"
    " shall will has have filed entered issued signed held denied granted dismissed affirmed vacated "
    "reversed"
    " remanded stayed enjoined set received made docketed due served returned submitted lodged why "
    "who which"
    " concerning about after before upon until"
)
ADJECTIVES_IN_ING = _words(
    "scheduling restraining opening standing briefing hearing docketing answering filing lodging ruling"
    " meeting accompanying pending governing sealing existing amici"
)
OF_ANOTHER_COURT = re.compile(
    r"^(?:received|from|of|as received from)\W{1,3}(?:received )?(?:from )?(?:the )?(?:usca\w*"
    r"|u\.?s\.? ?c\.?a"
    r"|u\.?s\.? court of appeals|united states court of appeals|court of appeals|u\.?s\.? supreme court"
    r"|supreme court|supreme|(?:\w+ )?circuit\b)",
    _I,
)
CLERKS_NOTICE = re.compile(
    r"^(?:of|regarding|re|from|to)\W{1,3}(?:the )?(?:docketing|entry of|electronic|hearing|oral argument"
    r"|submission|availability|assignment|reassignment|judge|case|non-?compliance|deficien\w+|correction"
    r"|(?:filing of )?(?:an )?(?:official )?transcript|issuance|receipt|error|docket|cancel\w+|rescheduled?"
    r"|calendar\w*|clerk|deputy clerk|court reporter|counsel\b|(?:all )?(?:counsel|parties|filer|attorney)"
    r"|file|pro se|magistrate|impending|consent to)",
    _I,
)
BY_CLERK = re.compile(r"\b(?:by|from) (?:the )?(?:deputy )?clerk\b|\(clerk\)|clerk'?s office", _I)
BY_PARTY = re.compile(
    r"\b(?:by|of|from|for|on behalf of) (?:(?:the|all|consolidated|counsel for|movants?) ){0,2}(?:plaintiff"
    r"|defendant|appell|petitioner|respondent|movant|intervenor|amic|united states\b|government|states\b"
    r"|counsel\b|solicitor)|\bfiled by (?!the (?:court reporter|clerk|deputy))|\bfiled with the court by\b",
    _I,
)
OF_PARTY = re.compile(r"^of\W{1,3}(?:\w+ )?(?:service|interest|appearance|appeal|cross|filing|voluntary)", _I)
OF_LAW = re.compile(r"^(?:of|in|re|filed|by|regarding|on|as|for)\b", _I)
OF_TERMINATION = re.compile(r"^[\W]{0,3}case terminat\w+ (?:for|by|on) (opinion|order|judgment)", _I)
HELD = re.compile(r"\b(?:held|heard|argued|concluded|took place|submitted|completed|convened)\b", _I)
ORDERED = re.compile(
    r"^(?:it is|so|upon|on) .{0,400}?\b(?:ordered|order)\b|^(?:it is|so) (?:hereby )?ordered"
    r"|^in chambers|^ordered\b",
    _I,
)
AS_MOOT = re.compile(r"\b(?:find|terminat|deem|dismiss|strik|den)\w* (?:\w+ ){0,12}as $", _I)
REQUEST = re.compile(r"\b(?:motion|application|petition|request)s?\b", _I)
ASKED_FOR = re.compile(r"^(?:to [\w ]{2,30} )?(?:requested|due|waived)\b", _I)
OF_APPEARANCE = re.compile(r"^of\W{1,3}appearance", _I)
TO_SHOW_CAUSE = re.compile(r"^\W{0,3}to show cause", _I)
ON_MOTION = re.compile(r"^\W{0,3}(?:on|re|regarding)\b[^.;\]]{0,120}", _I)
OF_APPEAL = re.compile(
    r"^\W{0,3}(?:of (?:interlocutory |cross[- ]?|conditional ){0,2}appeal"
    r"|from (?:the )?(?:\w+ )?(?:judgment|order|decision))",
    _I,
)
LODGES = re.compile(r"\bproposed\b", _I)
RECALLED = re.compile(r"^(?:the )?mandate\b.{0,80}\b(?:is|be)\b.{0,20}\brecalled", _I)
SHOUTED = re.compile(r"\b(ORDER|OPINION|JUDGMENT)\b")

# --- verbs: what a court does with a matter ---------------------------------------------------------

FORMS: tuple[tuple[str, str], ...] = (
    ("granted", r"grant(?:s|ed|ing)|allow(?:s|ed|ing)(?= (?:\d|the motion|in part|motion))|allowed"),
    ("denied", r"den(?:ies|ied|ying)|overrul(?:es|ed|ing)|reject(?:s|ed|ing)|refus(?:es|ed|ing)"),
    ("vacated", r"vacat(?:es|ed|ing)|set(?:s|ting)? aside"),
    ("reversed", r"revers(?:es|ed|ing)"),
    ("affirmed", r"affirm(?:s|ed|ing)|sustain(?:s|ed|ing)|uph(?:olds|eld|olding)"),
    ("remanded", r"remand(?:s|ed|ing)"),
    ("dismissed", r"dismiss(?:es|ed|ing)"),
    (
        "stayed",
        (
            r"stay(?:ed|ing)|(?<=court )stays|(?<=hereby )stays|(?<=panel )stays"
            r"|(?<=and )stays(?= (?:the|this|all|its|enforcement|execution|issuance)\b)"
            r"|held in abeyance"
            r"|hold(?:s|ing) (?:this |the |these )?(?:case|appeal|proceeding|matter|action)s? in abeyance"
        ),
    ),
    ("enjoined", r"enjoin(?:s|ed|ing)|restrained(?= from| and)"),
    ("moot", r"moot"),
)
DISPOSITION = re.compile(rf"\b(?:{'|'.join(f'(?P<{name}>{form})' for name, form in FORMS)})\b", _I)
NOMINAL = re.compile(
    r"^(?:(?:final )?(?:order|judgment|decision|opinion)) of (?:voluntary )?(?:(?P<dismissed>dismissal)"
    r"|(?P<remanded>remand)|(?P<vacated>vacatur)|(?P<affirmed>affirmance)|(?P<reversed>reversal))\b",
    _I,
)
SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!No\.)(?<!Nos\.)(?<!Fed\.)(?<!Civ\.)(?<!App\.)(?<!v\.)(?<!Dkt\.)(?<!Op\.)(?<!Inc\.)"
    r"(?<!Co\.)(?<!Corp\.) (?=[A-Z\[(*\"])|; "
)
AUXILIARY = re.compile(
    r"\b(is|are|be|been|was|were|stands?)\b(?:[\s,]+(?:hereby|also|therefore|further|now|thus|it|is"
    r"|and|in all"
    r" respects|otherwise|\w{2,12}ly))*[\s,]*$",
    _I,
)
RELATIVE = re.compile(r"\b(?:which|that|who|as) (?:is|are|was|were)\b[^,;:]{0,30}$", _I)
NOT_DONE = re.compile(
    r"\b(?:should|(?-i:may)|might|could|would|whether|if|why|unless|until|not|never|previously"
    r"|having|recommend(?:s|ed|ing)?"
    r"|once|after|when|before|(?<!adjudged )to be|to have)\b[^.;,:]{0,50}$",
    _I,
)
CONDITION = re.compile(r"\b(?:if|unless|failure|fails?|absent|otherwise)\b", _I)
COMMANDED = re.compile(
    r"\b(?:shall|will|must|order(?:ed|s)?|adjudged|decreed|directed)\b"
    r"|\b(?:judgment|order) (?:filed |entered |issued )?[^.;]{0,40}\bthat\b",
    _I,
)
REQUESTED = re.compile(
    r"\b(?:request|motion|application|ask\w*|urg\w+|recommend\w*|seek\w*|mov(?:es|ing)) that\b", _I
)
LABELLED = re.compile(r"(?<!\bre): *$", _I)
APPEAL = re.compile(r"\b(?:cross-)?appeals?\b", _I)
COORDINATED = re.compile(
    r"^(?:[\s,\-–]|\b(?:in[- ]part|and|or|the|is|are|be|case|cause|matter|hereby|as|with|without"
    r"|prejudice)\b)*$",
    _I,
)
GAPPED = re.compile(r"^,? (?:and )?(?:the|their|its|all|such)(?: \w{2,20}){1,3} $", _I)
JOINED = re.compile(r"(?:\band|,|;|&|^)[\s,]*(?:then |otherwise )?$", _I)
AFTER_PREPOSITION = re.compile(r"\b(?:of|in|by|before|after|without|for|from|against|than|to)\s+$", _I)
MENTIONED = re.compile(r"\b(?:orders?|opinions?|judgments?|decisions?|rulings?|decree|results)\b", _I)
OWN = re.compile(r"(?:\b(?:this|attached|accompanying|following|separate)|[\-–:.)]|^)\s+$", _I)
COURT_AS_SUBJECT = re.compile(r"\b(?:court|judge|panel|justice)\s+(?:\w+ly |hereby |also )?$", _I)
ELLIPTICAL_SUBJECT = re.compile(
    r"\b(?:motions?|petitions?|applications?|requests?|judgments?|orders?|decisions?|cases?|appeals?|stay"
    r"|injunction|certiorari|rehearing|writ|results|determinations?|claims?|action|complaint|tro"
    r"|tariffs|duties|rule|proclamations?)\b",
    _I,
)
ELLIPTICAL_END = re.compile(
    r"^\s*(?:[.,;:)\]]|$|in[- ]part|as moot|and\b|with|from the bench|by (?:the court|the chief"
    r"|justice|judge|her\b|him\b))",
    _I,
)
FINITE = re.compile(r"\b(?:is|are|was|were|be|been|has|have|had|shall|will|remains?)\b", _I)
PARTLY = re.compile(r"^[\s,(\-–]*(?:in[- ]part|to the extent|only (?:as|to|in))", _I)
FOR_THE_REST = re.compile(
    r"^[\s,\-–]*(?:in[- ]part|as to the (?:rest|remainder|balance)|in all other|in other respects"
    r"|otherwise)",
    _I,
)
THE_REST = re.compile(
    r"(?:otherwise|in all other respects|the (?:rest|remainder) (?:is|are))[\s,]*(?:is |are )?$", _I
)
DETERMINERS = re.compile(r"^(?:\W|the\b|all\b|\w{2,12}ing\b){0,8}", _I)
CLAUSE = re.compile(r"[:;.] |,? and |\bthat\b", _I)
COMPLEMENT = re.compile(r"\b(?:on|for|of|re|regarding|to|set|is|are)\b", _I)
SITTING = re.compile(
    r"\b(?:hearings?|conferences?|argument|deadlines?|trial date|schedule|settings?|briefing)\b", _I
)

# --- matters: what is asked for or ruled upon -------------------------------------------------------

_ORDERS = (
    r"(?:the |an? |of |any |this |its |that |automatic |administrative |preliminary |prior |earlier "
    r"|\d+ ){0,5}"
)
MATTERS: tuple[tuple[str, str], ...] = (
    (
        "lifted",
        rf"relief from (?:the )?(?:automatic )?stay|\b(?:lift|dissolv|terminat|modify)\w*,? {_ORDERS}stay",
    ),
    (
        "keeping",
        (
            r"extension\b|enlarge(?:ment)?\b|extend(?:ing|ed)? (?:the |of )?(?:\w+ )?(?:time|deadline"
            r"|schedule|briefing)"
            r"|\bthe time\b|more time|pro hac vice|appear (?:remotely|telephonically)|admission"
            r"|withdraw(?:al)? (?:as|of)(?: \w+)? (?:counsel|appearance|attorney)|withdraw as"
            r"|substitut\w+ (?:of )?counsel|leave to (?:file|appear|exceed|participate|withdraw"
            r"|supplement|amend)"
            r"|word limit|(?:excess|exceed\w*) (?:the )?pages?|page limit|scheduling|briefing schedule"
            r"|amend the schedule"
            r"|remote access|divide[d]? argument|argument time|(?:status|initial|scheduling) conference"
            r"|protective order"
            r"|\bseal(?:ed|ing)?\b|redact\w*|consolidat\w+|reassign\w*|(?:amend"
            r"|correct) (?:the )?(?:caption|docket)"
            r"|expedite[d]?\b|expedition|amic(?:us|i)\b|interven(?:e|tion)\b|joint appendix|\bdiscovery\b"
            r"|hold (?:the )?briefing|continu(?:e|ance)\b|electronically (?:file|receive)"
            r"|in forma pauperis|interpreter"
            r"|stay (?:of )?(?:discovery|briefing)"
        ),
    ),
    (
        "appeal",
        (
            r"notice of (?:cross[- ])?appeal|(?:leave|permission|petition) (?:to|for (?:leave"
            r"|permission) to) appeal"
            r"|interlocutory (?:appeal|review)|dismiss\w* (?:the |this |its )?(?:cross-)?appeal"
            r"|\bappeals? (?:is |are |be |as )?"
            r"(?:hereby )?(?=dismissed)|^appeal from|writ of certiorari|certiorari"
        ),
    ),
    ("tro", r"temporary restraining|\bTROs?\b|temporarily (?:enjoin|restrain)\w*"),
    (
        "preliminary_injunction",
        (
            r"preliminary injuncti\w+|preliminarily enjoin\w*|injunction pending|injunctive relief pending"
            r"|(?-i:\bPIs?\b)|interim injuncti\w+|injunction \(?statutory"
        ),
    ),
    ("summary_judgment", r"summary judgment"),
    (
        "other",
        (
            rf"(?:to|for|of) (?:{_ORDERS})?(?:reconsider\w*|rehear\w*|vacat\w*|set aside|amend|alter"
            rf"|modify|dissolve|clarif\w+"
            r"|enforce\w*|compel|transfer|contempt|strike|dismiss\w*|remand|recall|quash|sever|default|mandamus"
            r"|judgment on|reinstate|rehearing)\b|show cause|on the agency record|permanent injuncti\w+"
        ),
    ),
    ("stay", r"\bstay(?:s|ed|ing)?\b"),
)
MATTER = re.compile("|".join(rf"(?P<{name}>{pattern})" for name, pattern in MATTERS), _I)
ACT = re.compile(
    r"\b(?:lift|dissolv|recall|reinstat|terminat|modif|extend|convert)(?:ing|es|s|ies|ied|ed"
    r"|ying) (?:the |of |an? ){0,3}"
    r"(?:\w+ ){0,2}(?:stay|injunction|restraining order|tro\b|mandate|appeal|case)"
    r"|(?:stay|injunction|restraining order|tro|mandate|appeal)\b[^.;]{0,80}\b(?:is|are) (?:hereby )?"
    r"(?:lifted|dissolved|recalled|reinstated|extended|modified|converted)"
    r"|\b(?:declar|hold|held)\w*\b[^.;]{0,120}\b(?:unlawful|invalid|unconstitutional|void|contrary to law)"
    r"|\bcertif(?:ying|ied|ies) (?:the )?(?:class|question|order|interlocutory)"
    r"|\btransferr(?:ing|ed) (?:this |the )?(?:case|action|matter)|(?:case|action"
    r"|matter) is (?:hereby )?transferred"
    r"|\b(?:adopt|accept|enter)(?:ing|s|ed) (?:the )?(?:\d+ )?(?:report|final judgment|judgment)"
    r"|\b(?:shall|direct\w*|order\w*)\b[^.;]{0,80}\b(?:refund\w*|reliquidat\w*|liquidat\w*)",
    _I,
)
"""What a court does that is no disposition and yet one of substance."""
