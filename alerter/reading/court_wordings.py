"""The wordings of docket entries: how each kind of document opens, and the verbs and reliefs of an order.

Compiled alternations with bounded repeats only; `alerter.reading.courts` says in which order they are asked.
"""

import re

TAG = re.compile(r"<[^<>]{0,300}>")
SPACE = re.compile(r"\s+")
CAPTION = re.compile(r"^[\d:\-a-z/ ]{0,30}.{0,150}\bv\.? .{0,150}", re.IGNORECASE)
BRACKETED = re.compile(r"\[(order|opinion|judgment|mandate)\b[^\]]{0,60}\]", re.IGNORECASE)
STRUCK = re.compile(
    r"^[\W_]{0,4}(?:vacated|stricken|withdrawn|superseded|entered in error|filed in error"
    r"|disregard)\b[^\]*]{0,80}[\]*]",
    re.IGNORECASE,
)
ADORNMENT = re.compile(
    r"^(?:\W|\d{1,4}\b|\((?:text|paperless|entry|public|sealed|court)[^)]{0,30}\)|(?:public|sealed"
    r"|redacted|amended"
    r"|corrected|paperless|text[- ]only|text|electronic|virtual|first|second|third|so[- ]ordered"
    r"|nonprecedential"
    r"|precedential|unpublished|published|modified|consent|joint|unopposed|opposed|emergency"
    r"|expedited|renewed"
    r"|per curiam|en banc|endorsed|stipulated|interim|administrative|final|general|slip|the"
    r"|confidential|docket)\b"
    r"(?=[\s:,-])){1,12}",
    re.IGNORECASE,
)

RECEIVED = re.compile(
    r"^(?:received|receipt|certified (?:copy|list)|letter from the (?:clerk|supreme)|transmi\w+"
    r"|acknowledg\w+"
    r"|(?:order|mandate|opinion|judgment)s? (?:of|from) (?:the )?(?:usca|u\.?s\.? ?c\.?a|usca\w*"
    r"|u\.?s\.? court of appeals"
    r"|united states court of appeals|supreme court|u\.?s\.? supreme court)|usca|us(?:ca)? (?:order"
    r"|mandate)"
    r"|copy of (?:the )?(?:order|opinion|judgment|mandate))",
    re.IGNORECASE,
)
CLERK = re.compile(
    r"^(?:clerk'?s?\b(?! judgment)|summons|certificate of (?:record|mailing|clerk)|case (?:assigned"
    r"|opened|referred|reassigned"
    r"|termination|designated|closed|related)|closed?\b|terminat\w+|remark|set/?reset|reset"
    r"|filing fee|docketing|docketed"
    r"|mail returned|return of|paper copies|notice of (?:docketing|entry of|electronic|hearing"
    r"|oral argument|submission"
    r"|availability|assignment|reassignment|judge|case|non-?compliance|deficien\w+)|notice to"
    r"|magistrate judge|transcript"
    r"|official (?:court )?transcript|record on appeal|credit card|exhibits? received|distributed"
    r"|set for argument|argued"
    r"|utility event|practices and procedures|deadline|attorney|added|added attorney"
    r"|appearance entered|scheduled)",
    re.IGNORECASE,
)
PROPOSED = re.compile(
    r"^(?:\[?proposed\]?|(?:notice of )?(?:filing|submission|lodging) (?:of )?(?:\[?proposed\]?))",
    re.IGNORECASE,
)
NOTICE = re.compile(
    r"^(?:notice|(?:citation of )?(?:supplemental|additional) authorit|rule 28\(?j"
    r"|corporate disclosure|statement of issues"
    r"|status report|report|stipulation(?! and order)|affidavit|declaration|exhibit"
    r"|letter(?! (?:motion|request))|waiver|entry of appearance"
    r"|certificate of (?:service|interest)|disclosure|transcript order|docketing statement"
    r"|appearance|substitution|withdrawal)",
    re.IGNORECASE,
)
BRIEF = re.compile(
    r"^(?:brief|memorandum(?: of (?:law|points))?[^.]{0,40}\b(?:in|support|opposition)\b"
    r"|(?:\w+ ){0,2}memorandum of law|memorandum in|response|reply|opposition"
    r"|amic\w+|(?:appellants?|appellees?|petitioners?|respondents?|plaintiffs?"
    r"|defendants?)['’]?s?['’]? (?:\w+ ){0,2}brief|surreply|objections?\b|joint appendix|appendix"
    r"|complaint|answer|counterclaim|supplemental brief|opening brief)",
    re.IGNORECASE,
)
MOTION = re.compile(
    r"^(?:(?:cross|letter|partial|oral)[- ]?)?(?:motion|application|petition|request)s?\b(?! order)"
    r"|^appeal from|^letter (?:motion|request)",
    re.IGNORECASE,
)
RULED_MOTION = re.compile(
    r"\b(?:GRANTED|DENIED|DISMISSED)\b|\b(?:is|are|was|were|be) (?:hereby )?(?:granted|denied|dismissed)\b"
    r"|\b(?:granted|denied|dismissed) (?:by the court|by justice)"
)
MINUTE = re.compile(r"^(?:minute|minutes|proceedings held|courtroom minutes|civil minutes)", re.IGNORECASE)
MANDATE_RECALLED = re.compile(r"\bmandate\b.{0,80}\brecall|\brecall\w* .{0,20}\bmandate", re.IGNORECASE)
MANDATE = re.compile(r"^(?:formal )?mandate\b", re.IGNORECASE)
OPINION = re.compile(
    r"^(?:memorandum )?opinion\b|^(?:memorandum|order),? (?:and|&) opinion|^memorandum decision"
    r"|^decision\b|^memorandum$",
    re.IGNORECASE,
)
JUDGMENT = re.compile(
    r"^(?:clerk'?s )?(?:default )?judgment\b|^judgement\b|^(?:partial|summary|declaratory) judgment"
    r"|^adjudged|^decree\b",
    re.IGNORECASE,
)
ORDER = re.compile(
    r"^(?:(?:memorandum|motion|strike|scheduling|show cause|protective|procedural|case management"
    r"|injunction|preliminary injunction"
    r"|temporary restraining|administrative stay|stay|stipulation|judge \w+"
    r"|hon\.? [\w. ]{3,40})[ ,]{0,2}(?:and )?)?order\w*\b"
    r"|^temporary restraining order|^preliminary injunction|^permanent injunction|^memorandum (?:and"
    r"|&) order|^it is (?:hereby )?ordered|^so ordered"
    r"|^scheduling notification|^upon consideration|^writ of|^judgment and order"
    r"|^certiorari (?:granted|denied)",
    re.IGNORECASE,
)
SHOUTED = re.compile(r"\b(ORDER|OPINION|JUDGMENT)\b")

FORMS = (
    ("granted", r"grant(?:s|ed|ing)\b"),
    ("denied", r"den(?:ies|ied|ying)\b"),
    ("vacated", r"(?:vacat(?:es|ed|ing|ur)|set(?:s|ting)? aside)\b"),
    ("reversed", r"revers(?:es|ed|ing)\b"),
    ("affirmed", r"affirm(?:s|ed|ing)\b"),
    ("remanded", r"remand(?:s|ed|ing)\b"),
    ("dismissed", r"dismiss(?:es|ed|ing)\b"),
    ("stayed", r"(?:stay(?:ed|ing)|(?<!the )(?<!a )(?<!of )(?<!any )(?<!to )stays)\b"),
    ("enjoined", r"enjoin(?:s|ed|ing)?\b"),
    ("moot", r"moot\b"),
)
DISPOSITION = re.compile("|".join(rf"(?P<{name}>\b{form})" for name, form in FORMS), re.IGNORECASE)
IN_PART = re.compile(r"grant(?:s|ed|ing)\b[^.;]{0,60}?\bin[- ]part\b", re.IGNORECASE)
NOT_DONE = re.compile(
    r"\b(?:should|may|might|could|would|whether|if|why|unless|until|to be|not|never|previously|having)\b"
    r"[^.;,]{0,30}$",
    re.IGNORECASE,
)
RELIEFS: tuple[tuple[str, str], ...] = (
    (
        "lifted",
        (
            r"relief from (?:the )?(?:automatic )?stay|(?:lift|dissolv|modify|vacat)\w*,? (?:the "
            r"|of the )?(?:automatic |administrative )?stay"
        ),
    ),
    ("tro", r"temporary restraining order|\bTROs?\b"),
    (
        "preliminary_injunction",
        r"preliminary injunction|preliminarily enjoin|injunction pending|injunctive relief pending",
    ),
    ("summary_judgment", r"summary judgment|judgment on the agency record"),
    ("stay", r"\bstay(?:s|ed|ing)?\b"),
    (
        "appeal",
        (
            r"notice of (?:cross[- ])?appeal|(?:leave|permission|petition) (?:to|for (?:leave"
            r"|permission) to) appeal|interlocutory appeal"
            r"|dismiss\w* (?:the |this )?appeal|appeal (?:is |be |are )?(?:hereby )?dismissed"
            r"|^appeal from|writ of certiorari|certiorari"
        ),
    ),
)
RELIEF = re.compile("|".join(rf"(?P<{name}>{pattern})" for name, pattern in RELIEFS), re.IGNORECASE)
ASKS = re.compile(r"\b(?:motion|application|petition|request)s?\b", re.IGNORECASE)
HOUSEKEEPING = re.compile(
    r"extension of time|enlarge(?:ment)?|extend(?:ing)? (?:the )?(?:time|deadline)|pro hac vice"
    r"|admission|withdraw as|withdraw(?:al)? of (?:counsel|appearance|attorney)"
    r"|substitut\w+ (?:of )?counsel|leave to file|leave to appear|appear (?:remotely|telephonically)"
    r"|word limit|excess pages|page limit|scheduling"
    r"|briefing schedule|brief(?:s|ing)? (?:is|are|due|shall)|setting (?:oral|hearing|deadline"
    r"|briefing|a )|oral argument (?:on [^.;]{0,80}? )?(?:is |will be )?(?:set|scheduled)|remote access"
    r"|status conference"
    r"|initial conference|protective order|seal|redact|consolidat|reassign|referr(?:ing"
    r"|ed) (?:the )?(?:case|matter)|show cause|amend (?:the )?caption|correct(?:ing"
    r"|ed)? (?:the )?(?:caption|docket)|strike order"
    r"|order of reference|refer to magistrate|divide argument|expedite|amic(?:us|i)|intervene"
    r"|joint appendix|stay(?:ing|ed)? (?:of )?(?:discovery|briefing)|so[- ]ordered (?:stipulation"
    r"|scheduling)|notification",
    re.IGNORECASE,
)
SUBSTANCE = re.compile(
    r"\bstay\b|injunction|restraining|summary judgment|tariff|dut(?:y|ies)|dismiss|recall|certiorari"
    r"|remand|judgment",
    re.IGNORECASE,
)

RELIEF_OF_SUBSTANCE = re.compile(
    r"\bstay\b(?! (?:of )?(?:discovery|briefing|proceedings))|injunction|restraining order|summary judgment"
    r"|\b(?:to|of) dismiss|dismissal|\bremand|certiorari|\bvacate\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z\[(])|; ")
