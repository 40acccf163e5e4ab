"""The command line of wasi-host fleet, and the broker that it means."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from hostcore.broker.settings import BrokerSettings
from hostcore.cli.commands.fleet import broker_of
from hostcore.cli.fleet_broker import KEEP_ALIVE_SECONDS
from hostcore.cli.main import make_parser
from hostcore.errors import CommandLineError


def parsed(*arguments: str) -> argparse.Namespace:
    return make_parser(needs_command=True, groups=("fleet",)).parse_args(["fleet", *arguments])


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        parsed(*arguments)
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [("mqtt://pi5", "--json"), ("--json", "mqtt://pi5"), ("show", "--json", "mqtt://pi5")]
)
def test_show_need_not_be_said(arguments: tuple[str, ...]) -> None:
    options = parsed(*arguments)
    assert (options.broker, options.json) == ("mqtt://pi5", True)


def test_without_arguments_it_is_show_too() -> None:
    assert parsed().broker is None


def test_a_mistyped_command_is_told_where_the_commands_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert "wasi-host fleet -h lists the commands" in refused(capsys, "histroy")


@pytest.mark.parametrize("url", ["mqtt://me:hunter2@pi5", "mqtt://me:hunter2@pi5:port", "mqtts://me:hunter2@"])
def test_a_password_in_the_url_is_refused_and_not_printed(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "hunter2" not in refused(capsys, url)


@pytest.mark.parametrize(
    "arguments",
    [("history", "pi", "bme680.temperature"), ("crashes", "pi"), ("crashes", "pi", "1"), ("open", "pi")],
)
def test_a_command_that_asks_a_node_says_how_its_broker_is_named(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, *arguments, "mqtt://me:hunter2@pi5")
    assert "--broker mqtt://HOST" in said
    assert "hunter2" not in said
    assert parsed(*arguments, "--broker", "mqtt://pi5").broker == "mqtt://pi5"


def test_a_broker_on_the_command_line_takes_nothing_from_the_settings(tmp_path: Path) -> None:
    config = tmp_path / "host.toml"
    config.write_text('[mqtt]\nbroker = "mqtt://pi5"\nuser = "me"\nprefix = "home"\n', encoding="utf-8")
    options = parsed("mqtt://pi6")
    options.config = config
    assert broker_of(options) == (BrokerSettings("pi6", keep_alive=KEEP_ALIVE_SECONDS), "wasi-host")
    options = parsed()
    options.config = config
    assert broker_of(options) == (BrokerSettings("pi5", user="me", keep_alive=KEEP_ALIVE_SECONDS), "home")


def test_options_come_before_the_settings(tmp_path: Path) -> None:
    config = tmp_path / "host.toml"
    config.write_text('[mqtt]\nbroker = "mqtts://pi5"\nuser = "me"\n', encoding="utf-8")
    options = parsed("--user", "you", "--password-file", "/p", "--ca-file", "/ca", "--prefix", "a/b")
    options.config, options.mqtt_version = config, "3.1.1"
    expected = BrokerSettings(
        "pi5", 8883, tls=True, user="you", password_file=Path("/p"), ca_file=Path("/ca"), version="3.1.1", keep_alive=10
    )
    assert broker_of(options) == (expected, "a/b")


def test_a_broker_that_hangs_is_noticed_as_early_as_the_settings_say_and_within_twenty_seconds(tmp_path: Path) -> None:
    config = tmp_path / "host.toml"
    config.write_text('[mqtt]\nbroker = "mqtt://pi5"\nkeep_alive = 5\n', encoding="utf-8")
    options = parsed()
    options.config = config
    assert broker_of(options)[0].keep_alive == 5
    assert broker_of(parsed("mqtt://pi6"))[0].keep_alive * 2 == 20


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("mqtt://pi5", "--ca-file", "x"), "--ca-file needs TLS"),
        (("mqtts://pi5", "--key-file", "x"), "--key-file belongs to a certificate"),
        (("mqtt://pi5", "--prefix", "a/+/b"), "--prefix: found 'a/[+]/b'"),
    ],
)
def test_contradictions_are_told(arguments: tuple[str, ...], told: str) -> None:
    options = parsed(*arguments)
    options.config = None
    with pytest.raises(CommandLineError, match=told):
        broker_of(options)
