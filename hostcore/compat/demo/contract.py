"""Names and types from wit/demo/. A component's own types are compared with these."""

from __future__ import annotations

from hostcore.late_pattern import late_pattern

PACKAGE = "demo:plugin"
"""Name of the contract's package."""
VERSIONS = late_pattern(r"0\.2\.\d+")
"""The versions that this host accepts."""

DHT22_POLL = f"{PACKAGE}/dht22-logic#poll"
BME680_POLL = f"{PACKAGE}/bme680-logic#poll"
PI_POLL = f"{PACKAGE}/pi-monitor-logic#poll"
RENDER = f"{PACKAGE}/dashboard-logic#render"
UPDATE = f"{PACKAGE}/oled-logic#update"
POLLS = (DHT22_POLL, BME680_POLL, PI_POLL)
"""Exported functions that return readings."""
EXPORTS = {**dict.fromkeys(POLLS, "driver"), UPDATE: "display", RENDER: "page"}
"""Every exported function, and the kind of plugin that has it."""
DRIVERS = {f"{PACKAGE}/gpio-provider#read-{name}": name for name in ("dht22", "bme680")}
"""Imported functions that read a sensor, and the driver of this host that reads it."""

_IMPORTS: dict[str, tuple[str, ...]] = {
    "gpio-provider#read-dht22": ("(u8) -> result<tuple(f32 f32) string>",),
    "gpio-provider#get-timestamp-ms": ("() -> u64",),
    "gpio-provider#get-cpu-temp": ("() -> f32",),
    "gpio-provider#read-bme680": ("(u8) -> result<tuple(f32 f32 f32 f32) string>",),
    "led-controller#set-led": ("(u8 u8 u8 u8) -> _",),
    "led-controller#set-all": ("(u8 u8 u8) -> _",),
    "led-controller#set-two": ("(u8 u8 u8 u8 u8 u8) -> _",),
    "led-controller#clear": ("() -> _",),
    "led-controller#sync-leds": ("() -> _",),
    "buzzer-controller#buzz": ("(u32) -> _",),
    "buzzer-controller#beep": ("(u8 u32 u32) -> _",),
    "fan-controller#set-fan": ("(bool) -> _",),
    "fan-controller#get-fan-state": ("() -> bool",),
    "system-info#get-memory-usage": ("() -> tuple(u32 u32)",),
    "system-info#get-cpu-usage": ("() -> f32",),
    "system-info#get-uptime": ("() -> u64",),
    "i2c#transfer": ("(u8 string u32) -> result<string string>",),
    "spi#transfer": ("(list<u8>) -> result<list<u8> string>",),
    "uart#read": ("(u32) -> result<list<u8> string>",),
    "uart#write": ("(list<u8>) -> result<u32 string>", "(list<u8>) -> result<_ string>"),
    "uart#set-baud": ("(u32) -> result<_ string>",),
}
"""The types that each imported function may have."""
_TYPES = {
    **{f"{PACKAGE}/{name}": types for name, types in _IMPORTS.items()},
    RENDER: ("(string) -> string",),
    UPDATE: ("(string) -> _",),
}


def interfaces() -> frozenset[str]:
    """Every interface of the contract that a component may import, without versions."""
    return frozenset(f"{PACKAGE}/{name.partition('#')[0]}" for name in _IMPORTS)


def demo_types(function: str) -> tuple[str, ...]:
    """The types that the contract allows for ``demo:plugin/INTERFACE#FUNCTION``. Empty for polls and unknown functions.

    They are written as `hostcore.runtime.type_text` writes them.
    """
    return _TYPES.get(function, ())
