"""Which settings file is used, and what it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.config.finding import find_config
from hostcore.config.loading import load_config
from hostcore.config.model import (
    AccessSettings,
    Backend,
    Config,
    CrashSettings,
    HostSettings,
    Limits,
    LogSettings,
    SimulationSettings,
    SupervisorSettings,
)
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import Quantity, Signal, Step
from hostcore.errors import ConfigError
from hostcore.events import Level
from hostcore.permissions import I2cPermission, SpiPermission


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, without XDG variables."""
    folder = tmp_path / "home"
    monkeypatch.setenv("HOME", str(folder))
    for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    return folder


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def load(tmp_path: Path, text: str) -> Config:
    return load_config(write(tmp_path / "host.toml", text))


class TestWhichFileIsUsed:
    def test_the_one_that_the_person_names_even_if_it_is_not_there(self, tmp_path: Path) -> None:
        write(tmp_path / "host.toml")
        assert find_config(Path("other.toml"), tmp_path) == Path("other.toml")

    def test_else_the_one_in_the_folder(self, tmp_path: Path, home: Path) -> None:
        write(home / ".config" / "wasi-host" / "host.toml")
        here = write(tmp_path / "host.toml")
        assert find_config(None, tmp_path) == here

    def test_else_the_one_in_the_users_configuration_folder(self, tmp_path: Path, home: Path) -> None:
        users = write(home / ".config" / "wasi-host" / "host.toml")
        assert find_config(None, tmp_path) == users

    def test_which_may_be_somewhere_else(self, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(home / ".config" / "wasi-host" / "host.toml")
        users = write(tmp_path / "xdg" / "wasi-host" / "host.toml")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
        assert find_config(None, tmp_path) == users

    def test_but_a_relative_xdg_folder_is_ignored(
        self, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        users = write(home / ".config" / "wasi-host" / "host.toml")
        monkeypatch.setenv("XDG_CONFIG_HOME", "xdg")
        assert find_config(None, tmp_path) == users

    def test_else_the_built_in_one(self, tmp_path: Path) -> None:
        assert find_config(None, tmp_path) == shipped.folder() / "host.toml"

    def test_a_host_toml_that_is_no_file_is_not_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "host.toml").mkdir()
        with pytest.raises(ConfigError, match="found a folder"):
            load_config(find_config(None, tmp_path))

    def test_nor_is_one_that_nobody_may_look_at(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def forbidden(path: Path) -> bool:
            raise PermissionError

        monkeypatch.setattr(Path, "exists", forbidden)
        assert find_config(None, tmp_path) == tmp_path / "host.toml"


class TestDefaults:
    def test_an_empty_file_is_all_defaults(self, tmp_path: Path, home: Path) -> None:
        config = load(tmp_path, "")
        assert config.host == HostSettings(2.0, tmp_path / "plugins", Level.INFO, home / ".cache" / "wasi-host")
        assert config.limits == Limits(64, 5.0, 50, 2000, 0.5, 65_536)
        assert config.supervisor == SupervisorSettings(0.5, 30.0, max_crashes=5, crash_window=60.0)
        assert config.log == LogSettings(None, file_mib=5, files_kept=3, format="text")
        assert config.crashes == CrashSettings(home / ".local/state/wasi-host/crashes", kept=100)
        assert config.access == AccessSettings(shared=())
        assert config.plugins == ()
        assert config.simulation == SimulationSettings(seed=1, chips=(), environment={})

    def test_without_buses_there_are_those_of_the_pis_header(self, tmp_path: Path) -> None:
        buses = load(tmp_path, "").buses
        assert [bus.name for bus in buses] == ["i2c-1", "spi-0", "gpio", "uart-serial0", "system"]
        assert {bus.backend for bus in buses} == {Backend.AUTO}

    def test_an_empty_table_of_buses_is_no_bus(self, tmp_path: Path) -> None:
        config = load(tmp_path, "[buses]")
        assert config.buses == ()
        assert config.default_i2c_bus is None

    def test_the_first_i2c_bus_of_the_file_is_the_default_one(self, tmp_path: Path) -> None:
        config = load(tmp_path, "[buses.spi-0]\n[buses.i2c-3]\n[buses.i2c-1]")
        assert config.default_i2c_bus == 3

    def test_the_cache_folder_follows_xdg(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        assert load(tmp_path, "").host.cache_folder == tmp_path / "cache" / "wasi-host"

    def test_so_does_the_folder_of_crash_reports(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        assert load(tmp_path, "").crashes.folder == tmp_path / "state" / "wasi-host" / "crashes"

    def test_so_does_the_folder_of_wheels(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        assert load(tmp_path, "").libraries.folder == tmp_path / "data" / "wasi-host" / "wheels"

    def test_each_settings_file_has_a_history_of_its_own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        one, other = load(tmp_path, "").history.file, load(tmp_path / "other", "").history.file
        assert one is not None
        assert other is not None
        assert one != other
        assert one.parent == other.parent == tmp_path / "state" / "wasi-host" / "history"

    def test_where_nobody_has_a_home_there_are_no_such_folders(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def nobody() -> Path:
            raise RuntimeError

        monkeypatch.setattr(Path, "home", nobody)
        config = load(tmp_path, "")
        assert config.host.cache_folder is None
        assert config.crashes.folder is None
        assert config.libraries.folder is None
        assert config.history.file is None
        assert find_config(None, tmp_path) == tmp_path / "host.toml"


class TestWhatAFileMeans:
    def test_buses(self, tmp_path: Path) -> None:
        config = load(tmp_path, '[buses.i2c-1]\nbackend = "linux"\n[buses.uart-ttyUSB0]\nbackend = "simulated"')
        first, second = config.buses
        assert (first.name.kind, first.name.unit, first.backend) == ("i2c", "1", Backend.LINUX)
        assert (second.name.kind, second.name.unit, second.backend) == ("uart", "ttyUSB0", Backend.SIMULATED)
        assert config.bus("uart-ttyUSB0") is second
        assert config.bus("gpio") is None

    def test_chips(self, tmp_path: Path) -> None:
        text = """
            [simulation]
            seed = 7
            chips = [
                { chip = "ssd1306", bus = 1, address = 0x3d, height = 32 },
                { chip = "dht22", line = 17 },
                { chip = "loopback-spi", bus = 0, chip_select = 1 },
                { chip = "loopback-spi", bus = 0, line = 5 },
                { chip = "loopback-uart", port = "serial0" },
            ]"""
        assert load(tmp_path, text).simulation == SimulationSettings(
            seed=7,
            chips=(
                SimulatedChip("ssd1306", bus=1, address=0x3D, options=(("height", 32),)),
                SimulatedChip("dht22", line=17),
                SimulatedChip("loopback-spi", bus=0, chip_select=1),
                SimulatedChip("loopback-spi", bus=0, line=5),
                SimulatedChip("loopback-uart", port="serial0"),
            ),
            environment={},
        )

    def test_the_same_chip_and_address_on_two_buses_is_two_places(self, tmp_path: Path) -> None:
        text = """
            [buses.i2c-1]
            [buses.i2c-3]
            [simulation]
            chips = [{ chip = "aht20", bus = 1, address = 0x38 }, { chip = "aht20", bus = 3, address = 0x38 }]"""
        assert [chip.bus for chip in load(tmp_path, text).simulation.chips] == [1, 3]

    def test_the_environment(self, tmp_path: Path) -> None:
        text = """
            [simulation.environment.humidity]
            base = 50
            noise = 0.5
            steps = [{ at = 10, to = 80.5 }]"""
        assert load(tmp_path, text).simulation.environment == {
            Quantity.HUMIDITY: Signal(base=50.0, noise=0.5, steps=(Step(at=10.0, to=80.5),))
        }

    def test_what_follows_a_crash(self, tmp_path: Path) -> None:
        text = "[supervisor]\nfirst_delay = 1\nlongest_delay = 8.5\nmax_crashes = 0\ncrash_window = 600"
        assert load(tmp_path, text).supervisor == SupervisorSettings(1.0, 8.5, 0, 600.0)

    def test_the_log(self, tmp_path: Path) -> None:
        text = '[log]\nfile = "logs/host.log"\nfile_mib = 1\nfiles_kept = 9\nformat = "json"'
        assert load(tmp_path, text).log == LogSettings(tmp_path / "logs" / "host.log", 1, 9, "json")

    def test_what_plugins_share(self, tmp_path: Path) -> None:
        shared = load(tmp_path, '[access]\nshared = ["i2c:1:0x50-0x57", "spi:0.0"]').access.shared
        assert shared == (I2cPermission(1, 0x50, 0x57), SpiPermission(0, 0))

    def test_a_whole_number_does_for_a_number(self, tmp_path: Path) -> None:
        interval = load(tmp_path, "[host]\ninterval = 3").host.interval
        assert interval == 3.0
        assert isinstance(interval, float)

    def test_paths_are_relative_to_the_file_and_to_the_home_folder(self, tmp_path: Path, home: Path) -> None:
        config = load(
            tmp_path / "pi",
            """
            [host]
            plugins_folder = "../drivers"
            cache_folder = "~/compiled"
            [log]
            file = "~/wasi-host.log"
            [crashes]
            folder = "reports"
            [history]
            file = "past.sqlite"
            [plugins.a]
            path = "mine/a.wasm"
            [plugins.b]
            path = "/opt/b.py"
            """,
        )
        assert config.host.plugins_folder == tmp_path / "pi" / "../drivers"
        assert config.host.cache_folder == home / "compiled"
        assert config.log.file == home / "wasi-host.log"
        assert config.crashes.folder == tmp_path / "pi" / "reports"
        assert config.history.file == tmp_path / "pi" / "past.sqlite"
        assert [plugin.path for plugin in config.plugins] == [tmp_path / "pi/mine/a.wasm", Path("/opt/b.py")]

    def test_paths_are_absolute_even_if_the_file_was_named_relatively(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path / "host.toml")
        monkeypatch.chdir(tmp_path)
        config = load_config(Path("host.toml"))
        assert config.path == tmp_path / "host.toml"
        assert config.host.plugins_folder == tmp_path / "plugins"

    def test_a_file_saved_by_windows_means_the_same(self, tmp_path: Path) -> None:
        (tmp_path / "host.toml").write_bytes(b"\xef\xbb\xbf[host]\r\ninterval = 4.0\r\n")
        assert load_config(tmp_path / "host.toml").host.interval == 4.0
