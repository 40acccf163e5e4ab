"""Shells complete the command: its subcommands, options and files, and the names of plugins, buses and chips."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hostcore.cli.commands.shell import SHELLS
from hostcore.cli.completion import script
from hostcore.cli.main import make_parser
from hostcore.cli.offered_names import config_in
from tests.command import Desk
from tests.shells import offers

SETTINGS = """
[buses.i2c-3]
[buses.spi-0]
[buses.gpio]
[plugins.dark]
enabled = false
[relays.fan]
line = 27
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "desk", tmp_path / "wasi-host")
    desk.write("host.toml", SETTINGS)
    desk.write("plugins/light.py", "")
    desk.write("other/host.toml", "")
    desk.write("other/plugins/far.py", "")
    return desk


@pytest.fixture(params=["bash", *(pytest.param(each, marks=pytest.mark.thorough) for each in SHELLS if each != "bash")])
def shell(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    return name


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("wasi-host sca", {"scan"}),
        ("wasi-host i2c w", {"write"}),
        ("wasi-host scan --mo", {"--mode"}),
        ("wasi-host scan --mode r", {"read"}),
        ("wasi-host --config ho", {"host.toml"}),
        ("wasi-host grant ", {"dark", "light"}),
        ("wasi-host test li", {"light"}),
        ("wasi-host test ho", {"host.toml"}),
        ("wasi-host scan ", {"i2c-3"}),
        ("wasi-host capture --bus s", {"spi-0"}),
        ("wasi-host relay f", {"fan"}),
        ("wasi-host relay fan of", {"off"}),
        ("wasi-host leds re", {"red"}),
        ("wasi-host chip show bme2", {"bme280"}),
        ("wasi-host --config other/host.toml grant ", {"far"}),
    ],
)
def test_a_shell_offers_what_fits(shell: str, desk: Desk, line: str, offered: set[str]) -> None:
    assert offers(shell, script(make_parser(needs_command=False), shell), line, desk.folder) == offered


def test_the_command_prints_the_script_of_each_shell(desk: Desk) -> None:
    for shell in SHELLS:
        outcome = desk.run("completion", shell)
        assert (outcome.status, outcome.err) == (0, "")
        assert outcome.out.rstrip("\n") == script(make_parser(needs_command=False), shell).rstrip("\n")


def test_another_shell_is_refused_with_the_words_that_are_allowed(desk: Desk) -> None:
    outcome = desk.run_here("completion", "tcsh")
    assert outcome.status == 2
    assert "'fish', 'plugins'" in outcome.err.replace("fish, plugins", "'fish', 'plugins'"), (
        "newer Pythons add no quotes"
    )


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("wasi-host grant ", None),
        ("wasi-host --config 'a b.toml' grant ", Path("a b.toml")),
        ("wasi-host --config=a.toml grant '", Path("a.toml")),
        ("wasi-host --config", None),
        ("wasi-host --config ~/a.toml scan", Path.home() / "a.toml"),
    ],
)
def test_the_settings_that_a_line_names_are_those_whose_names_are_offered(line: str, found: Path | None) -> None:
    assert config_in(line) == found


def test_a_name_that_a_shell_would_run_is_not_offered(desk: Desk) -> None:
    for name in ("$(touch ran)", "`touch ran`", "a;touch ran", "-x", "a\nb"):
        desk.write(f"chips/{name}.toml", "")
    desk.write("chips/mine.toml", "")
    names = desk.run_here("completion", "chips").out.splitlines()
    assert "mine" in names
    assert not [name for name in names if set(name) & set("$`; ()-\n")]


def test_settings_that_cannot_be_used_offer_nothing_and_disturb_no_line(shell: str, desk: Desk) -> None:
    desk.write("host.toml", "[hosts]\n")
    found = offers(shell, script(make_parser(needs_command=False), shell), "wasi-host capture --plugin ", desk.folder)
    assert not found & {"light", "dark"}
