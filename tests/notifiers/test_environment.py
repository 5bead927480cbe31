"""Secrets and authorities as the environment gives them."""

import ssl
from pathlib import Path

import pytest
from pydantic import SecretStr

from alerter.notifiers.environment import secret, trust
from tests.notifiers.samples import settings

AUTHORITY = """-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUIhPE1Uqz2P32w4DSVDXdNc3ccNQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzIyMjkzNFoYDzIxMjYxMDMw
MjIyOTM0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQykYuP00GSJxaLvhtrTvSo1GWGA3jvEw3EP3ylvP70IMvDPD8u4ylj
Bv1TKt6hJ8wU9MV5iL3ZLL6hOo+QZTzzo28wbTAdBgNVHQ4EFgQUwpUgJx5jgSfr
FgMBJDquP0g8tAQwHwYDVR0jBBgwFoAUwpUgJx5jgSfrFgMBJDquP0g8tAQwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAIivDtG/HROO9mOhSPvliDoZ8+j+KGBjwy29x2UbV3CNAiEA
8jRuCmwU8HSVYcYcKKjld95N5l0ZuNUL3THE6zdBwlQ=
-----END CERTIFICATE-----
"""
"""A certificate made for this test; nobody holds its key."""


@pytest.mark.parametrize(("value", "text"), [(None, ""), (SecretStr(" "), ""), (SecretStr("x\n"), "x")])
def test_an_empty_secret_is_none(value: SecretStr | None, text: str) -> None:
    """Container files set variables to nothing, and secret files end in a newline."""
    assert secret(value) == text


def test_an_own_authority_is_trusted_besides_the_public_ones(tmp_path: Path) -> None:
    """The bundle is added; without one the defaults serve; one without certificates is an error."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(AUTHORITY)
    context = trust(settings(ca_bundle=bundle))
    assert context is not None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert (("commonName", "localhost"),) in [found["subject"][0] for found in context.get_ca_certs()]
    assert trust(settings()) is None
    bundle.write_text("nothing")
    with pytest.raises(OSError, match=r"(?i)no certificate|no start line|NO_CERTIFICATE"):
        trust(settings(ca_bundle=bundle))
