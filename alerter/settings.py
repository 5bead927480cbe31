"""Settings from the environment: where things are and with which secrets; never what to watch or tell.

Every variable starts with `ALERTER_`; `__` leads into a group (`ALERTER_SLACK__BOT_TOKEN`).
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HttpSettings(_Group):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    tokens: SecretStr = SecretStr("")
    """Comma-separated."""


class SlackSettings(_Group):
    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    webhook_url: SecretStr | None = None
    signing_secret: SecretStr | None = None
    base_url: str = "https://slack.com/api/"
    channel: str | None = None


class SmtpSettings(_Group):
    host: str | None = None
    port: int = Field(default=587, ge=1, le=65535)
    username: str | None = None
    password: SecretStr | None = None
    starttls: bool = True
    from_: str = Field(default="alerter@localhost", alias="from")
    to: str = ""
    """Comma-separated addresses."""


class KeySettings(_Group):
    courtlistener: SecretStr | None = None
    comtrade: SecretStr | None = None
    census: SecretStr | None = None


class Settings(BaseSettings):
    """The environment, parsed once at the start."""

    model_config = SettingsConfigDict(
        env_prefix="ALERTER_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    redis_url: SecretStr | None = None
    data_dir: Path = Path("var")
    key_prefix: str = "alerter:"
    public_url: str = "http://127.0.0.1:8080"
    http: HttpSettings = HttpSettings()
    slack: SlackSettings = SlackSettings()
    smtp: SmtpSettings = SmtpSettings()
    keys: KeySettings = KeySettings()
    allow_private_networks: bool = False
    proxy: str | None = None
    ca_bundle: Path | None = None
    log_level: str = "INFO"
    clock_file: Path | None = None
