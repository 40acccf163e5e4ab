"""Finds the pins of an I2C bus of a Raspberry Pi. They must have the function of the bus now; no others are touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from hostcore.backends.linux.i2c_settings import controller
from hostcore.backends.linux.i2c_wires import I2cWires
from hostcore.backends.linux.node import Trouble, refusal
from hostcore.backends.linux.pin_registers import Bcm2835Pins, PinRegisters, Rp1Pins, opened_pins
from hostcore.errors import UnsupportedError
from hostcore.quick_dataclass import dataclass

_ALT0, _ALT1, _ALT2, _ALT5 = 0b100, 0b101, 0b110, 0b010  # BCM2835 ARM Peripherals, section 6.1, GPFSELn
_I2C = 3  # RP1 Peripherals, section 3.1.1
_BY_HAND = "pull the chips off the bus one by one, or switch them off and on"


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two pins that a controller can have."""

    sda: int
    scl: int
    function: int
    """The function that makes them its own."""

    def is_used(self, pins: PinRegisters) -> bool:
        return pins.function(self.sda) == pins.function(self.scl) == self.function


_BCM_PAIRS: Mapping[str, tuple[_Pair, ...]] = {
    "i2c@7e205000": (_Pair(0, 1, _ALT0), _Pair(28, 29, _ALT0), _Pair(44, 45, _ALT1)),
    "i2c@7e804000": (_Pair(2, 3, _ALT0), _Pair(44, 45, _ALT2)),
    "i2c@7e205600": (_Pair(2, 3, _ALT5), _Pair(4, 5, _ALT5)),
    "i2c@7e205800": (_Pair(6, 7, _ALT5), _Pair(8, 9, _ALT5)),
    "i2c@7e205a00": (_Pair(10, 11, _ALT5), _Pair(12, 13, _ALT5)),
    "i2c@7e205c00": (_Pair(0, 1, _ALT5), _Pair(22, 23, _ALT5)),
}
"""The controllers up to the Pi 4 (BCM2711 ARM Peripherals, section 5.3; kernel, broadcom/bcm2711.dtsi)."""
_RP1_PAIRS: Mapping[str, tuple[_Pair, ...]] = {
    "i2c@70000": (_Pair(0, 1, _I2C), _Pair(8, 9, _I2C)),
    "i2c@74000": (_Pair(2, 3, _I2C), _Pair(10, 11, _I2C)),
    "i2c@78000": (_Pair(4, 5, _I2C), _Pair(12, 13, _I2C)),
    "i2c@7c000": (_Pair(6, 7, _I2C), _Pair(14, 15, _I2C), _Pair(22, 23, _I2C)),
}
"""The controllers of a Pi 5 on its header (RP1 Peripherals, section 3.1.1; kernel, broadcom/rp1.dtsi)."""
_CHIPS: tuple[tuple[type[PinRegisters], Mapping[str, tuple[_Pair, ...]]], ...] = (
    (Bcm2835Pins, _BCM_PAIRS),
    (Rp1Pins, _RP1_PAIRS),
)


@contextmanager
def opened_wires(bus: int, *, may_drive: bool) -> Iterator[I2cWires]:
    """Make a context with SDA and SCL of a bus.

    Args:
        bus: N of /dev/i2c-N.
        may_drive: whether they may be driven, and not only be read.

    Raises:
        UnsupportedError: it is not known which pins they are, or the registers of the pins cannot be used.
    """
    node = controller(bus)
    kind, pairs = next(((kind, known[node.name]) for kind, known in _CHIPS if node and node.name in known), (None, ()))
    if kind is None:
        raise Trouble(f"it is not known which pins are SDA and SCL of i2c-{bus}", _BY_HAND).error()
    try:
        with opened_pins(kind, may_write=may_drive) as pins:
            used = _used(bus, pins, pairs)
            yield I2cWires(pins, used.sda, used.scl)
    except OSError as error:
        raise refusal(kind.path, error).error() from error


def _used(bus: int, pins: PinRegisters, pairs: tuple[_Pair, ...]) -> _Pair:
    """Return the pair that the controller has now.

    Raises:
        UnsupportedError: it has none, as a bus that shares its controller while another uses it, or two.
    """
    used = [each for each in pairs if each.is_used(pins)]
    if len(used) != 1:
        numbers = " or ".join(f"GPIO {each.sda} and {each.scl}" for each in pairs)
        problem = f"i2c-{bus} has {'no' if not used else 'more than one'} pair of pins now, of {numbers}"
        raise UnsupportedError(f"{problem}; {_BY_HAND}")
    return used[0]
