"""Whatever a component hands to a function of the demo:plugin contract, it gets a value of the contract's type back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.access.decisions import Access
from hostcore.buses.call_limit import TimeLimit
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Buses
from hostcore.clock import VirtualClock
from hostcore.compat.demo.contract import demo_types
from hostcore.compat.demo.imports import MOST_COMPLAINTS, DemoKit, demo_functions
from hostcore.compat.demo.sensors import Sensors
from hostcore.errors import PluginFileError
from hostcore.hostcall import Err, HostFunctions
from hostcore.permissions import parse_permission
from hostcore.plugin.actuators import PluginActuators
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from tests.actuator_bench import actuators_of
from tests.sandbox import BUSES, SETTINGS, simulated_pi

WIT = Path(__file__).parents[2] / "wit" / "demo" / "plugin.wit"
EVERYTHING = ("i2c:1:0x08-0x77", "spi:0.0", "uart:serial0", "system", "leds", "relay:buzzer", "relay:fan")


def unsigned(bits: int) -> st.SearchStrategy[int]:
    most = (1 << bits) - 1
    return st.integers(0, most) | st.sampled_from([0, 1, 2, 0x77, most])


ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    "u8": unsigned(8),
    "u32": unsigned(32),
    "bool": st.booleans(),
    "string": st.text(max_size=12) | st.binary(max_size=12).map(bytes.hex),
    "list<u8>": st.binary(max_size=20) | st.just(bytes(5000)),
}
"""Values of the types of parameters."""
RESULTS: dict[str, Callable[[Any], bool]] = {
    "": lambda value: value is None,
    "bool": lambda value: isinstance(value, bool),
    "f32": lambda value: isinstance(value, float),
    "u64": lambda value: isinstance(value, int) and 0 <= value < 1 << 64,
    "tuple<u32, u32>": lambda value: len(value) == 2 and all(0 <= each < 1 << 32 for each in value),
    "result<_, string>": lambda value: value is None,
    "result<u32, string>": lambda value: isinstance(value, int) and 0 <= value < 1 << 32,
    "result<string, string>": lambda value: isinstance(value, str),
    "result<list<u8>, string>": lambda value: isinstance(value, bytes),
    "result<tuple<f32, f32>, string>": lambda value: False,
    "result<tuple<f32, f32, f32, f32>, string>": lambda value: False,
}
"""Whether a value is of the type of a result, in its ok case; there are no sensors here."""


def declared() -> dict[str, tuple[tuple[str, ...], str]]:
    """The imported functions of wit/demo/: the types of parameters and result."""
    found = {}
    interface = ""
    for line in WIT.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"interface ([a-z0-9-]+)", line):
            interface = match[1]
        elif match := re.match(r"    ([a-z0-9-]+): func\((.*)\)(?: -> (.*))?;", line):
            types = tuple(each.partition(": ")[2] for each in match[2].split(", ")) if match[2] else ()
            found[f"demo:plugin/{interface}#{match[1]}"] = (types, match[3] or "")
    return {name: types for name, types in found.items() if "-logic#" not in name}


DECLARED = declared()


class Desk:
    """The functions as one instance gets them, on a simulated Pi.

    Attributes:
        functions: those functions.
        lines: what they logged.
    """

    def __init__(self) -> None:
        clock, self.lines = VirtualClock(), []
        self._buses = Buses(dict.fromkeys(BUSES, simulated_pi(clock)), clock)
        self._actuators = actuators_of(SETTINGS, self._buses, lambda _event: None)
        kit = Kit(
            access=Access("old", tuple(map(parse_permission, EVERYTHING))),
            share=BusShare(1.0, clock.monotonic_ns()),
            limit=TimeLimit(clock, 1e9),
            publish=lambda _event: None,
        )
        kit.limit.begin()
        gate = Gate(self._buses, "old", kit)
        self.functions: HostFunctions = demo_functions(
            DemoKit(
                PluginBuses(gate),
                PluginActuators(gate, self._actuators),
                Sensors(self._no_driver, lambda: None),
                clock,
                lambda _level, line: self.lines.append(line),
            )
        )

    def close(self) -> None:
        self._actuators.stop()
        self._buses.close()

    @staticmethod
    def _no_driver(driver: str, settings: str) -> Any:
        raise PluginFileError("old", f"no {driver} for {settings}")


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def test_the_functions_are_those_that_wit_declares(desk: Desk) -> None:
    assert desk.functions.keys() == DECLARED.keys()
    assert all(map(demo_types, DECLARED))


@given(data=st.data(), name=st.sampled_from(sorted(DECLARED)))
def test_every_call_returns_a_value_of_the_contracts_type(desk: Desk, data: st.DataObject, name: str) -> None:
    parameters, result = DECLARED[name]
    value = desk.functions[name](*(data.draw(ARGUMENTS[each]) for each in parameters))
    if isinstance(value, Err):
        assert result.startswith("result<")
        assert isinstance(value.value, str)
        assert 0 < len(value.value) < 400
    else:
        assert RESULTS[result](value)


def test_failures_without_number_do_not_flood_the_log(desk: Desk) -> None:
    for index in range(256):
        desk.functions["demo:plugin/led-controller#set-led"](index, 0, 0, 0)
    assert 4 < len(desk.lines) <= MOST_COMPLAINTS
