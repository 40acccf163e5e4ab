"""The simulated Pi, beyond what tests/contract/test_backend.py asks of every backend: wires, time, messages."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import Edge, I2cRead, I2cWrite, Pull
from hostcore.backends.simulated.factory import SimulatedFactory, SimulatedI2cBus
from hostcore.backends.simulated.line import SimulatedLine, edges
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.devices.base import I2cTarget, LineTarget
from hostcore.devices.catalog import CHIPS, SimulatedChip
from hostcore.devices.dht22 import Dht22
from hostcore.devices.environment import Environment, Quantity, Signal
from hostcore.errors import BusError, NoAcknowledgeError, UnsupportedError
from hostcore.pulse import Pulse


class RecordingTarget(I2cTarget):
    """Notes what arrives; refuses its address, or bytes, when told to."""

    def __init__(self, *, acknowledges: bool = True, accepts: int = 1000) -> None:
        self.seen: list[str] = []
        self._acknowledges = acknowledges
        self._accepts = accepts

    def start(self, reading: bool) -> bool:
        self.seen.append("start read" if reading else "start write")
        return self._acknowledges

    def write(self, data: bytes) -> int:
        self.seen.append(f"write {data.hex()}")
        return min(len(data), self._accepts)

    def read(self, length: int) -> bytes:
        self.seen.append(f"read {length}")
        return b"\xa5" * length

    def stop(self) -> None:
        self.seen.append("stop")


class FixedLine(LineTarget):
    """Answers every request with the same pulses."""

    def __init__(self, *pulses: Pulse) -> None:
        self._pulses = pulses
        self.requests: list[list[Pulse]] = []

    def level(self) -> bool:
        return True

    def drive(self, level: bool | None) -> None:
        pass

    def answer(self, request: Sequence[Pulse]) -> Sequence[Pulse]:
        self.requests.append(list(request))
        return self._pulses


class TestI2cBus:
    def test_a_transaction_has_a_start_for_each_operation_and_one_stop(self) -> None:
        target = RecordingTarget()
        bus = SimulatedI2cBus(1, {0x40: target})
        assert bus.transaction(0x40, [I2cWrite(b"\xf3"), I2cRead(2), I2cRead(1)]) == (b"\xa5\xa5", b"\xa5")
        assert target.seen == ["start write", "write f3", "start read", "read 2", "start read", "read 1", "stop"]

    def test_a_quick_write_is_the_address_alone(self) -> None:
        target = RecordingTarget()
        SimulatedI2cBus(1, {0x40: target}).transaction(0x40, [I2cWrite(b"")])
        assert target.seen == ["start write", "stop"]

    def test_a_refused_byte_is_named_and_the_stop_still_comes(self) -> None:
        target = RecordingTarget(accepts=2)
        bus = SimulatedI2cBus(1, {0x40: target})
        with pytest.raises(NoAcknowledgeError, match=r"bus 1, address 0x40: .* refused byte 3 of 4 \(0xCC\)"):
            bus.transaction(0x40, [I2cWrite(b"\xaa\xbb\xcc\xdd"), I2cRead(1)])
        assert target.seen == ["start write", "write aabbccdd", "stop"]

    def test_a_refused_address_ends_in_a_stop_too(self) -> None:
        target = RecordingTarget(acknowledges=False)
        with pytest.raises(NoAcknowledgeError, match=r"0x40: RecordingTarget did not acknowledge"):
            SimulatedI2cBus(1, {0x40: target}).transaction(0x40, [I2cRead(1)])
        assert target.seen == ["start read", "stop"]

    def test_a_chip_does_not_see_another_ones_transaction(self) -> None:
        target, other = RecordingTarget(), RecordingTarget()
        SimulatedI2cBus(1, {0x40: target, 0x41: other}).transaction(0x40, [I2cRead(1)])
        assert other.seen == []

    def test_nobody_there_is_a_no_acknowledge_that_says_who_is(self) -> None:
        bus = SimulatedI2cBus(3, {0x40: RecordingTarget()})
        with pytest.raises(NoAcknowledgeError, match=r"I2C bus 3, address 0x41: no device.*0x40 RecordingTarget"):
            bus.transaction(0x41, [I2cRead(1)])
        with pytest.raises(NoAcknowledgeError, match=r"no chip is on this simulated bus"):
            SimulatedI2cBus(3, {}).transaction(0x41, [I2cRead(1)])


ADDRESSES = {kind.name: kind.addresses[0] for kind in CHIPS if kind.kind == "i2c"}
OPERATIONS = st.lists(
    st.one_of(st.builds(I2cWrite, st.binary(max_size=40)), st.builds(I2cRead, st.integers(1, 40))),
    min_size=1,
    max_size=6,
)


@given(st.lists(st.tuples(st.sampled_from(sorted(ADDRESSES.values())), OPERATIONS, st.floats(0, 0.3)), max_size=12))
def test_whatever_is_sent_to_any_chip_ends_in_bytes_or_a_bus_error(
    traffic: list[tuple[int, list[I2cWrite | I2cRead], float]],
) -> None:
    clock = VirtualClock()
    chips = [SimulatedChip(name, bus=1, address=address) for name, address in ADDRESSES.items()]
    bus = SimulatedFactory(clock, Environment(clock), chips, (1,)).i2c_bus(1)
    for address, operations, pause in traffic:
        clock.advance(pause)
        try:
            received = bus.transaction(address, operations)
        except BusError:
            continue
        assert [len(part) for part in received] == [each.length for each in operations if isinstance(each, I2cRead)]


class TestLine:
    LOW = Pulse(False, 1_000_000)

    def test_edges_are_the_changes_from_a_high_line_back_to_a_high_line(self) -> None:
        pulses = [Pulse(True, 30), Pulse(False, 80), Pulse(False, 0), Pulse(True, 0), Pulse(False, 20)]
        assert list(edges(pulses)) == [Edge(30, False), Edge(130, True)]
        assert list(edges([])) == []
        assert list(edges([Pulse(False, 5), Pulse(True, 5)])) == [Edge(0, False), Edge(5, True)]

    def test_a_capture_takes_the_time_of_drive_and_answer(self) -> None:
        clock = VirtualClock()
        line = SimulatedLine(clock, threading.Event(), FixedLine(Pulse(True, 30_000), Pulse(False, 80_000)))
        line.capture([self.LOW], timeout_ns=NS_PER_S, max_edges=2)
        assert clock.monotonic_ns() == 1_000_000 + 30_000 + 80_000

    def test_a_capture_ends_early_once_the_line_has_been_quiet(self) -> None:
        clock = VirtualClock()
        line = SimulatedLine(clock, threading.Event(), FixedLine(Pulse(False, 80_000)))
        assert len(line.capture([], timeout_ns=NS_PER_S, max_edges=100)) == 2
        assert 1_000_000 < clock.monotonic_ns() < NS_PER_S

    def test_a_capture_without_edges_lasts_for_the_timeout(self) -> None:
        clock = VirtualClock()
        assert SimulatedLine(clock, threading.Event()).capture([self.LOW], NS_PER_S, 100) == ()
        assert clock.monotonic_ns() == 1_000_000 + NS_PER_S

    def test_edges_after_the_timeout_are_not_seen(self) -> None:
        line = SimulatedLine(VirtualClock(), threading.Event(), FixedLine(Pulse(False, 80), Pulse(True, 50), self.LOW))
        assert line.capture([], timeout_ns=100, max_edges=100) == (Edge(0, False), Edge(80, True))

    def test_what_was_written_before_belongs_to_the_request(self) -> None:
        clock, part = VirtualClock(), FixedLine()
        line = SimulatedLine(clock, threading.Event(), part)
        line.write(False)
        clock.advance(0.001)
        line.write(False)
        clock.advance(0.001)
        line.capture([Pulse(True, 5)], timeout_ns=0, max_edges=1)
        line.capture([], timeout_ns=0, max_edges=1)
        assert part.requests == [[Pulse(False, 2_000_000), Pulse(True, 5)], []]

    def test_a_part_hears_what_is_written_and_answers_when_the_line_is_read(self) -> None:
        clock = VirtualClock()
        part = Dht22(clock, Environment(clock), powered_ns=-NS_PER_S)
        line = SimulatedLine(clock, threading.Event(), part)
        line.write(False)
        clock.advance(0.001)
        levels = [line.read(Pull.UP)]
        for _ in range(3):
            clock.advance(70e-6)
            levels.append(line.read(Pull.UP))
        assert levels == [True, False, True, False]  # the answer begins with 30 µs high, 80 µs low and 80 µs high

    def test_a_floating_line_keeps_its_last_level(self) -> None:
        line = SimulatedLine(VirtualClock(), threading.Event())
        for level in (True, False):
            line.write(level)
            assert line.read(Pull.NONE) is level


class TestFactory:
    CHIPS = (
        SimulatedChip("bh1750", bus=1, address=0x23),
        SimulatedChip("bh1750", bus=3, address=0x23),
        SimulatedChip("dht22", line=4),
        SimulatedChip("dht22", line=17),
        SimulatedChip("loopback-spi", bus=0, chip_select=1),
        SimulatedChip("loopback-uart", port="serial0"),
    )
    START = (Pulse(False, 1_000_000),)

    def make(self, clock: VirtualClock | None = None, seed: int = 0) -> SimulatedFactory:
        clock = clock or VirtualClock()
        return SimulatedFactory(clock, Environment(clock), self.CHIPS, (1, 3), seed=seed)

    def test_two_buses_have_a_chip_at_the_same_address_each(self) -> None:
        clock = VirtualClock()
        factory = self.make(clock)
        factory.i2c_bus(3).transaction(0x23, [I2cWrite(b"\x10")])
        clock.advance(1)
        assert factory.i2c_bus(1).transaction(0x23, [I2cRead(2)]) == (b"\x00\x00",)
        assert factory.i2c_bus(3).transaction(0x23, [I2cRead(2)]) != (b"\x00\x00",)

    def test_a_missing_device_is_refused_with_those_that_exist_and_what_to_do(self) -> None:
        factory = self.make()
        with pytest.raises(
            UnsupportedError, match=r"no I2C bus 7; there is 1, 3. To have it, add \[buses\.i2c-7\] in host.toml"
        ):
            factory.i2c_bus(7)
        with pytest.raises(UnsupportedError, match=r"no SPI device 0\.0; there is 0\.1. To have it, .*\[simulation\]"):
            factory.spi_device(0, 0)
        with pytest.raises(UnsupportedError, match=r"no serial port 'ttyS1'; there is serial0. To have it"):
            factory.uart("ttyS1")
        with pytest.raises(UnsupportedError, match=r"no GPIO line 54; a Pi has 0 to 53"):
            factory.gpio_line(54)

    def test_a_bare_machine_says_that_it_has_none(self) -> None:
        clock = VirtualClock()
        with pytest.raises(UnsupportedError, match="there is none"):
            SimulatedFactory(clock, Environment(clock), (), ()).uart("serial0")

    @pytest.mark.parametrize(
        "chip",
        [
            SimulatedChip("bh1750", bus=2, address=0x23),
            SimulatedChip("bh1750", line=4),
            SimulatedChip("dht22", bus=1, address=0x23),
            SimulatedChip("bme690", bus=1, address=0x76),
        ],
    )
    def test_a_chip_that_fits_nowhere_is_refused_at_once(self, chip: SimulatedChip) -> None:
        clock = VirtualClock()
        with pytest.raises(ValueError, match=r"I2C buses: \[1\]"):
            SimulatedFactory(clock, Environment(clock), [chip], (1,))

    def test_a_chip_is_the_same_chip_when_its_bus_is_opened_again(self) -> None:
        clock = VirtualClock()
        factory = self.make(clock)
        factory.i2c_bus(1).transaction(0x23, [I2cWrite(b"\x10")])
        clock.advance(1)
        assert factory.i2c_bus(1).transaction(0x23, [I2cRead(2)]) != (b"\x00\x00",)

    def test_a_chip_that_nobody_uses_is_not_even_imported(self) -> None:
        code = """if True:
            import sys
            from hostcore.backends.base import I2cRead
            from hostcore.backends.simulated.factory import SimulatedFactory
            from hostcore.clock import VirtualClock
            from hostcore.devices.catalog import SimulatedChip
            from hostcore.devices.environment import Environment
            clock = VirtualClock()
            chips = [SimulatedChip("bh1750", bus=1, address=0x23), SimulatedChip("aht20", bus=1, address=0x38)]
            factory = SimulatedFactory(clock, Environment(clock), [*chips, SimulatedChip("dht22", line=4)], (1,))
            factory.i2c_bus(1).transaction(0x23, [I2cRead(2)])
            print([name for name in ("bh1750", "aht20", "dht22") if f"hostcore.devices.{name}" in sys.modules])
        """
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert found.stdout.strip() == "['bh1750']"

    def test_parts_of_one_kind_jitter_each_in_its_own_way(self) -> None:
        factory = self.make()
        first, second = (factory.gpio_line(line).capture(self.START, NS_PER_S, 1024) for line in (4, 17))
        assert first != second

    def test_a_run_can_be_repeated(self) -> None:
        def course(seed: int) -> list[object]:
            clock = VirtualClock()
            factory = self.make(clock, seed)
            seen: list[object] = []
            for _ in range(3):
                seen += [factory.gpio_line(4).capture(self.START, NS_PER_S, 1024), factory.system().status()]
                clock.advance(10)
            return seen

        assert course(1) == course(1)
        assert course(1) != course(2)

    def test_a_line_is_the_same_line_when_opened_again(self) -> None:
        factory = self.make()
        factory.gpio_line(22).write(True)
        assert factory.gpio_line(22).read(Pull.NONE) is True

    def test_the_processor_is_as_hot_as_the_environment_says_and_load_moves(self) -> None:
        clock = VirtualClock()
        environment = Environment(clock, {Quantity.CPU_TEMPERATURE: Signal(55.5)})
        system = SimulatedFactory(clock, environment, (), ()).system()
        first = system.status()
        clock.advance(20)
        second = system.status()
        assert first.cpu_temperature == second.cpu_temperature == 55.5
        assert first.load != second.load
        assert first.memory_used != second.memory_used
        assert second.uptime - first.uptime == pytest.approx(20)
        assert 0.8 < (second.idle - first.idle) / 20 < 1

    def test_giving_the_machine_back_ends_every_wait(self) -> None:
        clock = VirtualClock()
        factory = self.make(clock)
        factory.close()
        factory.uart("serial0").read(1, timeout_ns=60 * NS_PER_S)
        factory.gpio_line(5).capture((), timeout_ns=NS_PER_S, max_edges=1)
        assert clock.monotonic_ns() == 0

    def test_a_serial_port_that_nobody_reads_loses_the_oldest_bytes(self) -> None:
        port = self.make().uart("serial0")
        port.write(b"old" + bytes(4090))
        port.write(b"new!")
        assert port.read(8192, 0) == b"ld" + bytes(4090) + b"new!"
