"""What notifiers take from the environment: secrets that may be set but empty, and whom to trust in TLS."""

import ssl

from pydantic import SecretStr

from alerter.settings import Settings


def secret(value: SecretStr | None) -> str:
    """A secret's text; empty when it is not set, or set to nothing as container files do."""
    return value.get_secret_value().strip() if value else ""


def trust(settings: Settings) -> ssl.SSLContext | None:
    """The public authorities and `ALERTER_CA_BUNDLE`; None without a bundle. Raises OSError (unreadable)."""
    if settings.ca_bundle is None:
        return None
    context = ssl.create_default_context()
    context.load_verify_locations(settings.ca_bundle)
    return context
