"""``[web]`` in host.toml: what it may say, and that no token is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.config.loading import load_config
from hostcore.config.web import WebSettings
from hostcore.errors import ConfigError

TOKEN = "correct-horse-battery"


def web(folder: Path, text: str) -> WebSettings:
    file = folder / "host.toml"
    file.write_text(f"[web]\n{text}\n", encoding="utf-8")
    return load_config(file).web


def refusal(folder: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as error:
        web(folder, text)
    return error.value


def test_without_the_table_it_is_off_and_listens_to_this_machine_alone(tmp_path: Path) -> None:
    assert web(tmp_path, "") == WebSettings(enabled=False, host="127.0.0.1", port=3000, token=None)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST"])
def test_this_machine_needs_no_token(tmp_path: Path, host: str) -> None:
    assert web(tmp_path, f'host = "{host}"').token is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "raspberrypi.local", "fe80::1"])
def test_other_machines_need_one(tmp_path: Path, host: str) -> None:
    error = refusal(tmp_path, f'host = "{host}"')
    assert (error.line, error.key) == (2, "web.host")
    assert f"{host} can be reached from other machines, so a token is needed" in error.problem
    assert web(tmp_path, f'host = "{host}"\ntoken = "{TOKEN}"').token == TOKEN


@pytest.mark.parametrize(
    "token", ["short", "with a space in it", "x" * 257, "naïve-and-too-trusting", "tab\\tin-the-middle"]
)
def test_a_token_that_is_refused_is_not_shown(tmp_path: Path, token: str) -> None:
    error = refusal(tmp_path, f'token = "{token}"')
    assert error.key == "web.token"
    assert "16 to 256 ASCII letters, digits and signs" in error.problem
    assert token not in str(error)


def test_a_token_is_not_shown_by_the_settings_either(tmp_path: Path) -> None:
    assert TOKEN not in repr(web(tmp_path, f'token = "{TOKEN}"'))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("port = 65536", "web.port"),
        ("port = -1", "web.port"),
        ("port = '3000'", "web.port"),
        ("host = ''", "web.host"),
        ("host = 'http://localhost'", "web.host"),
        ("host = '127.0.0.1:3000'", "web.host"),
        ("host = '999.1.1.1'", "web.host"),
        ("host = 'a b'", "web.host"),
        ("token = 16", "web.token"),
        ("enabled = 1", "web.enabled"),
        ("colour = 1", "web.colour"),
    ],
)
def test_what_it_may_not_say_is_named(tmp_path: Path, text: str, key: str) -> None:
    assert refusal(tmp_path, text).key == key
