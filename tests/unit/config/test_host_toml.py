"""The host.toml that comes with the host documents itself: what its comments say is true."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomli

from hostcore import shipped
from hostcore.alarms.model import AlarmRule, Range, Trouble
from hostcore.config.actuators import LedsSettings, RelaySettings
from hostcore.config.alarms import KEYS
from hostcore.config.history import HistorySettings
from hostcore.config.loading import load_config, merge_plugins
from hostcore.config.model import (
    DEFAULT_BUSES,
    AccessSettings,
    BusSettings,
    CompilingSettings,
    Config,
    CrashSettings,
    HostSettings,
    LibrariesSettings,
    Limits,
    LogSettings,
    PluginTable,
    SimulationSettings,
    SupervisorSettings,
)
from hostcore.config.mqtt import MqttSettings
from hostcore.config.recording import RecordingSettings
from hostcore.config.screen import ScreenSettings
from hostcore.config.values import DEEPEST_SETTINGS
from hostcore.config.web import WebSettings
from hostcore.devices.catalog import CHIPS, REGISTERS, SimulatedChip
from hostcore.devices.environment import DEFAULT_SIGNALS, Quantity, Signal, Step
from hostcore.errors import ConfigError
from hostcore.faults.model import TRAITS, Fault
from hostcore.permissions import parse_permission
from hostcore.place import BusName

FILE = shipped.folder() / "host.toml"
TEXT = FILE.read_text(encoding="utf-8")
COMPLETE = re.sub(r"^#(?! |$)", "", TEXT, flags=re.MULTILINE)
"""The file with every setting that it leaves at its default put into force."""


@dataclass(frozen=True, slots=True)
class Documented:
    """A setting with a comment above it."""

    section: str
    key: str
    line: int
    comment: str


def documented_settings() -> list[Documented]:
    """Every setting whose comment says something about it."""
    settings, section, comment = [], "", []
    for number, line in enumerate(TEXT.splitlines()):
        if line.startswith("# "):
            comment.append(line[2:])
        elif header := re.match(r"#?\[+([^]]+)\]", line):
            section = header[1]
            comment = []
        elif setting := re.match(r"#?([a-z_]+) = ", line):
            if comment:
                settings.append(Documented(section, setting[1], number, " ".join(comment)))
            comment = []
        elif not line:
            comment = []
    return settings


ALARM = AlarmRule("any", "air", ("t",), Range())
SETTINGS = documented_settings()
RANGES = [
    (s, *found.groups()) for s in SETTINGS if (found := re.search(r"([0-9.]+) (?:to|and) ([0-9]+|up)\b", s.comment))
]


def names(cls: type) -> set[str]:
    return {field.name for field in dataclasses.fields(cls)}


class TestItsDocumentation:
    tree = tomli.loads(COMPLETE)

    def test_every_setting_occurs(self) -> None:
        assert set(self.tree) == names(Config) - {"path", "log_file"}
        assert set(self.tree["host"]) == names(HostSettings)
        assert set(self.tree["limits"]) == names(Limits)
        assert set(self.tree["compiling"]) == names(CompilingSettings)
        assert set(self.tree["supervisor"]) == names(SupervisorSettings)
        assert set(self.tree["log"]) == names(LogSettings)
        assert set(self.tree["crashes"]) == names(CrashSettings)
        assert set(self.tree["history"]) == names(HistorySettings)
        assert set(self.tree["libraries"]) == names(LibrariesSettings)
        assert set(self.tree["access"]) == names(AccessSettings)
        assert set(self.tree["web"]) == names(WebSettings)
        assert set(self.tree["mqtt"]) == names(MqttSettings)
        assert set(self.tree["leds"]) == names(LedsSettings)
        assert set(self.tree["relays"]["buzzer"]) == names(RelaySettings) - {"name"}
        assert set().union(*self.tree["buses"].values()) == names(BusSettings) - {"name"}
        assert set().union(*self.tree["alarms"].values()) == KEYS
        assert set().union(*self.tree["plugins"].values()) == names(PluginTable) - {"name"}
        assert set(self.tree["plugins"]["bme680"]["limits"]) == names(Limits)

    def test_every_setting_of_the_simulation_occurs(self) -> None:
        simulation = self.tree["simulation"]
        options = {option for kind in CHIPS for option in kind.options}
        assert set(simulation) == names(SimulationSettings)
        assert {chip["chip"] for chip in simulation["chips"]} == {kind.name for kind in CHIPS}
        assert set().union(*simulation["chips"]) == names(SimulatedChip) - {"options", "description"} | options
        assert f'"{REGISTERS}NAME"' in TEXT
        faults = set().union(*simulation["faults"])
        assert faults == (names(Fault) - {"chip"}) | {"line", "chip_select"}
        assert set(simulation["environment"]) == set(Quantity)
        assert set().union(*simulation["environment"].values()) == names(Signal)
        assert set(simulation["environment"]["temperature"]["steps"][0]) == names(Step)

    def test_every_setting_is_explained_where_it_first_occurs(self) -> None:
        explained = {setting.key for setting in SETTINGS}
        keys = set(re.findall(r"^#?([a-z_]+) = ", TEXT, flags=re.MULTILINE))
        explained_in_a_table = names(SimulatedChip) | {"height", "kind", "value"}
        limits_of_a_plugin = names(Limits)
        own_settings_of_a_plugin = {"bus"}
        assert keys - explained <= explained_in_a_table | limits_of_a_plugin | own_settings_of_a_plugin

    def test_the_settings_left_at_their_defaults_are_shown_with_them(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("XDG_STATE_HOME")
        file = tmp_path / "host.toml"
        file.write_text(COMPLETE, encoding="utf-8")
        complete, plain = load_config(file), load_config(FILE)
        assert complete.limits == plain.limits
        assert dataclasses.replace(complete.log, file=None) == plain.log
        assert complete.crashes == plain.crashes
        assert dataclasses.replace(complete.history, file=plain.history.file) == plain.history
        assert complete.plugins[1:] == plain.plugins[1:]
        (bme680, *_), (plain_bme680, *_) = merge_plugins(complete, []), merge_plugins(plain, [])
        same = dataclasses.replace(bme680, path=plain_bme680.path, sha256=None, compiled_sha256=None, adjustments=())
        assert same == plain_bme680
        assert len(bme680.adjustments) == 1
        temperature = complete.simulation.environment[Quantity.TEMPERATURE]
        without_steps = {Quantity.TEMPERATURE: dataclasses.replace(temperature, steps=())}
        assert {**complete.simulation.environment, **without_steps} == DEFAULT_SIGNALS

    def test_the_defaults_that_it_names_are_the_defaults(self) -> None:
        pattern = r'Default: ("[^"]*"|[0-9.]+|true|false)'
        named = {(s.section, s.key): found[1] for s in SETTINGS if (found := re.search(pattern, s.comment))}
        signal = Signal(base=0.0)
        assert {place: tomli.loads(f"x = {text}")["x"] for place, text in named.items()} == {
            ("host", "interval"): HostSettings().interval,
            ("host", "plugins_folder"): str(HostSettings().plugins_folder),
            ("host", "log_level"): HostSettings().log_level,
            ("host", "cache_folder"): "~/.cache/wasi-host",
            ("limits", "memory_mib"): Limits().memory_mib,
            ("limits", "call_seconds"): Limits().call_seconds,
            ("limits", "log_lines_per_second"): Limits().log_lines_per_second,
            ("limits", "log_line_length"): Limits().log_line_length,
            ("limits", "bus_share"): Limits().bus_share,
            ("limits", "reading_bytes"): Limits().reading_bytes,
            ("compiling", "at_once"): CompilingSettings().at_once,
            ("supervisor", "first_delay"): SupervisorSettings().first_delay,
            ("supervisor", "longest_delay"): SupervisorSettings().longest_delay,
            ("supervisor", "max_crashes"): SupervisorSettings().max_crashes,
            ("supervisor", "crash_window"): SupervisorSettings().crash_window,
            ("log", "file_mib"): LogSettings().file_mib,
            ("log", "files_kept"): LogSettings().files_kept,
            ("log", "format"): LogSettings().format,
            ("crashes", "folder"): "~/.local/state/wasi-host/crashes",
            ("recording", "enabled"): RecordingSettings().enabled,
            ("recording", "plugin_kib"): RecordingSettings().plugin_kib,
            ("recording", "disk_mib"): RecordingSettings().disk_mib,
            ("recording", "at_stop"): RecordingSettings().at_stop,
            ("recording", "wake"): RecordingSettings().wake,
            ("state", "folder"): "~/.local/state/wasi-host/state",
            ("libraries", "folder"): "~/.local/share/wasi-host/wheels",
            ("crashes", "kept"): CrashSettings().kept,
            ("history", "enabled"): HistorySettings().enabled,
            ("history", "commit_seconds"): HistorySettings().commit_seconds,
            ("history", "keep_raw_days"): HistorySettings().keep_raw_days,
            ("history", "keep_minutes_days"): HistorySettings().keep_minutes_days,
            ("history", "keep_hours_days"): HistorySettings().keep_hours_days,
            ("history", "size_mib"): HistorySettings().size_mib,
            ("leds", "order"): "GRB",
            ("leds", "brightness"): 1.0,
            ("relays.buzzer", "active_low"): False,
            ("alarms.too-warm", "hysteresis"): Range().hysteresis,
            ("alarms.too-warm", "delay"): ALARM.delay,
            ("alarms.too-warm", "clear_delay"): ALARM.clear_delay,
            ("alarms.too-warm", "bell"): ALARM.bell,
            ("buses.i2c-1", "backend"): BusSettings(BusName("i2c-1")).backend,
            ("web", "enabled"): WebSettings().enabled,
            ("web", "host"): WebSettings().host,
            ("access", "share_buses"): AccessSettings().share_buses,
            ("web", "port"): WebSettings().port,
            ("mqtt", "enabled"): MqttSettings().enabled,
            ("mqtt", "broker"): MqttSettings().broker,
            ("mqtt", "version"): MqttSettings().version,
            ("mqtt", "keep_alive"): MqttSettings().keep_alive,
            ("mqtt", "prefix"): MqttSettings().prefix,
            ("mqtt", "qos"): MqttSettings().qos,
            ("mqtt", "home_assistant"): MqttSettings().home_assistant,
            ("mqtt", "backlog_mib"): MqttSettings().backlog_mib,
            ("mqtt", "backlog_per_second"): MqttSettings().backlog_per_second,
            ("screen", "read_only"): ScreenSettings().read_only,
            ("plugins.bme680", "enabled"): PluginTable("bme680").enabled,
            ("simulation", "seed"): SimulationSettings().seed,
            ("simulation.environment.temperature", "daily"): signal.daily,
            ("simulation.environment.temperature", "peak_hour"): signal.peak_hour,
            ("simulation.environment.temperature", "noise"): signal.noise,
        }

    def test_every_number_has_a_range(self) -> None:
        numbers = {
            field.name
            for cls in (
                HostSettings,
                Limits,
                SupervisorSettings,
                LogSettings,
                CrashSettings,
                HistorySettings,
                MqttSettings,
                SimulationSettings,
                Signal,
            )
            for field in dataclasses.fields(cls)
            if isinstance(field.default, int | float) and not isinstance(field.default, bool)
        }
        assert {setting.key for setting, _, _ in RANGES} >= numbers - {"qos"}  # it is 0 or 1

    @pytest.mark.parametrize(
        ("setting", "low", "high"),
        [
            pytest.param(*r, id=f"{r[0].section}.{r[0].key}")
            for r in RANGES
            if r[0].key not in {"permissions", "filters"}
        ],
    )
    def test_the_ranges_that_it_names_are_the_ranges(
        self, tmp_path: Path, setting: Documented, low: str, high: str
    ) -> None:
        def load_with(value: object) -> None:
            lines = COMPLETE.splitlines()
            lines[setting.line] = f"{setting.key} = {value}"
            (tmp_path / "host.toml").write_text("\n".join(lines), encoding="utf-8")
            load_config(tmp_path / "host.toml")

        below = int(low) - 1 if low.isdigit() else float(low) - 0.001
        load_with(low)
        with pytest.raises(ConfigError, match=f"found {below}"):
            load_with(below)
        if high != "up":
            load_with(high)
            with pytest.raises(ConfigError, match=f"found {int(high) + 1}"):
                load_with(int(high) + 1)

    def test_the_permissions_that_it_explains_are_permissions(self) -> None:
        comments = "\n".join(re.findall("^#.*", TEXT, re.M))
        examples = re.findall(r'"((?:i2c|spi|gpio|uart|iio|relay|pwm):[^"]+|system|leds)"', comments)
        assert len(examples) >= 9
        assert [str(parse_permission(example)) for example in examples] == examples

    def test_the_table_of_chips_names_all_chips_with_their_addresses_and_options(self) -> None:
        for kind in CHIPS:
            (row,) = re.findall(rf'^# +"{kind.name}" .*', TEXT, re.M)
            assert re.findall(r"0x[0-9a-f]{2}", row) == [f"0x{address:02x}" for address in kind.addresses]
            for option in kind.choices:
                first, *others = option.allowed
                allowed = " or ".join(map(str, [first, *others]))
                assert f"{option.name} = {allowed} (default: {first})" in row

    def test_the_table_of_faults_names_every_kind_with_its_usual_strength(self) -> None:
        for kind, traits in TRAITS.items():
            (row,) = re.findall(rf'^# +"{kind}" .*', TEXT, re.M)
            if traits.amount:
                assert f"{traits.amount.default:g})" in row

    def test_every_state_that_an_alarm_can_watch_is_named(self) -> None:
        (comment,) = (each.comment for each in SETTINGS if each.section.startswith("alarms.") and each.key == "state")
        assert set(re.findall('"([a-z]+)"', comment)) == set(Trouble)

    def test_what_a_file_without_buses_has(self) -> None:
        *others, last = (bus.name for bus in DEFAULT_BUSES)
        assert f'{", ".join(others)} and {last}, all "auto"' in " ".join(TEXT.replace("\n#", "").split())

    def test_how_deep_a_plugins_settings_may_be(self) -> None:
        assert f"at most {DEEPEST_SETTINGS} levels deep" in TEXT
