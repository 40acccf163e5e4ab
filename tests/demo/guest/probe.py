"""A plugin of the demo:plugin contract that does what a test says: `update` runs its text, and so defines the rest."""

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import bme680_logic, dht22_logic, pi_monitor_logic
from wit_world.imports import (
    buzzer_controller,
    fan_controller,
    gpio_provider,
    i2c,
    led_controller,
    spi,
    system_info,
    uart,
)

script = {
    "Err": Err,
    "buzzer": buzzer_controller,
    "fan": fan_controller,
    "gpio": gpio_provider,
    "i2c": i2c,
    "leds": led_controller,
    "spi": spi,
    "system": system_info,
    "uart": uart,
    "SensorReading": dht22_logic.SensorReading,
    "Bme680Reading": bme680_logic.Bme680Reading,
    "PiStats": pi_monitor_logic.PiStats,
    "dht22": list,
    "bme680": list,
    "pi": lambda: pi_monitor_logic.PiStats(48.5, 7.25, 900, 3800, 86400, 1, True),
    "render": lambda data: f"<pre>{data}</pre>",
}


class OledLogic(exports.OledLogic):
    def update(self, sensor_data: str) -> None:
        if sensor_data.startswith("{"):
            script["seen"] = sensor_data
        else:
            exec(sensor_data, script)


class Dht22Logic(exports.Dht22Logic):
    def poll(self) -> list[dht22_logic.SensorReading]:
        return script["dht22"]()


class Bme680Logic(exports.Bme680Logic):
    def poll(self) -> list[bme680_logic.Bme680Reading]:
        return script["bme680"]()


class PiMonitorLogic(exports.PiMonitorLogic):
    def poll(self) -> pi_monitor_logic.PiStats:
        return script["pi"]()


class DashboardLogic(exports.DashboardLogic):
    def render(self, sensor_data: str) -> str:
        return script["render"](sensor_data)
