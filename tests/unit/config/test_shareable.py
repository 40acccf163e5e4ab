"""host.toml as a person can show it: no secrets, and else the same settings."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from hostcore import shipped
from hostcore.config.loading import parse_config
from hostcore.config.shareable import ShareableSettings, shareable
from hostcore.log.secrets import LEFT_OUT, Redactor

SETTINGS = """
# the old password was comment-hunter2
[web]
enabled = true
token = "web-hunter2-web-hunter2"
[buses.i2c-1]
backend = "simulated"
[plugins.air]
permissions = ["i2c:1:0x76"]
interval = 2.5
[plugins.air.settings]
gain = 4
fast = true
broker = "mqtt://pi:url-hunter2@broker"
note = "plain-hunter2"
password = 12345678
channels = ["list-hunter2", 7]
inner = { name = "inner-hunter2", level = 1.5 }
"a b" = ["x-hunter2"]
[[simulation.chips]]
chip = "bme680"
bus = 1
"""
FLAT = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text())
TABLES = st.recursive(FLAT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


@pytest.fixture
def found(tmp_path: Path) -> ShareableSettings:
    path = tmp_path / "host.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return shareable(path)


def text_of(found: ShareableSettings) -> str:
    return found.toml(Redactor(found.secrets))


def test_no_secret_is_in_it(found: ShareableSettings) -> None:
    text = text_of(found)
    assert "hunter2" not in text
    assert "12345678" not in text


def test_it_is_toml_with_the_same_keys_and_every_harmless_value(found: ShareableSettings) -> None:
    assert tomli.loads(text_of(found)) == {
        "web": {"enabled": True, "token": LEFT_OUT},
        "buses": {"i2c-1": {"backend": "simulated"}},
        "plugins": {
            "air": {
                "permissions": ["i2c:1:0x76"],
                "interval": 2.5,
                "settings": {
                    "gain": 4,
                    "fast": True,
                    "broker": LEFT_OUT,
                    "note": LEFT_OUT,
                    "password": LEFT_OUT,
                    "channels": [LEFT_OUT, 7],
                    "inner": {"name": LEFT_OUT, "level": 1.5},
                    "a b": [LEFT_OUT],
                },
            }
        },
        "simulation": {"chips": [{"chip": "bme680", "bus": 1}]},
    }


def test_it_knows_what_it_left_out_so_that_nothing_else_tells_it(found: ShareableSettings) -> None:
    assert {"web-hunter2-web-hunter2", "plain-hunter2", "list-hunter2", "inner-hunter2", "12345678"} < found.secrets


def test_it_knows_the_password_for_the_broker(tmp_path: Path) -> None:
    path = tmp_path / "host.toml"
    path.write_text('[mqtt]\npassword_file = "mqtt.secret"\n', encoding="utf-8")
    assert not shareable(path).secrets & {"broker-hunter2"}
    (tmp_path / "mqtt.secret").write_text("broker-hunter2\n", encoding="utf-8")
    assert "broker-hunter2" in shareable(path).secrets


def test_a_url_with_a_password_in_any_other_setting_loses_it(tmp_path: Path) -> None:
    path = tmp_path / "host.toml"
    path.write_text('[host]\nplugins_folder = "ftp://pi:hunter2@host/x"\n', encoding="utf-8")
    assert "hunter2" not in text_of(shareable(path))


def test_the_shipped_settings_mean_the_same_afterwards(tmp_path: Path) -> None:
    path = shipped.folder() / "host.toml"
    assert parse_config(path, text_of(shareable(path))) == parse_config(path, path.read_text(encoding="utf-8"))


@given(settings=st.dictionaries(st.text(), TABLES, max_size=4))
def test_whatever_a_plugin_is_set_to_the_text_is_toml(settings: dict[str, object]) -> None:
    found = ShareableSettings({"plugins": {"air": {"settings": settings}}}, frozenset())
    read = tomli.loads(text_of(found))
    assert read["plugins"]["air"]["settings"].keys() == settings.keys()
