"""The scanner: which probes it makes, what it makes of the answers, and that the bus stays everybody's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import BackendKind, I2cBus, I2cOperation, I2cRead, I2cWrite
from hostcore.buses.probing import ADDRESSES, PAUSE_NS, READ_ADDRESSES, grid, probes_offered, scan
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import (
    ArbitrationLostError,
    BusError,
    BusFaultError,
    BusTimeoutError,
    ClaimedByKernelError,
    HostError,
    NoAcknowledgeError,
    UnsupportedError,
)
from hostcore.events import Presence, Probed
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.place import BusName, Place

PLACE = Place(BusName.i2c(1), 0x42)
ANSWER = None
SILENCE = NoAcknowledgeError("no device acknowledged", PLACE)
NOISE = BusFaultError("the wires misbehaved", PLACE)
CLAIM = ClaimedByKernelError("the kernel's driver bmp280 has this device", PLACE)
UNABLE = UnsupportedError("the adapter cannot do such a transfer", PLACE)
QUICK, READ = I2cWrite(b""), I2cRead(1)

Outcomes = Sequence[BusError | None]


class ScriptedBus(I2cBus):
    """Answers as told, the last outcome over and over; addresses without a script stay silent."""

    def __init__(
        self,
        script: Mapping[int, Outcomes] = {},
        before: Callable[[int], None] = lambda _address: None,
    ) -> None:
        self.probes: list[tuple[int, I2cOperation]] = []
        self._script = {address: list(outcomes) for address, outcomes in script.items()}
        self._before = before

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        (operation,) = operations
        self.probes.append((address, operation))
        self._before(address)
        outcomes = self._script.get(address, [SILENCE])
        outcome = outcomes.pop(0) if len(outcomes) > 1 else outcomes[0]
        if outcome is not None:
            raise outcome
        return (b"\x00",) * isinstance(operation, I2cRead)

    def asked(self, address: int) -> int:
        return sum(1 for each, _ in self.probes if each == address)


def scanned(bus: I2cBus, mode: ScanMode = ScanMode.AUTO, **options: object) -> dict[int, Probed]:
    found = scan(bus, nullcontext, mode, clock=VirtualClock(), **options)
    assert [each.address for each in found] == sorted(each.address for each in found)
    return {each.address: each for each in found}


class TestProbes:
    def test_every_address_that_a_device_may_have_is_probed_in_three_rounds_and_no_other(self) -> None:
        bus = ScriptedBus()
        scanned(bus)
        assert [address for address, _ in bus.probes] == list(range(0x08, 0x78)) * 3

    def test_auto_reads_where_eeproms_are_and_sends_the_address_alone_elsewhere(self) -> None:
        bus = ScriptedBus()
        scanned(bus)
        reading = [address for address, operation in bus.probes if operation == READ]
        assert reading == [*range(0x30, 0x38), *range(0x50, 0x60)] * 3
        assert {operation for address, operation in bus.probes if address not in reading} == {QUICK}

    @pytest.mark.parametrize(("mode", "operation"), [(ScanMode.QUICK, QUICK), (ScanMode.READ, READ)])
    def test_the_other_modes_do_the_same_everywhere(self, mode: ScanMode, operation: I2cOperation) -> None:
        bus = ScriptedBus()
        scanned(bus, mode)
        assert {each for _, each in bus.probes} == {operation}

    @pytest.mark.parametrize("first", [ANSWER, SILENCE, NOISE])
    def test_every_address_is_asked_as_often_as_wanted(self, first: BusError | None) -> None:
        bus = ScriptedBus({0x42: [first]})
        scanned(bus, probes=5)
        assert {bus.asked(address) for address in ADDRESSES} == {5}

    def test_the_progress_is_told_before_each_probe(self) -> None:
        told = list[tuple[int, int, int]]()
        bus = ScriptedBus()
        scanned(bus, tell=lambda *progress: told.append(progress))
        assert [address for address, _, _ in told] == [address for address, _ in bus.probes]
        assert [(done, whole) for _, done, whole in told] == [(done, 336) for done in range(336)]

    def test_a_single_probe_is_allowed(self) -> None:
        assert scanned(ScriptedBus({0x42: [ANSWER, SILENCE]}), probes=1)[0x42].presence is Presence.PRESENT


class TestVerdicts:
    @pytest.mark.parametrize(
        ("outcomes", "presence", "detail"),
        [
            ([SILENCE], Presence.ABSENT, ""),
            ([ANSWER], Presence.PRESENT, ""),
            ([ANSWER, SILENCE, ANSWER], Presence.GHOST, "answered 2 of 3 probes, otherwise: no device acknowledged"),
            ([ANSWER, SILENCE], Presence.GHOST, "answered 1 of 3 probes, otherwise: no device acknowledged"),
            ([SILENCE, ANSWER], Presence.GHOST, "answered 2 of 3 probes, otherwise: no device acknowledged"),
            ([SILENCE, SILENCE, ANSWER], Presence.GHOST, "answered 1 of 3 probes, otherwise: no device acknowledged"),
            ([ANSWER, ANSWER, NOISE], Presence.GHOST, "answered 2 of 3 probes, otherwise: the wires misbehaved"),
            ([NOISE], Presence.FAULT, "the wires misbehaved"),
            ([NOISE, ANSWER], Presence.GHOST, "answered 2 of 3 probes, otherwise: the wires misbehaved"),
            ([NOISE, SILENCE], Presence.FAULT, "the wires misbehaved"),
            ([SILENCE, NOISE], Presence.FAULT, "the wires misbehaved"),
            ([BusTimeoutError("it took too long")], Presence.FAULT, "it took too long"),
            ([ArbitrationLostError("another controller won")], Presence.FAULT, "another controller won"),
            ([CLAIM], Presence.KERNEL, "the kernel's driver bmp280 has this device"),
        ],
    )
    def test_an_address_is_what_its_answers_say(self, outcomes: Outcomes, presence: Presence, detail: str) -> None:
        assert scanned(ScriptedBus({0x42: outcomes}))[0x42] == Probed(0x42, presence, detail)

    def test_what_a_kernel_driver_holds_is_left_alone(self) -> None:
        bus = ScriptedBus({0x42: [CLAIM]})
        scanned(bus)
        assert bus.asked(0x42) == 1


class TestAnAdapterThatCannot:
    def test_send_an_address_alone_leaves_out_what_would_need_it(self) -> None:
        bus = ScriptedBus({0x42: [ANSWER], 0x50: [ANSWER], 0x68: [CLAIM]})
        found = scanned(bus, offered=[READ])
        assert tuple(found) == READ_ADDRESSES
        assert found[0x50].presence is Presence.PRESENT
        assert {operation for _, operation in bus.probes} == {READ}

    @pytest.mark.parametrize(
        ("mode", "offered"), [(ScanMode.AUTO, []), (ScanMode.QUICK, [READ]), (ScanMode.READ, [QUICK])]
    )
    def test_probe_in_this_mode_at_all_is_an_error(self, mode: ScanMode, offered: list[I2cOperation]) -> None:
        bus = ScriptedBus()
        with pytest.raises(UnsupportedError, match=f"the adapter cannot probe in mode {mode}; try another mode"):
            scanned(bus, mode, offered=offered)
        assert not bus.probes

    def test_do_what_it_offers_has_a_fault(self) -> None:
        found = scanned(ScriptedBus({0x42: [UNABLE]}))
        assert found[0x42] == Probed(0x42, Presence.FAULT, "the adapter cannot do such a transfer")


def test_a_simulated_bus_offers_every_probe() -> None:
    assert set(probes_offered(BusFacts(BusName("i2c-1"), BackendKind.SIMULATED))) == {QUICK, READ}


class TestTheBusIsEverybodys:
    def test_it_is_held_for_each_probe_alone_and_free_for_a_moment_after_it(self) -> None:
        clock, held, freed = VirtualClock(), [], []

        @contextmanager
        def hold() -> Iterator[None]:
            if freed:
                assert clock.monotonic_ns() - freed[-1] >= PAUSE_NS
            held.append(True)
            yield
            assert held.pop()
            freed.append(clock.monotonic_ns())

        bus = ScriptedBus({0x42: [ANSWER]}, before=lambda _address: held.__getitem__(0))
        scan(bus, hold, ScanMode.AUTO, clock=clock)
        assert len(freed) == len(bus.probes)

    def test_a_plugin_that_wants_it_gets_it_soon(self) -> None:
        lock, turns, under_way = threading.Lock(), [], threading.Event()

        def use() -> None:
            under_way.wait()
            for _ in range(20):
                with lock:
                    turns.append(len(bus.probes))

        bus = ScriptedBus(before=lambda _address: under_way.set())
        plugin = threading.Thread(target=use)
        plugin.start()
        scan(bus, lambda: lock, ScanMode.AUTO)
        plugin.join()
        assert turns[-1] < len(ADDRESSES), "20 turns while the scan was still under way"

    def test_a_failure_to_get_it_ends_the_scan(self) -> None:
        def hold() -> nullcontext[None]:
            raise HostError("told to stop")

        with pytest.raises(HostError, match="told to stop"):
            scan(ScriptedBus(), hold, ScanMode.AUTO, clock=VirtualClock())


class TestTime:
    def test_a_healthy_bus_takes_a_fraction_of_a_second(self) -> None:
        clock = VirtualClock()
        scan(ScriptedBus(), nullcontext, ScanMode.AUTO, clock=clock)
        assert clock.monotonic_ns() < NS_PER_S * 7 // 10

    def test_a_bus_where_every_probe_times_out_is_given_up_after_a_while(self) -> None:
        clock = VirtualClock()
        bus = ScriptedBus({address: [NOISE] for address in ADDRESSES}, before=lambda _address: clock.advance(1))
        found = scan(bus, nullcontext, ScanMode.AUTO, clock=clock, seconds=10)
        assert clock.monotonic_ns() <= 13 * NS_PER_S
        assert len(found) == len(ADDRESSES)
        assert {each.presence for each in found} == {Presence.FAULT}
        assert found[-1].detail == "not probed: the scan had already taken 10 s"

    def test_an_address_that_was_probed_in_time_keeps_its_result(self) -> None:
        clock = VirtualClock()
        bus = ScriptedBus({0x42: [ANSWER]}, before=lambda _address: clock.advance(1))
        found = {each.address: each for each in scan(bus, nullcontext, ScanMode.AUTO, clock=clock, seconds=150)}
        assert found[0x42] == Probed(0x42, Presence.PRESENT, "")
        assert {each.presence for each in found.values()} == {Presence.PRESENT, Presence.ABSENT}

    def test_it_stops_when_told_to(self) -> None:
        stop = threading.Event()
        bus = ScriptedBus(before=lambda address: stop.set() if address == 0x20 else None)
        with pytest.raises(HostError, match="the scan was stopped"):
            scanned(bus, stop=stop)
        assert bus.probes[-1][0] == 0x20


class TestGrid:
    def test_it_is_what_i2cdetect_prints(self) -> None:
        presences = {
            0x08: Presence.PRESENT,
            0x1F: Presence.GHOST,
            0x42: Presence.FAULT,
            0x68: Presence.KERNEL,
            0x77: Presence.PRESENT,
        }
        table = grid(Probed(each, presences.get(each, Presence.ABSENT), "") for each in ADDRESSES if each != 0x50)
        dashes = " --" * 15
        assert table.split("\n") == [
            "     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f",
            "00:                         08 -- -- -- -- -- -- -- ",
            f"10:{dashes} 1f ",
            f"20:{dashes} -- ",
            f"30:{dashes} -- ",
            f"40:{dashes} -- ",
            f"50:   {dashes} ",
            "60: -- -- -- -- -- -- -- -- UU -- -- -- -- -- -- -- ",
            "70: -- -- -- -- -- -- -- 77                         ",
        ]

    @given(st.dictionaries(st.sampled_from(ADDRESSES), st.sampled_from(Presence)))
    def test_every_cell_is_where_its_address_says(self, presences: dict[int, Presence]) -> None:
        header, *rows = grid(Probed(address, each, "") for address, each in presences.items()).split("\n")
        cells = {
            int(row[:2], 16) + column: row[4 + 3 * column : 6 + 3 * column] for row in rows for column in range(16)
        }
        assert len(cells) == 128
        assert all(header[5 + 3 * column] == f"{column:x}" for column in range(16))
        for address, cell in cells.items():
            match presences.get(address):
                case None:
                    assert cell == "  "
                case Presence.PRESENT | Presence.GHOST:
                    assert int(cell, 16) == address
                case Presence.KERNEL:
                    assert cell == "UU"
                case _:
                    assert cell == "--"
