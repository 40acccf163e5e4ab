"""The unit file: systemd accepts it, paths reach it unchanged, and it grants what a host needs and no more."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.config.loading import load_config
from hostcore.errors import HostError
from hostcore.service.belonging import systemctl_of
from hostcore.service.installing import UnitFile, program, writable_folders
from hostcore.service.unit import MARK, NAME, UnitSettings, unit_text

SETTINGS = UnitSettings(
    Path("/bin/true"), Path("/srv/sensors/host.toml"), Path("/srv"), (Path("/srv/sensors"),), "daemon", ("tty",)
)
HAS_SYSTEMD = shutil.which("systemd-analyze") is not None
needs_systemd = pytest.mark.skipif(not HAS_SYSTEMD, reason="there is no systemd-analyze")


def lines(text: str, key: str) -> list[str]:
    """The values of a setting."""
    return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{key}=")]


def written(folder: Path, settings: UnitSettings) -> Path:
    path = folder / NAME
    path.write_text(unit_text(settings), encoding="utf-8")
    return path


@needs_systemd
@pytest.mark.parametrize("user", ["daemon", None])
def test_systemd_finds_no_mistake(tmp_path: Path, user: str | None) -> None:
    tools, odd = tmp_path / "50% of $HOME", tmp_path / '50% of $HOME\'s "best" \\drivers'
    tools.mkdir()
    odd.mkdir()
    (tools / "wasi-host").symlink_to("/bin/true")
    variables = (("XDG_STATE_HOME", "/a b%"),)
    settings = UnitSettings(tools / "wasi-host", odd / "host.toml", odd, (odd,), user, ("tty",), variables)
    command = ["systemd-analyze", "verify", "--man=no", *(() if user else ("--user",)), written(tmp_path, settings)]
    done = subprocess.run(command, capture_output=True, text=True, env={"XDG_RUNTIME_DIR": str(tmp_path)}, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if NAME in line]) == (0, [])


@needs_systemd
def test_systemd_rates_the_service_of_the_computer_as_ok(tmp_path: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=21", "--no-pager"]
    done = subprocess.run([*command, written(tmp_path, SETTINGS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_buses_can_be_opened_and_only_named_folders_written() -> None:
    text = unit_text(SETTINGS)
    assert lines(text, "DevicePolicy") == ["closed"]
    names = ("i2c", "spi", "gpiochip", "*gpiomem*", "ttyAMA", "ttyS", "ttyUSB", "ttyACM")
    assert lines(text, "DeviceAllow") == [f"char-{name} rw" for name in names]
    assert lines(text, "ProtectSystem") == ["strict"]
    assert lines(text, "ProtectHome") == ["read-only"]
    assert lines(text, "ReadWritePaths") == ["-/srv/sensors"]
    assert lines(text, "PrivateDevices") == lines(text, "MemoryDenyWriteExecute") == []


def test_a_unit_of_a_person_leaves_out_what_only_root_can_do() -> None:
    text = unit_text(UnitSettings(Path("/bin/true"), Path("/srv/sensors/host.toml"), Path("/srv"), ()))
    for key in ("User", "DevicePolicy", "ProtectSystem", "SupplementaryGroups", "CapabilityBoundingSet", "After"):
        assert lines(text, key) == []
    assert lines(text, "NoNewPrivileges") == ["yes"]
    assert lines(text, "WantedBy") == ["default.target"]


@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="/\0"), min_size=1))
def test_no_path_adds_a_line_to_the_unit(name: str) -> None:
    folder = Path("/srv") / name
    try:
        text = unit_text(UnitSettings(Path("/bin/true"), folder / "host.toml", folder, (folder,), "daemon", ("tty",)))
    except HostError:
        assert not name.isprintable()
    else:
        assert len(text.splitlines()) == len(unit_text(SETTINGS).splitlines())


@pytest.mark.parametrize("name", ["it's", 'the "best"', "back\\slash", "two\nlines"])
def test_a_program_that_systemd_cannot_start_is_refused(name: str) -> None:
    with pytest.raises(HostError):
        unit_text(UnitSettings(Path("/srv") / name / "wasi-host", Path("/srv/host.toml"), Path("/srv"), ()))


def test_it_writes_where_the_settings_send_it_and_a_folder_within_another_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    config = tmp_path / "host.toml"
    text = '[log]\nfile = "/var/log/sensors/host.log"\n[history]\nfile = "/var/lib/sensors/history.sqlite"\n'
    config.write_text(text, encoding="utf-8")
    found = {str(each) for each in writable_folders(load_config(config))}
    assert found == {
        "/cache/wasi-host",
        "/state/wasi-host",
        "/data/wasi-host/wheels",
        "/var/log/sensors",
        "/var/lib/sensors",
        str(tmp_path),
    }


def test_the_program_is_the_one_beside_the_python_that_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wasi-host").touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert program() == tmp_path / "wasi-host"


def test_a_program_that_is_not_installed_or_will_not_stay_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "__main__.py")])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(HostError, match="there is no command"):
        program()
    fleeting = tmp_path / ".cache" / "uv" / "bin"
    fleeting.mkdir(parents=True)
    (fleeting / "wasi-host").touch()
    monkeypatch.setattr(sys, "executable", str(fleeting / "python"))
    with pytest.raises(HostError, match="cache"):
        program()


def test_a_unit_file_of_somebody_else_is_neither_replaced_nor_removed(tmp_path: Path) -> None:
    file = UnitFile(tmp_path / "user")
    file.write(f"{MARK}\n\nfirst")
    file.write(f"{MARK}\n\nsecond")
    assert file.content() == f"{MARK}\n\nsecond"
    file.remove()
    assert file.content() is None
    file.path.write_text("[Unit]\n", encoding="utf-8")
    for act in (lambda: file.write(MARK), file.remove):
        with pytest.raises(HostError, match="was not written by wasi-host service install"):
            act()
    assert file.content() == "[Unit]\n"


@pytest.mark.parametrize(
    ("cgroup", "command"),
    [
        ("0::/system.slice/wasi-host.service", "sudo systemctl"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/wasi-host.service", "systemctl --user"),
        ("9:pids:/x\n1:name=systemd:/system.slice/wasi-host.service", "sudo systemctl"),
        ("0::/user.slice/user-1000.slice/session-3.scope", None),
        ("0::/system.slice/cron.service", None),
        ("0::/wasi-host.service.d", None),
    ],
)
def test_the_control_group_says_which_systemd_runs_a_host(tmp_path: Path, cgroup: str, command: str | None) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "cgroup").write_text(f"{cgroup}\n", encoding="utf-8")
    assert systemctl_of(7, tmp_path) == command
    assert systemctl_of(8, tmp_path) is None
