"""Function types of the contracts as text, for comparison with a component's own types.

Without this check, a component that declares `transfer` with a float for the address would reach the bus.
"""

from __future__ import annotations

from collections.abc import Mapping

from hostcore.compat.demo.contract import demo_types, interfaces
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.native import wit
from hostcore.runtime.plain_values import plain_of
from hostcore.wasi.types import SHORT, WASI

_SHORT = {
    "E": "variant(no-acknowledge=string bus=string arbitration-loss=string timeout=string denied=string other=string)"
}
_EDGES = "list<record(time-ns=u64 rising=bool)>"
_SPI = "variant(write=list<u8> read=u32 transfer=list<u8> delay=u32)"
_SELECT = "enum(low high none)"
_STATUS = "record(cpu-temperature=f32 load=f32 memory-used=u64 memory-total=u64 uptime=f64)"
_QUANTITY = "record(unit=string device-class=string state-class=string decimals=option<u8> name=string)"
_MODULE = "record(path=string is-package=bool source=string bytecode=string)"
CONTRACT = {
    "i2c#transaction": "(option<u8> u8 list<variant(read=u32 write=list<u8>)>) -> result<list<list<u8>> E>",
    "i2c#transfer": "(option<u8> u8 list<u8> u32) -> result<list<u8> E>",
    "spi#transfer": "(u8 u8 list<u8> u32 u8) -> result<list<u8> E>",
    "spi#transaction": f"(u8 u8 list<{_SPI}> u32 u8 {_SELECT} option<u8>) -> result<list<list<u8>> E>",
    "gpio#read": "(u8 enum(none up down)) -> result<bool E>",
    "gpio#write": "(u8 bool) -> result<_ E>",
    "gpio#capture": f"(u8 list<record(level=bool duration-ns=u32)> u32 u32) -> result<{_EDGES} E>",
    "uart#read": "(string u32 u32) -> result<list<u8> E>",
    "uart#write": "(string list<u8>) -> result<_ E>",
    "uart#set-baud": "(string u32) -> result<_ E>",
    "iio#devices": "() -> result<list<string> E>",
    "iio#channels": "(string) -> result<list<string> E>",
    "iio#read": "(string string) -> result<f64 E>",
    "leds#count": "() -> result<u32 E>",
    "leds#set-color": "(u32 u8 u8 u8) -> result<_ E>",
    "leds#fill": "(u8 u8 u8) -> result<_ E>",
    "leds#show": "() -> result<_ E>",
    "relays#write": "(string bool) -> result<_ E>",
    "relays#read": "(string) -> result<bool E>",
    "relays#pulse": "(string u32 u32 u32) -> result<_ E>",
    "pwm#write": "(u8 f64 f64) -> result<_ E>",
    "system#read-status": f"() -> result<{_STATUS} E>",
    "log#write": "(enum(debug info warning error) string) -> _",
    "settings#read": "() -> string",
    "state#load": "() -> option<string>",
    "state#save": "(string) -> result<_ string>",
    "values#describe": f"(string {_QUANTITY}) -> _",
    "values#find": f"(string string) -> record(quantity={_QUANTITY} is-guessed=bool)",
    "python-wire#i2c-transaction": "(u64 option<u8> u8 string string) -> result<list<u8> E>",
    "python-wire#i2c-transfer": "(u64 option<u8> u8 string u32) -> result<list<u8> E>",
    "python-wire#spi-transfer": "(u64 u8 u8 string u32 u8) -> result<list<u8> E>",
    "python-wire#spi-transaction": f"(u64 u8 u8 string string u32 u8 {_SELECT} option<u8>) -> result<list<u8> E>",
    "python-wire#gpio-read": "(u64 u8 enum(none up down)) -> result<bool E>",
    "python-wire#gpio-write": "(u64 u8 bool) -> result<_ E>",
    "python-wire#gpio-capture": f"(u64 u8 string u32 u32) -> result<option<{_EDGES}> E>",
    "python-wire#uart-read": "(u64 string u32 u32) -> result<list<u8> E>",
    "python-wire#uart-write": "(u64 string string) -> result<_ E>",
    "python-wire#uart-set-baud": "(u64 string u32) -> result<_ E>",
    "python-wire#iio-devices": "(u64) -> result<list<string> E>",
    "python-wire#iio-channels": "(u64 string) -> result<list<string> E>",
    "python-wire#iio-read": "(u64 string string) -> result<f64 E>",
    "python-wire#leds-count": "(u64) -> result<u32 E>",
    "python-wire#leds-set-color": "(u64 u32 u8 u8 u8) -> result<_ E>",
    "python-wire#leds-fill": "(u64 u8 u8 u8) -> result<_ E>",
    "python-wire#leds-show": "(u64) -> result<_ E>",
    "python-wire#relays-write": "(u64 string bool) -> result<_ E>",
    "python-wire#relays-read": "(u64 string) -> result<bool E>",
    "python-wire#relays-pulse": "(u64 string u32 u32 u32) -> result<_ E>",
    "python-wire#pwm-write": "(u64 u8 f64 f64) -> result<_ E>",
    "python-wire#system-read-status": f"(u64) -> result<{_STATUS} E>",
    "python-wire#values-describe": f"(u64 string {_QUANTITY}) -> _",
    "python-wire#values-find": "(string string) -> string",
    "python-wire#find-module": f"(string) -> option<{_MODULE}>",
    "python-wire#find-data": "(string) -> option<string>",
    "python-wire#granted": "() -> string",
    "python-wire#raised": "(string string) -> _",
    "python-wire#stack": "(string bool) -> u32",
    "python-wire#step": "(string) -> u32",
    "driver#read": "() -> result<string string>",
    "display#update": "(string) -> result<_ string>",
    "page#render": "(string) -> result<string string>",
}
"""Types in wit/, by ``interface#function``. E is the error of `types`."""
_INTERFACES = frozenset(name.partition("#")[0] for name in CONTRACT) | {"types"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What the contract says of an imported or exported function or resource."""

    allowed: tuple[str, ...]
    """The types that it may have, abbreviated. Empty if its interface has no member of this name."""
    source: str
    """Where that is written."""
    short: Mapping[str, str]
    """The abbreviations: each name, and its text."""

    def abbreviated(self, text: str) -> str:
        """The text of a type, as `hostcore.runtime.type_text` writes it, with the abbreviations of `allowed`."""
        for name, long in self.short.items():
            text = text.replace(long, name)
        return text


def rule_for(member: str) -> Rule | None:
    """The rule for ``interface#member``. None if nothing is known of the interface, so that any type will do.

    Args:
        member: its name with its interface. The interface has its package, if that is not this host's own.
    """
    interface, _, _ = member.partition("#")
    if interface.startswith("wasi:"):
        known = WASI.get(member)
        return Rule((known,) if known else (), "WASI 0.2", SHORT)
    if "/" in interface:
        return Rule(demo_types(member), "wit/demo/", {}) if demo_types(member) or interface in interfaces() else None
    if interface not in _INTERFACES:
        return None
    expected = CONTRACT.get(member)
    return Rule((expected,) if expected else (), "wit/", _SHORT)


def is_poll(function: wit.FuncType) -> bool:
    """Whether the function returns one record, or a list of records, that JSON can hold. Its type must be of a bounded
    size (`hostcore.runtime.type_text`)."""
    result = function.result
    record = result.element if isinstance(result, wit.ListType) else result
    if function.params or not isinstance(record, wit.RecordType):
        return False
    try:
        plain_of(record)
    except TypeError:
        return False
    return True
