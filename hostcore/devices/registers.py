"""A chip on an I2C bus that is made of its chip file: ``registers:NAME`` in ``[[simulation.chips]]``."""

from __future__ import annotations

from hostcore.chips.crc import checksum
from hostcore.chips.model import Answer, AnswerCondition, AutoIncrement, Chip, Command, Numbers, Register, Role, Writes
from hostcore.clock import NS_PER_MS, Clock
from hostcore.devices.base import I2cTarget
from hostcore.devices.environment import Environment
from hostcore.devices.register_contents import Contents
from hostcore.devices.register_progress import Progress
from hostcore.devices.register_samples import Samples
from hostcore.quick_dataclass import dataclass, field

RELEASED = 0xFF
"""What a controller reads while no chip drives the line."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a real chip has answered."""

    registers: dict[tuple[int, int], int] = field(default_factory=dict)
    """Bytes, by a register's number and the place among those with this number."""
    answers: dict[bytes, bytes] = field(default_factory=dict)
    """Answers to commands, by the command's code."""


class RegisterFile(I2cTarget):
    """A chip that keeps the facts of its chip file and knows nothing else of itself.

    It has its identity and its values after power-on. It ignores what is written to read-only registers. Its registers
    follow each other as the file says. Its commands take their time, and their answers have checksums. It measures: the
    quantities of the environment if the unit is that of one, and else steady plausible values. Results, busy bits and
    ready bits follow the ``[measurement]`` of the file. Numbers that no register has keep what is written, or read 0 if
    the file lists all registers. Unknown commands are acknowledged and ignored.

    Args:
        clock: the clock of the chip.
        environment: the source of temperature, humidity, pressure and illuminance.
        description: the chip.
        powered_ns: time of power-on, on `clock.monotonic_ns`. None is now.
        knows: what a real chip has answered; by default nothing.

    Attributes:
        learned: what a real chip has answered, which goes before the chip file.
    """

    def __init__(
        self,
        clock: Clock,
        environment: Environment,
        description: Chip,
        powered_ns: int | None = None,
        *,
        knows: Learned | None = None,
    ) -> None:
        self._chip = description
        self.title = description.name
        self.refuses_quick_write = description.bus.refuses_quick_write
        self._clock = clock
        powered = clock.monotonic_ns() if powered_ns is None else powered_ns
        self._awake_ns = powered + round(description.bus.power_on_ms * NS_PER_MS)
        self._samples = Samples(environment)
        self._progress = Progress()
        self._contents = Contents(description, self._samples, self._progress, clock.monotonic_ns, powered)
        self._place = _Place(description)
        self._unlisted: dict[int, int] = {}
        self.learned = knows or Learned()
        self._received = b""
        self._answering: Command | None = None
        self._done_ns = 0

    def start(self, reading: bool) -> bool:
        self._finish_write()
        now_ns = self._clock.monotonic_ns()
        if reading and self._chip.bus.refuses_early_read and now_ns < self._done_ns:
            return False
        return now_ns >= self._awake_ns

    def write(self, data: bytes) -> int:
        self._received += data
        return len(data)

    def read(self, length: int) -> bytes:
        if self._answering is not None:
            return self._answer(self._answering).ljust(length, bytes([RELEASED]))[:length]
        if not self._chip.registers:
            return bytes([RELEASED]) * length
        return bytes(self._next_byte() for _ in range(length))

    def stop(self) -> None:
        self._finish_write()

    def learn(self, data: bytes) -> None:
        """The real chip has answered a read here with these bytes: from now on, the model does, until it is written."""
        if self._answering is not None:
            self.learned.answers[self._answering.code] = data
        elif self._chip.registers:
            for byte in data:
                self.learned.registers[self._place.here] = byte
                self._place.step()

    def _finish_write(self) -> None:
        """Do what the received message asks for: a command, or a register's number and the bytes to write."""
        message, self._received = self._received, b""
        if not message:
            return
        command = self._chip.command_of(message)
        if command is not None and len(message) == len(command.code) + command.arguments:
            self._begin(command)
        elif self._chip.registers:
            self._write_registers(message)

    def _begin(self, command: Command) -> None:
        now_ns = self._clock.monotonic_ns()
        measurement = self._chip.measurement
        if command.starts or (measurement and command in measurement.start):
            longest_ms = measurement.wait_ms if measurement and not command.answer_bytes else None
            self._progress.begin(now_ns, longest_ms or command.wait_ms)
        self._done_ns = now_ns + round(command.wait_ms * NS_PER_MS)
        if command.answer_bytes:
            self._answering = command

    def _write_registers(self, message: bytes) -> None:
        self._answering = None
        bus = self._chip.bus
        if bus.writes is Writes.PAIRS:
            for at in range(0, len(message), 2):
                self._write_from(message[at], message[at + 1 : at + 2])
            return
        self._write_from(int.from_bytes(message[: bus.register_bytes], "big"), message[bus.register_bytes :])

    def _write_from(self, number: int, values: bytes) -> None:
        """Write bytes to the register with a number, and to those after it."""
        self._place.go(number)
        written: dict[Register, bytearray] = {}
        for byte in values:
            self.learned.registers.pop(self._place.here, None)
            register = self._place.register
            if register is None:
                self._write_unlisted(byte)
            else:
                content = written.setdefault(register, bytearray(self._contents.read(register)))
                content[self._place.offset] = byte
            self._place.step()
        for register, content in written.items():
            self._contents.write(register, bytes(content))

    def _write_unlisted(self, byte: int) -> None:
        if not self._chip.complete:
            self._unlisted[self._place.number] = byte

    def _next_byte(self) -> int:
        register = self._place.register
        if register is None:
            byte = self._unlisted.get(self._place.number, 0)
        else:
            byte = self._contents.read(register)[self._place.offset]
            if self._place.offset == register.size - 1:
                self._contents.take(register)
        byte = self.learned.registers.get(self._place.here, byte)
        self._place.step()
        return byte

    def _answer(self, command: Command) -> bytes:
        """Return the answer to a command, with its checksums."""
        if command.code in self.learned.answers:
            return self.learned.answers[command.code]
        answer = bytearray(command.answer_bytes)
        for value in command.answer:
            whole = int.from_bytes(answer[value.at : value.at + value.size], "big")
            whole = value.bits.put(whole, self._number(value))
            answer[value.at : value.at + value.size] = whole.to_bytes(value.size, "big")
        self._add_checksums(answer)
        return bytes(answer)

    def _number(self, value: Answer) -> int:
        """Return the number of a value in an answer: a state, a result, or a constant."""
        now_ns = self._clock.monotonic_ns()
        measurement = self._chip.measurement
        if measurement is not None:
            states = ((measurement.busy, now_ns < self._done_ns), (measurement.ready, self._progress.is_new(now_ns)))
            for condition, holds in states:
                if isinstance(condition, AnswerCondition) and condition.answer == value.name:
                    return condition.value if holds is not condition.negated else int(not condition.value)
            if measurement.start and value.scale.unit and not self._progress.has_result(now_ns):
                return 0
        return self._samples.number(value.name, value.bits, value.scale)

    def _add_checksums(self, answer: bytearray) -> None:
        crc = self._chip.crc
        if crc is None:
            return
        covered = crc.covers or len(answer) - crc.size
        if covered <= 0:
            return
        for first in range(0, len(answer) - covered, covered + crc.size):
            checked = first + covered
            answer[checked : checked + crc.size] = checksum(crc, bytes(answer[first:checked])).to_bytes(crc.size, "big")


class _Place:
    """The place of the next byte: a register's number and, if numbers count registers, the byte within it."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._end = 256**chip.bus.register_bytes
        self._increments = False
        self._byte = 0
        self.number = 0

    def go(self, number: int) -> None:
        """Go to the register with a number, as the controller wrote it."""
        bus = self._chip.bus
        self._increments = bus.auto_increment is AutoIncrement.ALWAYS
        if bus.auto_increment is AutoIncrement.BIT:
            self._increments = bool(number & bus.increment_bit)
            number &= ~bus.increment_bit
        self.number, self._byte = number, 0

    @property
    def register(self) -> Register | None:
        """The register here, if the file lists one."""
        return self._chip.register_around(self.number)

    @property
    def here(self) -> tuple[int, int]:
        """The number, and the byte of those that have this number."""
        return self.number, self._byte

    @property
    def offset(self) -> int:
        """The byte within `register`."""
        register = self.register
        return self._byte if register is None or self._is_whole(register) else self.number - register.address

    def step(self) -> None:
        """Go to the next byte."""
        register = self.register
        if register is not None and self._is_whole(register):
            self._byte = (self._byte + 1) % register.size
            if self._byte or register.role is Role.FIFO:
                return
        if self._increments:
            self.number = (self.number + 1) % self._end

    def _is_whole(self, register: Register) -> bool:
        """Return whether all bytes of the register have one number."""
        return len(self._chip.numbers(register)) < register.size or self._chip.bus.numbers is Numbers.REGISTERS
