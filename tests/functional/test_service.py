"""``wasi-host service``: the file that it writes, its question, and a real systemd that runs the host."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.cli import service
from hostcore.service.journal_entries import CRASH_ID
from tests.command import PROGRAM, Desk
from tests.supervised import COUNTER
from tests.user_systemd import is_possible, run_with_systemd

SETTINGS = '[host]\ninterval = 1\n[supervisor]\nmax_crashes = 0\n[buses.system]\nbackend = "simulated"\n'
BROKEN = "def read():\n    raise KeyError('gain')\n"
OWN = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The variables of a person's home folder."""
    folders = {"XDG_CONFIG_HOME": "configuration", "XDG_STATE_HOME": "state"}
    return {name: str(tmp_path / folder) for name, folder in folders.items()}


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    made = Desk(tmp_path / "desk", cache_folder)
    made.write("host.toml", SETTINGS)
    made.write("plugins/one.py", COUNTER)
    return made


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, which a folder of pytest is not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_it_says_what_it_writes_and_removes_it_again(desk: Desk, home: dict[str, str]) -> None:
    file = Path(home["XDG_CONFIG_HOME"]) / "systemd" / "user" / "wasi-host.service"
    shown = desk.run("service", "show", environment=home).out
    assert f"ExecStart={PROGRAM} --config {desk.folder}/host.toml run\n" in shown
    installed = desk.run_here("service", "install", "--no-start", "--yes", environment=home)
    assert (installed.status, installed.err) == (0, "")
    assert installed.out.startswith(f"This writes {file}:\n\n{shown}")
    assert file.read_text(encoding="utf-8") == shown
    assert file.stat().st_mode & 0o777 == 0o644
    removed = desk.run_here("service", "remove", "--no-start", "--yes", environment=home)
    assert (removed.status, removed.err) == (0, "")
    assert f"This removes {file}.\n" in removed.out
    assert not file.exists()
    again = desk.run_here("service", "remove", "--no-start", environment=home).err
    assert f"the service is not installed: there is no {file}. To remove that of the computer: sudo {PROGRAM} " in again


def test_without_a_yes_nothing_is_written(desk: Desk, home: dict[str, str]) -> None:
    outcome = desk.run("service", "install", "--no-start", environment=home)
    assert outcome.status == 1
    assert outcome.err == "Install the service? [y/N] \nwasi-host: stopped; nothing was written\n"
    assert not Path(home["XDG_CONFIG_HOME"]).exists()


def test_what_cannot_be_installed_is_refused_before_the_question(desk: Desk, home: dict[str, str]) -> None:
    for arguments, words in (
        (("--system", "--run-as", "nobody-of-this-name"), "has no user 'nobody-of-this-name'"),
        (("--system", "--run-as", "root"), "drivers need no root"),
        (("--run-as", OWN), "add --system"),
        (("--system", "--run-as", "daemon"), "is in a folder that a service cannot see"),
    ):
        outcome = desk.run_here("service", "install", "--yes", *arguments, environment=home)
        assert (outcome.status, words in outcome.err) == (1, True), outcome.err


def test_settings_that_a_host_uses_already_are_refused(desk: Desk, home: dict[str, str]) -> None:
    with desk.running("run", environment=home) as first:
        first.stdout.readline()
        outcome = desk.run_here("service", "install", "--no-start", "--yes", environment=home)
        assert f"is in use by a running host (PID {first.process.pid}, " in outcome.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for another user")
def test_the_folders_of_a_service_of_the_computer_belong_to_its_user(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("cache", "state", "units", "settings"):
        (open_folder / name).mkdir()
    config = open_folder / "settings" / "host.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    for name in ("cache", "state"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(open_folder / name))
        shutil.chown(open_folder / name, "daemon")
    monkeypatch.setattr(service, "SYSTEM_FOLDER", open_folder / "units")
    monkeypatch.setattr(service, "TEMPORARY", open_folder / "temporary")
    assert service.install(config, service.Scope("daemon", starts=False), is_agreed=True) == 0
    for name in ("cache", "state"):
        made = (open_folder / name / "wasi-host").stat()
        assert (made.st_uid, made.st_mode & 0o777) == (pwd.getpwnam("daemon").pw_uid, 0o700)
    text = (open_folder / "units" / "wasi-host.service").read_text(encoding="utf-8")
    assert "\nUser=daemon\n" in text
    assert f"\nReadWritePaths=-{open_folder}/state/wasi-host\n" in text
    told = capsys.readouterr()
    assert text in told.out
    assert told.err == ""
    monkeypatch.setenv("HOME", str(config.parent))
    assert service.install(config, service.Scope("daemon", starts=False), is_agreed=True) == 0
    assert "the service may write to all of it" in capsys.readouterr().err
    assert service.remove(service.Scope("root", starts=False), is_agreed=True) == 0
    assert list((open_folder / "units").iterdir()) == []


@pytest.mark.thorough
@pytest.mark.skipif(not is_possible(), reason="no systemd can be started here")
def test_a_real_systemd_starts_it_reloads_it_and_replaces_it_when_it_is_stuck_or_killed(
    desk: Desk, home: dict[str, str], cache_folder: Path
) -> None:
    desk.write("plugins/broken.py", BROKEN)
    told = run_with_systemd(
        f"""
        {PROGRAM} service install --yes
        unit=$XDG_CONFIG_HOME/systemd/user/wasi-host.service
        sed -i 's/^WatchdogSec=.*/WatchdogSec=2/; s/^RestartSec=.*/RestartSec=0/' $unit
        systemctl --user daemon-reload
        systemctl --user restart wasi-host
        first=$(systemctl --user show wasi-host -p MainPID --value)
        echo "started: $(systemctl --user show wasi-host -p ActiveState --value)"
        until systemctl --user show wasi-host -p StatusText | grep "1 running, 1 in quarantine"; do sleep 0.2; done
        journalctl --sync
        journalctl -o json MESSAGE_ID={CRASH_ID} PLUGIN=broken | head -n 1
        rm plugins/broken.py
        systemctl --user reload wasi-host
        until systemctl --user show wasi-host -p StatusText --value | grep -x "1 running"; do sleep 0.2; done
        kill -STOP $first
        until [ "$(systemctl --user show wasi-host -p NRestarts --value)" = 1 ]; do sleep 0.2; done
        until [ "$(systemctl --user show wasi-host -p ActiveState --value)" = active ]; do sleep 0.2; done
        kill -KILL $(systemctl --user show wasi-host -p MainPID --value)
        until [ "$(systemctl --user show wasi-host -p NRestarts --value)" = 2 ]; do sleep 0.2; done
        until [ "$(systemctl --user show wasi-host -p ActiveState --value)" = active ]; do sleep 0.2; done
        echo "again: $(systemctl --user show wasi-host -p StatusText --value)"
        {PROGRAM} service remove --yes
        systemctl --user is-active wasi-host || true
        """,
        desk.folder,
        {**home, "XDG_CACHE_HOME": str(cache_folder.parent)},
    )
    lines = told.splitlines()
    assert {"started: active", "again: 1 running"} <= set(lines)
    assert lines[-2:] == ["The service is removed. Settings, plugins, logs and crash reports stay.", "inactive"]
    (entry,) = [json.loads(line) for line in lines if line.startswith("{")]
    assert (entry["CRASH_KIND"], entry["PRIORITY"], entry["SYSLOG_IDENTIFIER"]) == ("exception", "3", "wasi-host")
    assert entry["MESSAGE"].startswith("broken crashed (exception): KeyError: 'gain' in broken.py line 2\n")
