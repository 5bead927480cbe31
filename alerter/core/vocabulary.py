"""The closed vocabularies that readings are written in and rules name: metrics, event types, dispositions.

Commodities and countries are open: the lexicon extends them.
"""

from typing import Literal

Metric = Literal[
    "exports", "imports", "production", "shipments", "price", "inventory", "quota", "tariff", "sales"
]

EventType = Literal[
    "export_control_imposed",
    "export_control_eased",
    "export_control_suspended",
    "licence_required",
    "licence_granted",
    "licence_delayed_or_denied",
    "export_ban",
    "export_quota",
    "import_ban",
    "tariff_imposed",
    "tariff_raised",
    "tariff_cut",
    "tariff_paused",
    "tariff_struck_down",
    "investigation_opened",
    "sanctions_listed",
    "sanctions_lifted",
    "court_ruling",
    "court_injunction",
    "court_stay_granted",
    "court_stay_denied",
    "court_appeal_filed",
    "court_argument",
    "court_remand",
    "court_dismissed",
    "talks_held",
    "talks_deal",
    "talks_collapsed",
    "shortage",
    "production_halted",
    "production_resumed",
    "force_majeure",
    "strike",
    "disaster",
    "route_disruption",
]

Disposition = Literal[
    "granted",
    "denied",
    "granted_in_part",
    "vacated",
    "reversed",
    "affirmed",
    "remanded",
    "dismissed",
    "stayed",
    "enjoined",
    "moot",
]
