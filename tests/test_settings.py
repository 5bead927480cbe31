"""Settings from the environment and from secret files."""

from pathlib import Path

import pytest

from alerter.settings import Settings, SettingsError, load_settings

SECRET = "xoxb-5up3r"


def test_a_bare_environment_takes_every_default(tmp_path: Path) -> None:
    """Nothing must be set; what belongs to others is passed over."""
    assert load_settings({"HOME": "/root", "PATH": "/bin"}, secrets=tmp_path / "none") == Settings()


def test_groups_nest_in_either_case(tmp_path: Path) -> None:
    """`__` leads into a group, and `FROM`, a word of the language, is a name like any other."""
    environment = {
        "ALERTER_SLACK__BOT_TOKEN": SECRET,
        "alerter_http__port": "9090",
        "ALERTER_SMTP__FROM": "alerts@example.com",
        "ALERTER_SMTP__STARTTLS": "no",
        "ALERTER_LOG_LEVEL": "debug",
        "ALERTER_DATA_DIR": str(tmp_path),
        "ALERTER_REDIS_URL": "redis://store:6379/0",
    }
    settings = load_settings(environment, secrets=tmp_path)
    assert settings.slack.bot_token is not None
    assert settings.slack.bot_token.get_secret_value() == SECRET
    assert (settings.http.port, settings.smtp.starttls) == (9090, False)
    assert (settings.smtp.from_, settings.log_level) == ("alerts@example.com", "DEBUG")
    assert settings.data_dir == tmp_path


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"ALERTER_HTTP__PORT": "9090"}, "http://127.0.0.1:9090"),
        ({"ALERTER_HTTP__HOST": "0.0.0.0"}, "http://127.0.0.1:8080"),
        ({"ALERTER_HTTP__HOST": "::"}, "http://127.0.0.1:8080"),
        ({"ALERTER_HTTP__HOST": "::1"}, "http://[::1]:8080"),
        ({"ALERTER_HTTP__HOST": "alerts.example"}, "http://alerts.example:8080"),
        (
            {"ALERTER_PUBLIC_URL": "https://alerts.example", "ALERTER_HTTP__PORT": "9090"},
            "https://alerts.example",
        ),
    ],
)
def test_links_lead_to_where_the_service_listens(
    environment: dict[str, str], address: str, tmp_path: Path
) -> None:
    """Unless another address is set; that of every interface is one that this machine can open."""
    assert load_settings(environment, secrets=tmp_path).public_url == address


def test_an_empty_value_is_an_unset_one(tmp_path: Path) -> None:
    """Compose files hand on empty variables for what nobody set."""
    names = ["CLOCK_FILE", "REDIS_URL", "SLACK__BOT_TOKEN", "HTTP__PORT", "SMTP__TO", "PUBLIC_URL"]
    empty = dict.fromkeys((f"ALERTER_{name}" for name in names), "")
    assert load_settings(empty, secrets=tmp_path) == Settings()


def test_only_what_is_given_counts_outside_the_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stray variable of the machine never reaches settings built by hand."""
    monkeypatch.setenv("ALERTER_HTTP__PORT", "9999")
    assert Settings().http.port == 8080


def test_secrets_come_from_files_in_either_case(tmp_path: Path) -> None:
    """One file per secret, its line break aside; the environment goes before it; others are left alone."""
    (tmp_path / "ALERTER_SLACK__BOT_TOKEN").write_text(f"{SECRET}\n")
    (tmp_path / "alerter_smtp__password").write_text("from-file")
    (tmp_path / "alerter_keys__census").write_text("\n")
    (tmp_path / "ALERTER_REDIS_URL").write_text("redis://from-file")
    environment = {
        "ALERTER_SMTP__PASSWORD": "from-environment",
        "ALERTER_SLACK__CHANNEL": "C1",
        "ALERTER_REDIS_URL": "redis://from-environment",
    }
    (tmp_path / "postgres_password").write_bytes(b"\xff\xfe")
    settings = load_settings(environment, secrets=tmp_path)
    assert settings.slack.bot_token is not None
    assert settings.slack.bot_token.get_secret_value() == SECRET
    assert settings.slack.channel == "C1"
    assert settings.smtp.password is not None
    assert settings.smtp.password.get_secret_value() == "from-environment"
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == "redis://from-environment"
    assert settings.keys.census is None


def test_a_secret_that_is_not_text_is_told_without_it(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are an error that names the folder."""
    (tmp_path / "ALERTER_SMTP__PASSWORD").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(SettingsError, match="the secrets cannot be read"):
        load_settings({}, secrets=tmp_path)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("ALERTER_SMPT__HOST", "; did you mean ALERTER_SMTP__HOST?"),
        ("ALERTER_SLACK_BOT_TOKEN", "; did you mean ALERTER_SLACK__BOT_TOKEN?"),
        ("alerter_redis_uri", "; did you mean ALERTER_REDIS_URL?"),
        ("ALERTER_SLACK", ""),
        ("ALERTER_WXYZWXYZWXYZ", ""),
    ],
)
def test_a_mistyped_variable_is_told_with_the_nearest_right_one(
    tmp_path: Path, name: str, question: str
) -> None:
    """What would be silently ignored is an error, as a variable and as a secret file."""
    sentence = f"{name}: no such setting{question}"
    with pytest.raises(SettingsError) as caught:
        load_settings({name: SECRET}, secrets=tmp_path)
    assert caught.value.sentences == (sentence,)
    (tmp_path / name).write_text(SECRET)
    with pytest.raises(SettingsError) as caught:
        load_settings({}, secrets=tmp_path)
    assert caught.value.sentences == (sentence,)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ALERTER_HTTP__PORT", "should be a whole number"),
        ("ALERTER_SMTP__STARTTLS", "should be true or false"),
        ("ALERTER_CLOCK_FILE", "there is no such file"),
        ("ALERTER_CA_BUNDLE", "there is no such file"),
        ("ALERTER_LOG_LEVEL", "should be DEBUG, INFO, WARNING or ERROR"),
        ("ALERTER_PUBLIC_URL", "should be an address that begins with http:// or https://"),
        ("ALERTER_PROXY", "should be an address that begins with http:// or https://"),
        ("ALERTER_SLACK__BASE_URL", "should be an address that begins with http:// or https://"),
        ("ALERTER_SLACK__WEBHOOK_URL", "should be an address that begins with http:// or https://"),
        ("ALERTER_REDIS_URL", "should be an address that begins with redis://, rediss:// or unix://"),
        ("ALERTER_ALLOW_PRIVATE_NETWORKS", "should be true or false"),
    ],
)
def test_a_wrong_value_is_told_by_its_name_only(tmp_path: Path, name: str, words: str) -> None:
    """The sentence names the variable and what it should be, and never shows what it was."""
    with pytest.raises(SettingsError) as caught:
        load_settings({name: f"//[{SECRET}"}, secrets=tmp_path)
    assert str(caught.value) == f"{name}: {words}"
    assert caught.value.__cause__ is None


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Strangers and wrong values come in one error, a sentence each."""
    with pytest.raises(SettingsError) as caught:
        load_settings(
            {"ALERTER_HTTP__PORT": "70000", "ALERTER_SMTP__PORT": "no", "ALERTER_HTP__HOST": "x"},
            secrets=tmp_path,
        )
    assert caught.value.sentences == (
        "ALERTER_HTP__HOST: no such setting; did you mean ALERTER_HTTP__HOST?",
        "ALERTER_HTTP__PORT: should be less than or equal to 65535",
        "ALERTER_SMTP__PORT: should be a whole number",
    )


def test_a_file_and_an_address_that_are_right_are_taken(tmp_path: Path) -> None:
    """The checks let through what exists."""
    clock = tmp_path / "clock"
    clock.write_text("2025-06-09T12:00Z")
    environment = {
        "ALERTER_CLOCK_FILE": str(clock),
        "ALERTER_REDIS_URL": "unix:///run/store.sock",
        "ALERTER_SLACK__WEBHOOK_URL": "https://hooks.example/services/T0/B0",
    }
    settings = load_settings(environment, secrets=tmp_path)
    assert settings.clock_file == clock
    assert settings.slack.webhook_url is not None


def test_service_links_are_no_mistakes(tmp_path: Path) -> None:
    """Kubernetes describes a service named `alerter` to every container by variables of our prefix."""
    links = {
        "ALERTER_SERVICE_HOST": "10.0.0.7",
        "ALERTER_SERVICE_PORT_HTTP": "8080",
        "ALERTER_PORT": "tcp://10.0.0.7:8080",
        "ALERTER_PORT_8080_TCP_ADDR": "10.0.0.7",
    }
    assert load_settings(links, secrets=tmp_path) == Settings()
    with pytest.raises(SettingsError, match="ALERTER_PORT: no such setting"):
        load_settings({"ALERTER_PORT": "8080"}, secrets=tmp_path)


def test_secrets_never_show_in_a_settings_text() -> None:
    """What is logged of settings hides tokens and passwords."""
    settings = Settings.model_validate({"slack": {"bot_token": SECRET}, "smtp": {"password": SECRET}})
    assert SECRET not in repr(settings)
