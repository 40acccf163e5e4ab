"""Nine clocks on SDA and SCL, on modelled GPIO registers: what a Pi and a stuck chip do, by their data sheets."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from hostcore.backends.i2c import Levels, Recovery
from hostcore.backends.linux.i2c_wires import I2cWires
from hostcore.backends.linux.pin_registers import Bcm2835Pins, PinRegisters, Rp1Pins
from tests.pin_block import SCL, SDA, Bcm2835Block, Block, Rp1Block, StuckChip

PIS = pytest.mark.parametrize(
    ("block", "pins"), [(Bcm2835Block, Bcm2835Pins), (Rp1Block, Rp1Pins)], ids=["before the Pi 5", "Pi 5"]
)
STUCK, FREE = Levels(sda=False, scl=True), Levels(sda=True, scl=True)


def wires(pins: type[PinRegisters], block: Block) -> I2cWires:
    return I2cWires(pins(block), SDA, SCL, sleep=lambda _seconds: None)


def functions(pins: type[PinRegisters], block: Block) -> list[int]:
    return [pins(block).function(pin) for pin in range(10)]


@PIS
@pytest.mark.parametrize("bits", range(1, 10))
def test_a_chip_in_the_middle_of_a_byte_lets_sda_go_after_its_last_bit(
    block: type[Block], pins: type[PinRegisters], bits: int
) -> None:
    chip = StuckChip(bits)
    assert wires(pins, block(chip)).free() == Recovery(STUCK, FREE, clocks=bits)


@PIS
def test_a_stop_follows_the_clocks_so_that_every_chip_is_idle(block: type[Block], pins: type[PinRegisters]) -> None:
    chip = StuckChip(3)
    wires(pins, block(chip)).free()
    assert chip.stops == 1


@PIS
def test_a_short_gets_nine_clocks_and_stays(block: type[Block], pins: type[PinRegisters]) -> None:
    made = block(StuckChip(None))
    assert wires(pins, made).free() == Recovery(STUCK, STUCK, clocks=9)


@PIS
@pytest.mark.parametrize("chip", [StuckChip(0), StuckChip(3, holds_clock=True), StuckChip(0, holds_clock=True)])
def test_nothing_is_sent_if_sda_is_high_or_if_scl_cannot_rise(
    block: type[Block], pins: type[PinRegisters], chip: StuckChip
) -> None:
    def refuse() -> None:
        raise AssertionError("a register was written")

    levels = Levels(not chip.holds_data, not chip.holds_clock)
    assert wires(pins, block(chip, refuse)).free() == Recovery(levels, levels, clocks=0)


@PIS
@pytest.mark.parametrize("bits", [1, 9, None])
def test_the_pins_and_their_neighbours_have_their_functions_again(
    block: type[Block], pins: type[PinRegisters], bits: int | None
) -> None:
    made = block(StuckChip(bits))
    before = functions(pins, made)
    wires(pins, made).free()
    assert functions(pins, made) == before
    assert made.wires.pulled == set()


@PIS
@pytest.mark.parametrize("write", range(1, 20, 3))
def test_the_pins_have_their_functions_again_after_an_error(
    block: type[Block], pins: type[PinRegisters], write: int
) -> None:
    writes = iter(range(1, 1000))

    def fail() -> None:
        if next(writes) == write:
            raise RuntimeError("broken")

    made = block(StuckChip(None), fail)
    before = functions(pins, made)
    with pytest.raises(RuntimeError, match="broken"):
        wires(pins, made).free()
    assert functions(pins, made) == before


@pytest.fixture
def at_a_terminal() -> Iterator[None]:
    """Let Ctrl+C do what it does there, even if the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@PIS
@pytest.mark.usefixtures("at_a_terminal")
def test_a_person_who_presses_ctrl_c_ends_it_only_when_the_pins_are_back(
    block: type[Block], pins: type[PinRegisters]
) -> None:
    writes = iter(range(1000))

    def interrupt() -> None:
        if next(writes) == 5:
            signal.raise_signal(signal.SIGINT)

    made = block(StuckChip(4), interrupt)
    before = functions(pins, made)
    with pytest.raises(KeyboardInterrupt):
        wires(pins, made).free()
    assert functions(pins, made) == before
    assert made.wires.chip.stops == 1


@PIS
def test_a_chip_that_stretches_the_clock_is_waited_for(block: type[Block], pins: type[PinRegisters]) -> None:
    chip = StuckChip(2)

    def sleep(_seconds: float) -> None:
        chip.holds_clock = next(stretches, False)

    stretches = iter([False, True, True, True, False])
    recovery = I2cWires(pins(block(chip)), SDA, SCL, sleep).free()
    assert recovery == Recovery(STUCK, FREE, clocks=2)


@PIS
def test_the_levels_are_read_without_any_write(block: type[Block], pins: type[PinRegisters]) -> None:
    made = block(StuckChip(1), lambda: pytest.fail("a register was written"))
    assert wires(pins, made).levels() == STUCK
