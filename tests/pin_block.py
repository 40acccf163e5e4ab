"""Modelled GPIO registers of Raspberry Pis, with an open-drain I2C bus on two of the pins and chips that hold it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field

SDA, SCL = 2, 3
ALT0, OUTPUT = 0b100, 0b001


@dataclass
class StuckChip:
    """A chip that was interrupted while it sent zeros. It changes SDA only after SCL has fallen, as UM10204 demands.

    Attributes:
        bits: the zeros that it still has to send; None: it never lets SDA go.
        holds_clock: whether it holds SCL, too.
    """

    bits: int | None = 0
    holds_clock: bool = False
    stops: int = 0

    @property
    def holds_data(self) -> bool:
        """Whether it pulls SDA low."""
        return self.bits is None or self.bits > 0

    def clock_fell(self) -> None:
        """The next bit."""
        if self.bits:
            self.bits -= 1

    def stopped(self) -> None:
        """A stop: SDA rose while SCL was high."""
        self.stops += 1


@dataclass
class Wires:
    """Two wires with pull-ups. The model fails the test if a pin ever drives one of them high."""

    chip: StuckChip
    pulled: set[int] = field(default_factory=set)
    """The pins that the Pi pulls low."""
    clocks: int = 0

    def level(self, pin: int) -> bool:
        """The level of a wire."""
        held = self.chip.holds_data if pin == SDA else self.chip.holds_clock
        return not held and pin not in self.pulled

    def change(self, pulled: set[int]) -> None:
        """The Pi pulls other pins than before."""
        before = {pin: self.level(pin) for pin in (SDA, SCL)}
        self.pulled = pulled
        if before[SCL] and not self.level(SCL):
            self.clocks += 1
            self.chip.clock_fell()
        if not before[SDA] and self.level(SDA) and before[SCL] and self.level(SCL):
            self.chip.stopped()


class Block(ABC):
    """Registers, by the number of the word. A write has the effect that the data sheet gives it.

    Args:
        chip: what is on the bus.
        on_write: called before each write; it may raise.
    """

    def __init__(self, chip: StuckChip, on_write: Callable[[], None] = lambda: None) -> None:
        self.wires = Wires(chip)
        self._on_write = on_write

    @abstractmethod
    def __getitem__(self, word: int, /) -> int:
        """Read a register."""

    def __setitem__(self, word: int, value: int, /) -> None:
        self._on_write()
        assert 0 <= value < 1 << 32
        self.write(word, value)
        self.wires.change({pin for pin in (SDA, SCL) if self.drives_low(pin)})

    @abstractmethod
    def write(self, word: int, value: int) -> None:
        """Take a write."""

    @abstractmethod
    def drives_low(self, pin: int) -> bool:
        """Whether the pin is an output now. It must be one that is low."""

    def levels(self) -> int:
        """The levels of all pins; those that are not on the bus are high."""
        return sum(1 << pin for pin in range(32) if pin not in (SDA, SCL) or self.wires.level(pin))


class Bcm2835Block(Block):
    """BCM2835 ARM Peripherals, section 6.1. Other pins share GPFSEL0; pin 4 is an output, pin 9 has ALT0."""

    def __init__(self, chip: StuckChip, on_write: Callable[[], None] = lambda: None) -> None:
        super().__init__(chip, on_write)
        self.selects = [ALT0 << 6 | ALT0 << 9 | OUTPUT << 12 | ALT0 << 27, 0, 0, 0, 0, 0]
        self.latch = 0xFFFFFFFF

    def __getitem__(self, word: int, /) -> int:
        if word < 6:
            return self.selects[word]
        return self.levels() if word == 0x34 // 4 else 0

    def write(self, word: int, value: int) -> None:
        if word < 6:
            self.selects[word] = value
        elif word == 0x1C // 4:
            self.latch |= value
        elif word == 0x28 // 4:
            self.latch &= ~value
        else:
            raise AssertionError(f"register 0x{4 * word:02x} must not be written")

    def drives_low(self, pin: int) -> bool:
        is_output = self.selects[0] >> 3 * pin & 0b111 == OUTPUT
        assert not (is_output and self.latch >> pin & 1), f"pin {pin} drives its wire high"
        return is_output


class Rp1Block(Block):
    """RP1 Peripherals, chapter 3: IO_BANK0 with a control register for each pin, and SYS_RIO0."""

    I2C, SYS_RIO = 3, 5
    KEPT = 0x80 << 12
    """Bits of a control register that are not the function, and have to stay."""

    def __init__(self, chip: StuckChip, on_write: Callable[[], None] = lambda: None) -> None:
        super().__init__(chip, on_write)
        self.controls = [self.KEPT | 0x1F] * 28
        self.controls[SDA] = self.controls[SCL] = self.KEPT | self.I2C
        self.out, self.enable = 0xFFFFFFFF, 1 << SCL  # left over from the start of the Pi

    def __getitem__(self, word: int, /) -> int:
        place = 4 * word
        if place < 0x4000:
            return self.controls[place // 8] if place % 8 else 0
        return {0x10000: self.out, 0x10004: self.enable, 0x10008: self.levels()}.get(place, 0)

    def write(self, word: int, value: int) -> None:
        place = 4 * word
        if place < 0x4000:
            assert place % 8 == 4
            self.controls[place // 8] = value
        elif place == 0x12004:
            self.enable |= value
        elif place == 0x13004:
            self.enable &= ~value
        elif place == 0x13000:
            self.out &= ~value
        else:
            raise AssertionError(f"register 0x{place:05x} must not be written")

    def drives_low(self, pin: int) -> bool:
        is_output = self.controls[pin] & 0x1F == self.SYS_RIO and bool(self.enable >> pin & 1)
        assert not (is_output and self.out >> pin & 1), f"pin {pin} drives its wire high"
        return is_output
