"""The simulated BME680, as its data sheet (BST-BME680-DS001) describes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.devices.bme680_compensation import Calibration
from tests.bme680_bench import (
    CHIP_ID,
    CONFIG,
    CTRL_GAS_0,
    CTRL_GAS_1,
    CTRL_HUM,
    CTRL_MEAS,
    DATA,
    FORCED_16X,
    GAS_LSB,
    RES_HEAT,
    RESET,
    STATUS,
    VARIANT,
    Bench,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestMemoryMap:
    def test_it_identifies_itself_as_a_bme680(self, bench: Bench) -> None:
        assert bench.read(CHIP_ID) == b"\x61"
        assert bench.read(VARIANT) == b"\x00"

    def test_after_power_up_it_sleeps_and_the_data_registers_hold_their_reset_state(self, bench: Bench) -> None:
        assert bench.status() == 0
        assert bench.read(CTRL_MEAS) == b"\x00"
        assert bench.read(DATA, 13) == bytes.fromhex("800000 800000 8000 000000 0000")

    def test_par_p10_is_at_0xa0(self, bench: Bench) -> None:
        assert bench.read(0xA0) == bytes((Calibration().par_p10,))

    def test_the_12_bit_humidity_parameters_share_a_byte(self, bench: Bench) -> None:
        h2_msb, shared, h1_msb = bench.read(0xE1, 3)
        assert h1_msb << 4 | shared & 0x0F == Calibration().par_h1
        assert h2_msb << 4 | shared >> 4 == Calibration().par_h2

    def test_reading_goes_on_to_the_next_register_and_past_the_last_to_the_first(self, bench: Bench) -> None:
        assert bench.read(0x89, 25) == b"".join(bench.read(register) for register in range(0x89, 0x89 + 25))
        assert bench.read(0xFF, 2) == bench.read(0xFF) + bench.read(0x00)

    def test_a_further_read_continues_where_the_last_one_ended(self, bench: Bench) -> None:
        bench.read(0x88, 2)
        bench.chip.start(reading=True)
        assert bench.chip.read(4) == bench.read(0x8A, 4)

    def test_a_write_is_pairs_of_address_and_value_without_auto_increment(self, bench: Bench) -> None:
        bench.write(CTRL_HUM, 0x05, RES_HEAT + 3, 0x73)
        assert bench.read(CTRL_HUM) == b"\x05"
        assert bench.read(RES_HEAT, 10) == bytes((0, 0, 0, 0x73, 0, 0, 0, 0, 0, 0))

    @pytest.mark.parametrize("register", [0x00, STATUS, DATA, GAS_LSB, 0x8A, 0xA0, CHIP_ID, 0xE9, VARIANT, 0x42])
    def test_a_write_to_a_register_that_is_read_only_or_does_not_exist_is_ignored(
        self, bench: Bench, register: int
    ) -> None:
        before = bench.read(register)
        bench.write(register, before[0] ^ 0xFF)
        assert bench.read(register) == before

    @pytest.mark.parametrize(
        ("register", "implemented"), [(CTRL_GAS_0, 0x08), (CTRL_GAS_1, 0x1F), (CTRL_HUM, 0x47), (CONFIG, 0x1D)]
    )
    def test_bits_that_do_not_exist_read_0(self, bench: Bench, register: int, implemented: int) -> None:
        bench.write(register, 0xFF)
        assert bench.read(register)[0] == implemented

    def test_a_quick_write_is_acknowledged_and_does_nothing(self, bench: Bench) -> None:
        bench.write()
        assert bench.status() == 0


class TestReset:
    def test_it_returns_every_register_to_its_reset_state_and_aborts_the_measurement(self, bench: Bench) -> None:
        bench.measure()
        bench.write(CTRL_HUM, 0x01, CONFIG, 0x08, CTRL_MEAS, FORCED_16X)
        bench.write(RESET, 0xB6)
        bench.clock.advance(10.0)
        assert bench.status() == 0
        assert bench.read(CTRL_HUM, 4) == bytes(4)
        assert bench.read(DATA, 13) == Bench().read(DATA, 13)

    def test_another_value_does_not_reset(self, bench: Bench) -> None:
        bench.write(CTRL_HUM, 0x01, RESET, 0xB7)
        assert bench.read(CTRL_HUM) == b"\x01"
        assert bench.read(RESET) == b"\x00"

    def test_the_calibration_reads_0_until_the_start_up_time_has_passed(self, bench: Bench) -> None:
        calibration = bench.read(0x8A, 23)
        bench.write(RESET, 0xB6)
        bench.clock.advance(0.001)
        assert bench.read(0x8A, 23) == bytes(23)
        bench.clock.advance(0.001)
        assert bench.read(0x8A, 23) == calibration


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("write"), st.binary(max_size=12)),
            st.tuples(st.just("read"), st.integers(0, 600)),
            st.tuples(st.just("wait"), st.floats(0, 10)),
        ),
        max_size=20,
    )
)
def test_nothing_that_a_plugin_can_send_breaks_it(steps: list[tuple[str, bytes | int | float]]) -> None:
    bench = Bench()
    for kind, argument in steps:
        if kind == "wait":
            bench.clock.advance(argument)
        elif kind == "write":
            assert bench.chip.start(reading=False)
            assert bench.chip.write(argument) == len(argument)
        else:
            assert bench.chip.start(reading=True)
            assert len(bench.chip.read(argument)) == argument
    bench.chip.stop()
    assert bench.read(CHIP_ID) == b"\x61"
