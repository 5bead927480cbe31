"""The one polite and guarded HTTP client of all sources."""

from alerter.sources.http.client import HttpClient, default_user_agent
from alerter.sources.http.messages import Fetch, Fetched, FetchError, Limits, Validators
from alerter.sources.http.pacing import Pacer

__all__ = [
    "Fetch",
    "FetchError",
    "Fetched",
    "HttpClient",
    "Limits",
    "Pacer",
    "Validators",
    "default_user_agent",
]
