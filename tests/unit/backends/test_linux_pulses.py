"""Recording pulses, on a line that does as it is told; tests/contract has gpiod do the same on the emulated kernel."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from hostcore.backends.base import Edge
from hostcore.backends.linux.gpio import LinuxGpioLine, Pins
from hostcore.backends.linux.pulses import QUIET_NS, LineEvent, capture
from hostcore.clock import NS_PER_S
from hostcore.errors import BusFaultError, LineClaimedError
from hostcore.pulse import Pulse
from tests.emulation.gpio import GpioChip, GpioLine
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.worker import Worker

pytest_plugins = ["tests.emulation.machine"]


class ScriptedLine:
    """A `PulseLine` that hands out batches of events, their times relative to the release.

    Args:
        batches: (microseconds after the release, number of the event) pairs; edges fall and rise in turn.
        fails: raises OSError instead of listening.
    """

    def __init__(self, *batches: Sequence[tuple[int, int]], fails: bool = False) -> None:
        self._batches = list(batches)
        self._fails = fails
        self._released_ns = 0
        self.driven: list[tuple[bool, int]] = []
        self.waits_ns: list[int] = []
        self.closed = False

    def drive(self, level: bool) -> None:
        self.driven.append((level, time.monotonic_ns()))

    def release(self) -> None:
        self._released_ns = time.monotonic_ns()
        self.driven.append((True, self._released_ns))

    def events(self, timeout_ns: int) -> Sequence[LineEvent]:
        self.waits_ns.append(timeout_ns)
        if self._fails:
            raise OSError(5, "Input/output error")
        batch = self._batches.pop(0) if self._batches else ()
        return [LineEvent(self._released_ns + micros * 1000, number % 2 == 0, number) for micros, number in batch]

    def close(self) -> None:
        self.closed = True


def numbered(*micros: int, start: int = 1) -> list[tuple[int, int]]:
    return [(each, number) for number, each in enumerate(micros, start=start)]


def times(edges: Sequence[Edge]) -> list[int]:
    """Microseconds, to the nearest ten thousand: a busy machine makes the release itself take long."""
    return [round(edge.time_ns / 10_000_000) * 10_000 for edge in edges]


def test_edges_carry_the_kernels_times_from_the_release_on() -> None:
    edges = capture(ScriptedLine(numbered(10_000, 20_000, 30_000)), (), NS_PER_S, 100)
    assert times(edges) == [10_000, 20_000, 30_000]
    assert [edge.rising for edge in edges] == [False, True, False]


def test_events_that_come_in_several_batches_are_one_capture() -> None:
    line = ScriptedLine(numbered(1000, 2000), numbered(3000, start=3), numbered(4000, 5000, start=4))
    assert len(capture(line, (), NS_PER_S, 100)) == 5


def test_a_capture_ends_when_the_line_is_quiet() -> None:
    line = ScriptedLine(numbered(1000))
    capture(line, (), NS_PER_S, 100)
    assert len(line.waits_ns) == 2
    assert line.waits_ns[0] > NS_PER_S // 2
    assert line.waits_ns[1] <= QUIET_NS + 1_000_000


def test_a_capture_ends_at_the_edges_asked_for() -> None:
    line = ScriptedLine(numbered(*range(1000, 9000, 1000)), numbered(9000, start=9))
    assert len(capture(line, (), NS_PER_S, 3)) == 3
    assert len(line.waits_ns) == 1


def test_edges_after_the_timeout_do_not_count() -> None:
    line = ScriptedLine(numbered(10_000, 2_000_000))
    assert times(capture(line, (), NS_PER_S, 100)) == [10_000]


@pytest.mark.parametrize(
    "batches",
    [
        [numbered(1000, 2000, start=69)],
        [numbered(1000), numbered(2000, start=4)],
    ],
    ids=["the oldest", "between"],
)
def test_edges_that_the_kernel_had_no_room_for_are_missed(batches: list[list[tuple[int, int]]]) -> None:
    with pytest.raises(BusFaultError, match="edges were lost"):
        capture(ScriptedLine(*batches), (), NS_PER_S, 100)


def test_pulses_last_at_least_as_long_as_they_should() -> None:
    line = ScriptedLine()
    pulses = [Pulse(False, 1_000_000), Pulse(True, 30_000), Pulse(False, 0), Pulse(True, 400_000)]
    capture(line, pulses, 0, 100)
    assert [level for level, _ in line.driven] == [False, True, False, True, True]
    lasted = [after - began for (_, began), (_, after) in zip(line.driven, line.driven[1:], strict=False)]
    assert all(actual >= pulse.duration_ns for actual, pulse in zip(lasted, pulses, strict=True))


class TestLine:
    def test_a_line_that_fails_is_a_bus_fault_and_is_given_back(self) -> None:
        line = ScriptedLine(fails=True)
        with pytest.raises(BusFaultError, match=r"GPIO line 4: .*Input/output error"):
            LinuxGpioLine(4, no_pins, lambda number: line).capture((), 1000, 10)
        assert line.closed

    def test_a_line_that_another_program_has_is_refused(self, kernel: EmulatedKernel, linux: Worker) -> None:
        chip = GpioChip()
        kernel.plug("gpiochip0", chip)
        chip.requested[17] = GpioLine(chip, 17, "neighbour")
        with pytest.raises(LineClaimedError, match="GPIO line 17: neighbour uses it") as refused:
            linux.gpio_line(17).capture((), 1000, 10)
        assert refused.value.claimed_by == "neighbour"

    def test_the_name_of_a_program_that_has_a_line_cannot_change_the_terminal(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        chip = GpioChip()
        kernel.plug("gpiochip0", chip)
        chip.requested[17] = GpioLine(chip, 17, "\x1b[2Jevil")
        with pytest.raises(LineClaimedError) as refused:
            linux.gpio_line(17).capture((), 1000, 10)
        assert refused.value.claimed_by == "\ufffd[2Jevil"


def no_pins() -> Pins:
    raise AssertionError("nobody read or wrote a level")
