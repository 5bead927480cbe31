"""Codes in GDELT's files, and what they mean: CAMEO events, countries, languages, themes. Pure.

Events: http://data.gdeltproject.org/documentation/CAMEO.Manual.1.1b3.pdf. Places bear FIPS 10-4 codes, actors
three letters (mostly ISO 3166-1 alpha-3); configurations speak ISO 3166-1 alpha-2.
"""

import re
from collections.abc import Iterable

_EVENTS = {
    "01": "makes a statement",
    "02": "appeals",
    "03": "says it will cooperate",
    "04": "consults",
    "05": "cooperates in diplomacy",
    "06": "cooperates in deeds",
    "061": "cooperates in the economy",
    "07": "gives aid",
    "08": "yields",
    "085": "eases an embargo, a boycott or sanctions",
    "09": "investigates",
    "10": "demands",
    "11": "disapproves",
    "12": "refuses",
    "13": "threatens",
    "1312": "threatens an embargo, a boycott or sanctions",
    "132": "threatens restrictions",
    "14": "protests",
    "143": "strikes or boycotts",
    "144": "blocks passage",
    "15": "shows military force",
    "16": "reduces relations",
    "162": "reduces or stops aid",
    "163": "imposes an embargo, a boycott or sanctions",
    "164": "halts negotiations",
    "17": "coerces",
    "171": "seizes or damages property",
    "172": "imposes administrative sanctions",
    "18": "assaults",
    "19": "fights",
    "191": "blockades or restricts movement",
    "20": "uses mass violence",
}
# ISO alpha-2, alpha-3, FIPS 10-4
_COUNTRIES = """
AD AND AN|AE ARE AE|AF AFG AF|AG ATG AC|AL ALB AL|AM ARM AM|AO AGO AO|AR ARG AR|AT AUT AU|AU AUS AS|AZ AZE AJ
BA BIH BK|BB BRB BB|BD BGD BG|BE BEL BE|BF BFA UV|BG BGR BU|BH BHR BA|BI BDI BY|BJ BEN BN|BN BRN BX|BO BOL BL
BR BRA BR|BS BHS BF|BT BTN BT|BW BWA BC|BY BLR BO|BZ BLZ BH|CA CAN CA|CD COD CG|CF CAF CT|CG COG CF|CH CHE SZ
CI CIV IV|CL CHL CI|CM CMR CM|CN CHN CH|CO COL CO|CR CRI CS|CU CUB CU|CV CPV CV|CY CYP CY|CZ CZE EZ|DE DEU GM
DJ DJI DJ|DK DNK DA|DM DMA DO|DO DOM DR|DZ DZA AG|EC ECU EC|EE EST EN|EG EGY EG|ER ERI ER|ES ESP SP|ET ETH ET
FI FIN FI|FJ FJI FJ|FM FSM FM|FR FRA FR|GA GAB GB|GB GBR UK|GD GRD GJ|GE GEO GG|GH GHA GH|GL GRL GL|GM GMB GA
GN GIN GV|GQ GNQ EK|GR GRC GR|GT GTM GT|GW GNB PU|GY GUY GY|HK HKG HK|HN HND HO|HR HRV HR|HT HTI HA|HU HUN HU
ID IDN ID|IE IRL EI|IL ISR IS|IN IND IN|IQ IRQ IZ|IR IRN IR|IS ISL IC|IT ITA IT|JM JAM JM|JO JOR JO|JP JPN JA
KE KEN KE|KG KGZ KG|KH KHM CB|KI KIR KR|KM COM CN|KN KNA SC|KP PRK KN|KR KOR KS|KW KWT KU|KZ KAZ KZ|LA LAO LA
LB LBN LE|LC LCA ST|LI LIE LS|LK LKA CE|LR LBR LI|LS LSO LT|LT LTU LH|LU LUX LU|LV LVA LG|LY LBY LY|MA MAR MO
MC MCO MN|MD MDA MD|ME MNE MJ|MG MDG MA|MH MHL RM|MK MKD MK|ML MLI ML|MM MMR BM|MN MNG MG|MO MAC MC|MR MRT MR
MT MLT MT|MU MUS MP|MV MDV MV|MW MWI MI|MX MEX MX|MY MYS MY|MZ MOZ MZ|NA NAM WA|NC NCL NC|NE NER NG|NG NGA NI
NI NIC NU|NL NLD NL|NO NOR NO|NP NPL NP|NR NRU NR|NZ NZL NZ|OM OMN MU|PA PAN PM|PE PER PE|PG PNG PP|PH PHL RP
PK PAK PK|PL POL PL|PR PRI RQ|PS PSE WE|PS PSE GZ|PT PRT PO|PW PLW PS|PY PRY PA|QA QAT QA|RO ROU RO|RO ROM RO
RS SRB RI|RS SRB RB|RU RUS RS|RW RWA RW|SA SAU SA|SB SLB BP|SC SYC SE|SD SDN SU|SE SWE SW|SG SGP SN|SI SVN SI
SK SVK LO|SL SLE SL|SM SMR SM|SN SEN SG|SO SOM SO|SR SUR NS|SS SSD OD|ST STP TP|SV SLV ES|SY SYR SY|SZ SWZ WZ
TD TCD CD|TG TGO TO|TH THA TH|TJ TJK TI|TL TLS TT|TM TKM TX|TN TUN TS|TO TON TN|TR TUR TU|TT TTO TD|TV TUV TV
TW TWN TW|TZ TZA TZ|UA UKR UP|UG UGA UG|US USA US|UY URY UY|UZ UZB UZ|VA VAT VT|VC VCT VC|VE VEN VE|VN VNM VM
VU VUT NH|WS WSM WS|XK XKX KV|YE YEM YM|ZA ZAF SF|ZM ZMB ZA|ZW ZWE ZI
"""
_KNOWN = [entry.split() for entry in _COUNTRIES.replace("\n", "|").split("|") if entry]
COUNTRY_CODES = frozenset(entry[0] for entry in _KNOWN)
"""Codes that a configuration may name."""
_LANGUAGE_CODES = """
ara:ar ben:bn bul:bg ces:cs dan:da deu:de ell:el eng:en est:et fas:fa fin:fi fra:fr heb:he hin:hi hrv:hr
hun:hu ind:id ita:it jpn:ja kor:ko lav:lv lit:lt nld:nl nor:no pol:pl por:pt ron:ro rus:ru
slk:sk slv:sl spa:es sqi:sq srp:sr swe:sv tam:ta tha:th tur:tr ukr:uk urd:ur vie:vi zho:zh
"""
_LANGUAGES = {pair[:3]: pair[4:] for pair in _LANGUAGE_CODES.split()}
_TAXONOMY = re.compile(
    r"^(?:WB_\d+|EPU_CATS|EPU_POLICY|EPU|UNGP|CRISISLEX_[A-Z]\d+|CRISISLEX|SOC|USPEC|MOVEMENT|TAX_[A-Z]+|TAX"
    r"|NATURAL_DISASTER|MANMADE_DISASTER)_"
)


def event_words(code: str) -> str:
    """What a CAMEO event code means; of a finer one than is known here, the coarser one's meaning."""
    for length in range(len(code), 1, -1):
        if code[:length] in _EVENTS:
            return _EVENTS[code[:length]]
    return "acts"


def place_codes(countries: Iterable[str]) -> frozenset[str]:
    """FIPS 10-4 codes of countries given in ISO alpha-2."""
    wanted = set(countries)
    return frozenset(fips for alpha_2, _, fips in _KNOWN if alpha_2 in wanted)


def actor_codes(countries: Iterable[str]) -> frozenset[str]:
    """Codes of three letters of countries given in ISO alpha-2."""
    wanted = set(countries)
    return frozenset(alpha_3 for alpha_2, alpha_3, _ in _KNOWN if alpha_2 in wanted)


def language(code: str) -> str:
    """Two letters for a code of three, where there are any."""
    return _LANGUAGES.get(code, code)


def theme_words(theme: str) -> str:
    """A theme's code as words.

    >>> theme_words("WB_698_TRADE"), theme_words("ECON_TRADE_DISPUTE")
    ('trade', 'econ trade dispute')
    """
    return _TAXONOMY.sub("", theme).replace("_", " ").strip().lower()
