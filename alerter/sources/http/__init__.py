"""The one polite and guarded HTTP client of all sources."""

from alerter.sources.http.client import HttpClient, default_user_agent
from alerter.sources.http.messages import Fetch, Fetched, FetchError, Limits, Validators
from alerter.sources.http.pacing import Pacer
from alerter.sources.http.visits import Visit, revisit

__all__ = [
    "Fetch",
    "FetchError",
    "Fetched",
    "HttpClient",
    "Limits",
    "Pacer",
    "Validators",
    "Visit",
    "default_user_agent",
    "revisit",
]
