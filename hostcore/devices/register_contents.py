"""The contents of the registers of a chip that is made of its chip file."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.chips.model import Bits, Chip, Condition, Register, Role
from hostcore.clock import NS_PER_MS
from hostcore.devices.register_progress import Progress
from hostcore.devices.register_samples import Samples

SAMPLE_NS = 50 * NS_PER_MS
"""How long a sample stays. A controller that reads the bytes of a number one by one gets those of one sample."""


class Contents:
    """The registers: after power-on, written, and measured.

    Args:
        chip: the chip.
        samples: the source of measured numbers.
        progress: its measurements. Writing a register can begin or end them.
        now_ns: the monotonic time.
        powered_ns: time of power-on.
    """

    def __init__(
        self, chip: Chip, samples: Samples, progress: Progress, now_ns: Callable[[], int], powered_ns: int
    ) -> None:
        self._chip, self._samples, self._progress, self._now_ns = chip, samples, progress, now_ns
        self._measurement = chip.measurement
        self._results = chip.results
        self._raw = {register.address: self._at_power_on(register) for register in chip.registers}
        self._sampled_ns: dict[int, int] = {}
        if self._measurement is None or not self._measurement.start or self._asked_to_measure():
            self._begin(powered_ns)

    def _at_power_on(self, register: Register) -> bytes:
        constant = next((each.values[0] for each in self._chip.identity if each.register == register), None)
        initial = next((raw for raw in (constant, register.reset, register.idle) if raw is not None), None)
        if initial is not None:
            return register.bytes_of(initial)
        if register.role is Role.CALIBRATION:
            return bytes(_calibration_byte(register.address + offset) for offset in range(register.size))
        return bytes(register.size)

    def read(self, register: Register) -> bytes:
        """Return the bytes of a register, as the chip sends them."""
        if not register.is_readable:
            return bytes(register.size)
        if register in self._results:
            self._sample(register)
        raw = self._raw[register.address]
        for condition, holds in self._states():
            if condition.register == register:
                raw = register.bytes_of(condition.adjusted(register.raw(raw), holds))
        return raw

    def take(self, register: Register) -> None:
        """The controller has read the register."""
        if register in self._results:
            self._progress.take(self._now_ns())

    def write(self, register: Register, data: bytes) -> None:
        """Write the bytes of a register. What the chip ignores has no effect."""
        if not register.is_writable:
            return
        if not register.is_block:
            raw = register.raw(data)
            if register.role is not Role.COMMAND:
                self._raw[register.address] = register.bytes_of(_kept(register, raw))
            self._follow(register, raw)
        else:
            self._raw[register.address] = data

    def _follow(self, register: Register, raw: int) -> None:
        """Begin or end to measure, if this value of the register says so."""
        asks = [each.holds(raw) for each in self._starts() if each.register == register]
        if any(asks):
            self._begin(self._now_ns())
        elif asks and register.role is not Role.COMMAND:
            for result in self._results:
                self._sample(result)
            self._progress.end(self._now_ns())

    def _begin(self, at_ns: int) -> None:
        wait_ms = self._measurement.wait_ms if self._measurement else None
        self._progress.begin(at_ns, wait_ms or 0.0)

    def _starts(self) -> list[Condition]:
        start = self._measurement.start if self._measurement else ()
        return [each for each in start if isinstance(each, Condition)]

    def _asked_to_measure(self) -> bool:
        settings = [each for each in self._starts() if self._measurement and not self._measurement.is_trigger(each)]
        return any(each.holds(each.register.raw(self._raw[each.register.address])) for each in settings)

    def _states(self) -> list[tuple[Condition, bool]]:
        """Return the conditions of the chip on its status, each with whether it holds now."""
        if self._measurement is None:
            return []
        now_ns = self._now_ns()
        is_busy, ready = self._progress.is_busy(now_ns), self._measurement.ready
        is_idle_ready = isinstance(ready, Condition) and self._measurement.is_trigger(ready)
        states = (
            (self._measurement.busy, is_busy),
            (ready, not is_busy if is_idle_ready else self._progress.is_new(now_ns)),
        )
        return [(condition, holds) for condition, holds in states if isinstance(condition, Condition)]

    def _sample(self, register: Register) -> None:
        """Measure again if the chip has done so since the last sample."""
        now_ns = self._now_ns()
        age_ns = now_ns - self._sampled_ns.get(register.address, now_ns - SAMPLE_NS)
        if register.is_block or age_ns < SAMPLE_NS or not self._progress.is_measuring():
            return
        if not self._progress.has_result(now_ns):
            return
        bits = register.bits or Bits(8 * register.size - 1, 0)
        number = self._samples.number(register.name, bits, register.scale)
        raw = bits.put(register.raw(self._raw[register.address]), number)
        self._raw[register.address] = register.bytes_of(raw)
        self._sampled_ns[register.address] = now_ns


def _kept(register: Register, raw: int) -> int:
    """Return what stays of a value that is written."""
    cleared = sum(field.bits.mask for field in register.fields if field.is_self_clearing)
    return raw & ~cleared & ~register.zero_bits


def _calibration_byte(number: int) -> int:
    """Return a byte of a calibration: always the same, plausible for most numbers, and neither 0 nor negative."""
    return number * 29 % 97 + 16
