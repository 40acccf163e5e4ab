"""The host.toml that comes with the host works as it is: it sets up a simulated Pi."""

from __future__ import annotations

from hostcore import shipped
from hostcore.config.actuators import LedsSettings, RelaySettings
from hostcore.config.history import HistorySettings
from hostcore.config.loading import load_config, merge_plugins
from hostcore.config.model import (
    AccessSettings,
    Backend,
    BusSettings,
    CompilingSettings,
    CrashSettings,
    HostSettings,
    Limits,
    LogSettings,
    SupervisorSettings,
)
from hostcore.config.web import WebSettings
from hostcore.devices.catalog import SimulatedChip
from hostcore.permissions import SpiPermission
from hostcore.place import BusName

FILE = shipped.folder() / "host.toml"


class TestTheSimulatedPiThatItSetsUp:
    config = load_config(FILE)

    def test_its_buses_find_out_by_themselves_what_they_are(self) -> None:
        buses = ("i2c-1", "i2c-3", "spi-0", "gpio", "uart-serial0", "system")
        assert self.config.buses == tuple(BusSettings(BusName(name), Backend.AUTO) for name in buses)
        assert self.config.default_i2c_bus == 1

    def test_its_chips(self) -> None:
        assert self.config.simulation.chips == (
            SimulatedChip("bme680", bus=1, address=0x77),
            SimulatedChip("ssd1306", bus=1, address=0x3C, options=(("height", 64),)),
            SimulatedChip("bh1750", bus=1, address=0x23),
            SimulatedChip("bh1750", bus=1, address=0x5C),
            SimulatedChip("aht20", bus=3, address=0x38),
            SimulatedChip("dht22", line=4),
            SimulatedChip("loopback-spi", bus=0, chip_select=0),
            SimulatedChip("ws2812", bus=0, chip_select=1),
            SimulatedChip("loopback-uart", port="serial0"),
        )

    def test_its_leds_and_relays_which_no_plugin_may_use_yet(self) -> None:
        assert self.config.leds == LedsSettings(SpiPermission(0, 1), count=8, brightness=0.5)
        assert self.config.relays == (
            RelaySettings("buzzer", line=22, active_low=True),
            RelaySettings("fan", line=27, active_low=True),
        )

    def test_each_plugin_may_touch_its_own_device_and_nothing_else(self) -> None:
        permissions = {plugin.name: " ".join(map(str, plugin.permissions)) for plugin in self.config.plugins}
        assert permissions == {
            "bme680": "i2c:1:0x77",
            "bh1750": "i2c:1:0x23",
            "aht20": "i2c:3:0x38",
            "dht22": "gpio:4:pulses",
            "pi_monitor": "system",
            "oled": "i2c:1:0x3c:write",
            "dashboard": "",
        }

    def test_it_names_every_plugin_that_comes_with_the_host(self) -> None:
        found = list((shipped.folder() / "plugins").glob("*.py"))
        plugins = merge_plugins(self.config, found)
        assert {plugin.path for plugin in plugins} == set(found)
        assert [plugin.name for plugin in plugins] == [table.name for table in self.config.plugins]
        assert all(plugin.enabled for plugin in plugins)

    def test_the_host_and_limits_are_the_defaults(self) -> None:
        cache_folder, plugins_folder = self.config.host.cache_folder, FILE.parent / "plugins"
        assert self.config.host == HostSettings(plugins_folder=plugins_folder, cache_folder=cache_folder)
        assert self.config.limits == Limits()

    def test_so_is_what_follows_a_crash_and_where_the_log_and_the_reports_go(self) -> None:
        assert self.config.compiling == CompilingSettings()
        assert self.config.supervisor == SupervisorSettings()
        assert self.config.log == LogSettings()
        assert self.config.crashes == CrashSettings(folder=self.config.crashes.folder)
        assert self.config.history == HistorySettings(file=self.config.history.file)
        assert self.config.access == AccessSettings()

    def test_the_web_is_off_and_for_this_machine_alone(self) -> None:
        assert self.config.web == WebSettings(enabled=False, host="127.0.0.1", port=3000, token=None)
