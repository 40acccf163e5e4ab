"""What the self-test finds on lines and ports that a person has wired, and what it never drives."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hostcore.backends.base import Uart
from hostcore.backends.simulated.line import SimulatedLine
from hostcore.backends.spi import SpiDevice, SpiOperation, SpiSettings, SpiTransfer
from hostcore.errors import BusFaultError
from hostcore.place import BusName, Place
from hostcore.selftest import wires
from hostcore.selftest.model import Verdict
from hostcore.selftest.wires import EDGES, PATTERN, try_spi, try_uart, try_wire
from tests.wired_lines import Wire, WiredLine


class Loopback(SpiDevice, Uart):
    """A port with its input wired to its output, through something that changes what passes.

    Args:
        lost: bytes that are lost at the end.
        problem: fails each transfer.
    """

    def __init__(self, lost: int = 0, problem: str = "") -> None:
        self._lost, self._problem, self._waiting = lost, problem, b""

    def transaction(self, operations: Sequence[SpiOperation], settings: SpiSettings) -> tuple[bytes, ...]:
        self._fail_if_told()
        return tuple(self._passed(each.data) for each in operations if isinstance(each, SpiTransfer))

    def set_baud(self, baud: int) -> None:
        self._fail_if_told()

    def write(self, data: bytes) -> None:
        self._waiting += self._passed(data)

    def read(self, max_length: int, timeout_ns: int) -> bytes:
        received, self._waiting = self._waiting[:100], self._waiting[100:]
        return received

    def _passed(self, data: bytes) -> bytes:
        return data[: len(data) - self._lost]

    def _fail_if_told(self) -> None:
        if self._problem:
            raise BusFaultError(self._problem, Place(BusName.spi(0), 0))


class TestTwoLines:
    def test_that_are_wired_together_carry_levels_both_ways_and_edges(self) -> None:
        wire = Wire()
        result = try_wire("GPIO", WiredLine(16, wire), WiredLine(20, wire))
        assert (result.verdict, result.facts["wrong_levels"], result.facts["edges"]) == (Verdict.OK, 0, EDGES)

    def test_that_are_not_wired_together_are_not_driven(self) -> None:
        one, other = Wire(), Wire()
        result = try_wire("GPIO", WiredLine(16, one), WiredLine(20, other))
        assert result.verdict is Verdict.FAILED
        assert "nothing was driven" in result.text
        assert one.driven == other.driven == []

    def test_that_something_else_holds_are_not_driven(self) -> None:
        wire = Wire()
        wire.set(99, None, True)
        try_wire("GPIO", WiredLine(16, wire), WiredLine(20, wire))
        assert wire.driven == [True], "only the other part drives"

    def test_of_which_one_cannot_drive_are_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wires, "EDGE_TIMEOUT_NS", 1)
        wire = Wire()
        result = try_wire("GPIO", WiredLine(16, wire, is_broken=True), WiredLine(20, wire))
        assert result.verdict is Verdict.FAILED
        assert "4 of 16 levels were wrong, 0 of 8 edges" in result.text

    def test_of_the_simulated_pi_are_not_wired(self) -> None:
        from threading import Event

        from hostcore.clock import VirtualClock

        clock = VirtualClock()
        result = try_wire("GPIO", SimulatedLine(clock, Event()), SimulatedLine(clock, Event()))
        assert result.verdict is Verdict.FAILED

    def test_are_inputs_afterwards(self) -> None:
        wire = Wire()
        try_wire("GPIO", WiredLine(16, wire), WiredLine(20, wire))
        wire.set(99, None, True)
        assert wire.level() is True, "nothing drives against it"
        assert wire.set(99, None, False) is False


class TestALoopback:
    def test_of_spi_returns_all_bytes(self) -> None:
        result = try_spi("SPI", Loopback())
        assert (result.verdict, result.text) == (Verdict.OK, "256 bytes came back at 500 kHz and 4000 kHz")

    def test_of_a_serial_port_returns_all_bytes(self) -> None:
        assert try_uart("UART", Loopback()).text == "256 bytes came back at 115200 baud"

    @pytest.mark.parametrize("attempt", [try_spi, try_uart])
    def test_that_loses_bytes_says_how_many_came_back_and_what_to_do(self, attempt: object) -> None:
        assert callable(attempt)
        result = attempt("port", Loopback(lost=56))
        assert result.verdict is Verdict.FAILED
        assert result.text.startswith("200 of 256 bytes came back")
        assert result.advice.startswith("wire ")

    @pytest.mark.parametrize("attempt", [try_spi, try_uart])
    def test_that_is_open_says_that_nothing_came(self, attempt: object) -> None:
        assert callable(attempt)
        assert "nothing was received" in attempt("port", Loopback(lost=len(PATTERN))).text

    @pytest.mark.parametrize("attempt", [try_spi, try_uart])
    def test_that_fails_tells_the_problem(self, attempt: object) -> None:
        assert callable(attempt)
        result = attempt("port", Loopback(problem="the port was unplugged"))
        assert (result.verdict, result.text) == (Verdict.FAILED, "the port was unplugged")
