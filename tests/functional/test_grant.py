"""``wasi-host grant`` as a person meets it: what it prints, what it asks, what it writes, and how it fails."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.access.requests import AccessRequests
from hostcore.permissions import parse_permission
from tests.command import run_here

SETTINGS = '# mine\n[plugins.bme680]\npermissions = ["system"]  # why\n'
HEATER = "i2c:1:0x77"
GRANT_AND_DIE = """
import os, signal, sys
from pathlib import Path
from hostcore.reload import granting
from hostcore.permissions import SystemPermission, parse_permission

config, moment = Path(sys.argv[1]), int(sys.argv[2])
moments = iter(range(100))

def mortal(function):
    def die_in_time(*arguments, **options):
        for step in (lambda: None, lambda: function(*arguments, **options)):
            step()
            if next(moments) == moment:
                os.kill(os.getpid(), signal.SIGKILL)
    return die_in_time

os.fsync, os.rename = mortal(os.fsync), mortal(os.rename)
granting.grant(config, "bme680", [parse_permission("i2c:1:0x77")])
"""


class Person:
    """Somebody in a folder with a host.toml, the plugin bme680 in it, and the file of another plugin."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config = folder, folder / "host.toml"
        (folder / "plugins").mkdir()
        (folder / "plugins" / "light.py").touch()
        self.config.write_text(SETTINGS, encoding="utf-8")

    def asked(self, plugin: str, *permissions: str, times: int = 10) -> None:
        """A host that ran here denied these to a plugin, so often each."""
        requests = AccessRequests(self.config)
        for permission in permissions:
            requests.add(plugin, parse_permission(permission), times)
        requests.save()

    def grant(self, *arguments: str) -> tuple[int, str, str]:
        """Run ``wasi-host grant`` where nobody can be asked; its exit status, output and errors."""
        done = run_here(self.folder, "grant", *arguments)
        return done.status, done.out, done.err

    def grant_at_terminal(self, typed: str, *arguments: str) -> tuple[int, str, str]:
        """Run ``wasi-host grant`` at a terminal where this is typed."""
        command = [sys.executable, "-m", "hostcore.cli.main", "grant", *arguments]
        master, slave = pty.openpty()
        try:
            os.write(master, typed.encode())
            done = subprocess.run(command, cwd=self.folder, stdin=slave, capture_output=True, text=True, check=False)
        finally:
            os.close(master)
            os.close(slave)
        return done.returncode, done.stdout, done.stderr

    @property
    def settings(self) -> str:
        """What is in the file now."""
        return self.config.read_text(encoding="utf-8")


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return Person(tmp_path)


class TestNamedPermissions:
    def test_are_written_without_a_question(self, person: Person) -> None:
        status, output, errors = person.grant("bme680", HEATER, "spi:0.0")
        assert (status, errors) == (0, "")
        assert output.splitlines() == [
            f"{person.config}: bme680 may use {HEATER} now",
            f"{person.config}: bme680 may use spi:0.0 now",
        ]
        assert person.settings == SETTINGS.replace('"system"', f'"system", "{HEATER}", "spi:0.0"')

    def test_make_a_table_for_a_plugin_that_has_none(self, person: Person) -> None:
        assert person.grant("light", "i2c:1:0x23")[0] == 0
        assert person.settings == f'{SETTINGS}\n[plugins.light]\npermissions = ["i2c:1:0x23"]\n'

    def test_that_the_plugin_has_change_nothing(self, person: Person) -> None:
        assert person.grant("bme680", "system") == (
            0,
            f"{person.config}: nothing changed, bme680 has that already\n",
            "",
        )

    def test_that_two_plugins_would_fight_over_bring_a_warning(self, person: Person) -> None:
        person.grant("light", HEATER)
        status, _, errors = person.grant("bme680", HEATER)
        assert status == 0
        assert "bme680 and light may both use 0x77 on i2c-1" in errors
        assert "shared in [access]" in errors


class TestRequests:
    def test_are_asked_about_one_by_one(self, person: Person) -> None:
        person.asked("bme680", HEATER, "spi:0.0", "gpio:4:in")
        status, _, errors = person.grant_at_terminal("y\nn\nYES\n", "bme680")
        assert status == 0
        assert f"Grant bme680 {HEATER} (denied at least 10 times)? [y/N] " in errors
        assert person.settings == SETTINGS.replace('"system"', f'"system", "{HEATER}", "gpio:4:in"')

    def test_are_listed_for_a_script_which_is_asked_nothing(self, person: Person) -> None:
        person.asked("bme680", HEATER)
        status, output, _ = person.grant("bme680", "--json")
        assert (status, person.settings) == (0, SETTINGS)
        assert json.loads(output) == {"plugin": "bme680", "requests": [{"permission": HEATER, "denied": 10}]}
        status, output, _ = person.grant("bme680", "--json", "--yes")
        assert json.loads(output) == {"plugin": "bme680", "granted": [HEATER], "warnings": []}
        assert json.loads(person.grant("bme680", "--json")[1]) == {"plugin": "bme680", "requests": []}

    def test_are_refused_by_just_pressing_enter(self, person: Person) -> None:
        person.asked("bme680", HEATER)
        status, output, _ = person.grant_at_terminal("\n", "bme680")
        assert (status, person.settings) == (0, SETTINGS)
        assert output.endswith(f"{person.config}: nothing changed\n")

    def test_are_all_refused_by_the_end_of_the_input(self, person: Person) -> None:
        person.asked("bme680", HEATER, "spi:0.0")
        status, _, errors = person.grant_at_terminal("y\n\x04", "bme680")
        assert (status, person.settings) == (1, SETTINGS)
        assert errors.endswith("? [y/N] \nwasi-host: stopped; nothing is granted\n")

    @pytest.mark.parametrize("option", ["-y", "--yes"])
    def test_are_all_granted_with_yes(self, person: Person, option: str) -> None:
        person.asked("bme680", HEATER, "spi:0.0")
        assert person.grant(option, "bme680")[0] == 0
        assert person.settings == SETTINGS.replace('"system"', f'"system", "{HEATER}", "spi:0.0"')

    def test_are_only_listed_where_nobody_can_be_asked(self, person: Person) -> None:
        person.asked("bme680", HEATER)
        status, output, errors = person.grant("bme680")
        assert (status, person.settings) == (1, SETTINGS)
        assert output == f"bme680 asks for {HEATER} (denied at least 10 times)\n"
        assert "--yes grants all of these" in errors

    def test_that_came_once_are_said_to_have_come_once(self, person: Person) -> None:
        person.asked("bme680", HEATER, times=1)
        assert person.grant("bme680")[1] == f"bme680 asks for {HEATER} (denied at least once)\n"

    def test_that_are_granted_by_now_are_no_more(self, person: Person) -> None:
        person.asked("bme680", HEATER)
        person.grant("bme680", HEATER)
        status, _, errors = person.grant("bme680")
        assert status == 1
        assert "bme680 asked for nothing that" in errors

    def test_of_others_do_not_matter(self, person: Person) -> None:
        person.asked("light", HEATER)
        status, _, errors = person.grant("bme680", "--yes")
        assert status == 1
        assert f"such as: wasi-host grant bme680 {HEATER}" in errors


class TestErrors:
    @pytest.mark.parametrize(
        ("arguments", "parts"),
        [
            (["bme860", HEATER], ["no plugin 'bme860'", "did you mean 'bme680'", "there are: bme680, light"]),
            (["../etc", "system"], ["no plugin '../etc'"]),
            (["bme680", "i2c:1:0x99"], ["found 'i2c:1:0x99'", "0x08 to 0x77"]),
            (["bme680", HEATER, "net:example.org"], ["found 'net:example.org'", "spi:BUS.CHIP_SELECT"]),
            (["bme680", "i2c:7:0x77"], ["found the bus i2c-7", "add [buses.i2c-7]"]),
        ],
    )
    def test_name_what_was_found_and_what_is_allowed_and_nothing_is_written(
        self, person: Person, arguments: list[str], parts: list[str]
    ) -> None:
        status, output, errors = person.grant(*arguments)
        assert (status, output, person.settings) == (1, "", SETTINGS)
        assert errors.startswith("wasi-host: ")
        assert errors.count("\n") == 1
        assert all(part in errors for part in parts)

    def test_a_read_only_file(self, person: Person) -> None:
        person.config.chmod(0o444)
        status, _, errors = person.grant("bme680", HEATER)
        assert (status, person.settings) == (1, SETTINGS)
        assert f"is read-only; allow writing with: chmod u+w {person.config}" in errors

    def test_without_settings_of_ones_own_it_says_how_to_get_some(self, person: Person) -> None:
        person.config.unlink()
        status, _, errors = person.grant("bme680", HEATER)
        assert status == 1
        built_in = shipped.folder()
        assert f"cp -r {built_in}/host.toml {built_in}/plugins ." in errors


@pytest.mark.parametrize(("moment", "written"), [(0, False), (1, False), (2, False), (3, True)])
def test_whenever_it_is_killed_the_file_is_whole_and_the_next_grant_succeeds(
    person: Person, moment: int, written: bool
) -> None:
    done = subprocess.run([sys.executable, "-c", GRANT_AND_DIE, str(person.config), str(moment)], check=False)
    assert done.returncode == -signal.SIGKILL
    after = SETTINGS.replace('"system"', f'"system", "{HEATER}"')
    assert person.settings == (after if written else SETTINGS)
    assert person.grant("bme680", HEATER)[0] == 0
    assert person.settings == after
    assert sorted(path.name for path in person.folder.iterdir()) == ["host.toml", "plugins"]
