"""Settings from the environment: where things are and with which secrets; never what to watch or tell.

Every variable starts with `ALERTER_`; `__` leads into a group (`ALERTER_SLACK__BOT_TOKEN`). A Docker secret
is a file of that name, in either case, in `/run/secrets`; the environment goes before it. An empty value is
an unset one. `load_settings` is the one place where either is read: `Settings(…)` takes what it is given.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as UnreadableSource

from alerter.wording import in_words, nearest

PREFIX = "ALERTER_"
SECRETS = Path("/run/secrets")
_LEVELS = frozenset({"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})
_EVERY_INTERFACE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  recognised, not bound to
_SERVICE_LINK = re.compile(r"ALERTER_(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)")
"""What Kubernetes sets in every container when a service is named `alerter`: not ours, and no mistake."""


class SettingsError(Exception):
    """The environment cannot be used: one sentence per variable, never with a value."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


def _log_level(name: str) -> str:
    if name.upper() not in _LEVELS:
        raise ValueError("should be DEBUG, INFO, WARNING or ERROR")
    return name.upper()


def _existing_file(path: Path) -> Path:
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def _web_address(text: str) -> str:
    if not _is_address(text, "http", "https"):
        raise ValueError("should be an address that begins with http:// or https://")
    return text


def _secret_web_address(secret: SecretStr) -> SecretStr:
    _web_address(secret.get_secret_value())
    return secret


def _redis_address(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not (_is_address(text, "redis", "rediss") or text.startswith("unix:/")):
        raise ValueError("should be an address that begins with redis://, rediss:// or unix://")
    return secret


def _is_address(text: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname)


WebAddress = Annotated[str, AfterValidator(_web_address)]
SecretWebAddress = Annotated[SecretStr, AfterValidator(_secret_web_address)]
ExistingFile = Annotated[Path, AfterValidator(_existing_file)]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HttpSettings(_Group):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    tokens: SecretStr = SecretStr("")
    """Comma-separated."""

    @property
    def address(self) -> str:
        """Where the service listens, as an address that this machine can open."""
        host = "127.0.0.1" if self.host in _EVERY_INTERFACE else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def _own_address(validated: Mapping[str, Any]) -> str:
    http: HttpSettings = validated["http"]
    return http.address


class SlackSettings(_Group):
    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    webhook_url: SecretWebAddress | None = None
    signing_secret: SecretStr | None = None
    base_url: WebAddress = "https://slack.com/api/"
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

    def given(self) -> dict[str, str]:
        """The keys that are set, by service."""
        named: dict[str, SecretStr | None] = dict(self)
        return {service: key.get_secret_value() for service, key in named.items() if key}


class HookSettings(_Group):
    courtlistener: SecretStr | None = None
    """The last part of the path that CourtListener's webhooks post to; unset, there is none."""


class Settings(BaseSettings):
    """Where things are and with which secrets, parsed once at the start."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    redis_url: Annotated[SecretStr, AfterValidator(_redis_address)] | None = None
    data_dir: Path = Path("var")
    key_prefix: str = "alerter:"
    http: HttpSettings = HttpSettings()
    public_url: WebAddress = Field(default_factory=_own_address)
    """What links start with; where the service listens, unless it is set."""
    slack: SlackSettings = SlackSettings()
    smtp: SmtpSettings = SmtpSettings()
    keys: KeySettings = KeySettings()
    hooks: HookSettings = HookSettings()
    allow_private_networks: bool = False
    proxy: WebAddress | None = None
    ca_bundle: ExistingFile | None = None
    log_level: Annotated[str, AfterValidator(_log_level)] = "INFO"
    clock_file: ExistingFile | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given: a test or a tool never picks up a stray variable."""
        return (init_settings,)


class _Environment(EnvSettingsSource):
    """Settings in a mapping of environment variables."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environment.items() if value}


class _SecretFiles(NestedSecretsSettingsSource):
    """Settings in files, one each; files of others in the same folder are never opened."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Settings, secrets_dir=folder, secrets_dir_missing="ok")  # type: ignore[arg-type]  # it takes the class too

    @classmethod
    def load_secrets(cls, path: Path) -> dict[str, str]:
        """The files' texts by name."""
        known = [file for file in _secret_files(path) if file.name.upper() in _known()]
        texts = {file.name.lower(): file.read_text("utf-8").strip() for file in known}
        return {name: text for name, text in texts.items() if text}


def load_settings(environment: Mapping[str, str], *, secrets: Path = SECRETS) -> Settings:
    """The settings in the environment and the secrets folder. Raises SettingsError."""
    names = [*_own_names(environment), *(file.name for file in _secret_files(secrets))]
    strangers = [_stranger(name) for name in sorted(names) if name.upper() not in _known()]
    try:
        settings = Settings(**_merged(_SecretFiles(secrets)(), _known_only(environment)))
    except ValidationError as error:
        raise SettingsError((*strangers, *_sentences(error))) from None  # its cause would show the values
    except (UnreadableSource, OSError, UnicodeDecodeError) as error:
        raise SettingsError((*strangers, f"{secrets}: the secrets cannot be read")) from error
    if strangers:
        raise SettingsError(tuple(strangers))
    return settings


def _known_only(environment: Mapping[str, str]) -> dict[str, Any]:
    known = _known()
    return _Environment({name: value for name, value in environment.items() if name.upper() in known})()


def _own_names(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        linked = _SERVICE_LINK.fullmatch(name) or (name == "ALERTER_PORT" and "://" in value)
        if name.upper().startswith(PREFIX) and not linked:
            yield name


def _secret_files(folder: Path) -> list[Path]:
    """Files named like our variables; a folder that is not there has none."""
    files = folder.iterdir() if folder.is_dir() else iter(())
    return sorted(file for file in files if file.name.upper().startswith(PREFIX) and file.is_file())


def _known() -> set[str]:
    """The name of every variable there is."""
    names = set()
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            names |= {_variable(name, own.alias or key) for key, own in group.model_fields.items()}
        else:
            names.add(_variable(name))
    return names


def _variable(*path: object) -> str:
    return PREFIX + "__".join(str(step) for step in path).upper()


def _stranger(name: str) -> str:
    """The shared prefix is left out of the comparison: it would make all names alike."""
    like = nearest(name[len(PREFIX) :], (known.removeprefix(PREFIX) for known in _known()))
    return f"{name}: no such setting" + (f"; did you mean {PREFIX}{like}?" if like else "")


def _sentences(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_url=False):
        if one["type"] != "default_factory_not_called":  # nothing of its own: another variable is wrong
            yield f"{_variable(*one['loc'])}: {in_words(one)}"


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both, group by group; what stands above wins."""
    merged = {**below, **above}
    for name in below.keys() & above.keys():
        if isinstance(below[name], dict) and isinstance(above[name], dict):
            merged[name] = {**below[name], **above[name]}
    return merged
