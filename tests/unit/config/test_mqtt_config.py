"""``[mqtt]`` in host.toml: what it may say, and that no password is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.config.loading import load_config
from hostcore.config.mqtt import MqttSettings
from hostcore.errors import ConfigError


def mqtt(folder: Path, text: str) -> MqttSettings:
    file = folder / "host.toml"
    file.write_text(f"[mqtt]\n{text}\n", encoding="utf-8")
    return load_config(file).mqtt


def problem(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as error:
        mqtt(folder, text)
    return str(error.value)


def test_without_the_section_it_is_off(tmp_path: Path) -> None:
    assert mqtt(tmp_path, "") == MqttSettings()
    assert not mqtt(tmp_path, "").enabled


def test_all_of_it_becomes_the_settings_of_a_connection(tmp_path: Path) -> None:
    found = mqtt(
        tmp_path,
        'enabled = true\nbroker = "mqtts://pi@broker.local:8884"\npassword_file = "secret"\nca_file = "/ca.pem"\n'
        'certificate_file = "a.pem"\nkey_file = "a.key"\nversion = "3.1.1"\nkeep_alive = 60\nprefix = "house/cellar"\n'
        'node = "north"\ntags = ["cellar"]\nqos = 0\ncommands = ["read", "outputs"]\nhome_assistant = ""\n',
    )
    broker = found.broker_settings
    assert (broker.url, broker.user, broker.tls) == ("mqtts://broker.local:8884", "pi", True)
    assert (broker.password_file, broker.ca_file) == (tmp_path / "secret", Path("/ca.pem"))
    assert (broker.certificate_file, broker.key_file) == (tmp_path / "a.pem", tmp_path / "a.key")
    assert (broker.version, broker.keep_alive) == ("3.1.1", 60)
    assert found.node_or("raspi.local") == "north"
    assert found.commands == (CommandGroup.READ, CommandGroup.OUTPUTS)


def test_a_backlog_of_which_the_history_cannot_keep_all_is_unwise(tmp_path: Path) -> None:
    found = mqtt(tmp_path, "enabled = true\nbacklog_mib = 64")
    assert found.backlog_warning(64) == ""
    assert "64 MiB of readings wait, and [history] keeps 50 MiB of them" in found.backlog_warning(50)


def test_a_node_without_a_name_has_that_of_its_computer(tmp_path: Path) -> None:
    assert mqtt(tmp_path, "").node_or("my_pi.example.org") == "my_pi"
    assert mqtt(tmp_path, 'node = ""').node_or("Küche 1") == "K-che-1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("qos = 2", "found 2, allowed are 0 and 1"),
        ("qos = 3", "found 3, allowed is a whole number from 0 to 1"),
        ('broker = "http://x"', "mqtt://HOST, mqtts://HOST (with TLS)"),
        ('prefix = "a/#"', "1 to 4 names with / between them"),
        ('node = "a/b"', "ASCII letters, digits, - and _"),
        ('home_assistant = "+"', "names with / between them"),
        ('commands = ["all"]', "'read', 'outputs', 'orders' or 'alarms'"),
        ('user = "a\\u0000b"', "printable characters"),
        ('tags = [" a"]', "without spaces around them"),
        ('broker = "mqtt://pi@x"\nuser = "other"', "broker names the user 'pi'; leave one of them out"),
        ('key_file = "a.key"', "certificate_file is missing here"),
        ('enabled = true\nca_file = "ca.pem"', "it needs TLS: broker must begin with mqtts://"),
    ],
)
def test_what_is_not_allowed_is_told_with_what_is(tmp_path: Path, text: str, told: str) -> None:
    assert told in problem(tmp_path, text)


def test_a_password_in_the_url_is_refused_and_not_shown(tmp_path: Path) -> None:
    told = problem(tmp_path, 'broker = "mqtt://pi:hunter2@broker"')
    assert "a password belongs in a file, or in the variable WASI_HOST_MQTT_PASSWORD" in told
    assert "hunter2" not in told


@pytest.mark.parametrize("url", ["mqtt://pi:hunter2", "mqtt://pi:hun@hunter2@broker", "pi:hunter2@broker"])
def test_a_password_in_what_is_no_url_is_not_shown(tmp_path: Path, url: str) -> None:
    told = problem(tmp_path, f'broker = "{url}"')
    assert "mqtts://HOST (with TLS)" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("text", "is_unwise"),
    [
        ('enabled = true\nbroker = "mqtt://pi@broker.local"', True),
        ('enabled = true\nbroker = "mqtt://broker.local"\nuser = "pi"', True),
        ('enabled = true\nbroker = "mqtt://broker.local"', False),
        ('enabled = true\nbroker = "mqtt://pi@localhost"', False),
        ('enabled = true\nbroker = "mqtts://pi@broker.local"', False),
        ('broker = "mqtt://pi@broker.local"', False),
    ],
)
def test_a_password_without_encryption_over_a_network_is_unwise(tmp_path: Path, text: str, is_unwise: bool) -> None:
    assert bool(mqtt(tmp_path, text).warning) is is_unwise
