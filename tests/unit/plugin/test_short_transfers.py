"""A transfer is the transaction of its operations, on whichever way it takes to the gate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import I2C_MAX_MESSAGE, I2cOperation, I2cRead, I2cWrite
from hostcore.errors import AccessDeniedError, BusError
from hostcore.permissions import parse_permission
from tests.plugin_bench import ALL, Bench

ADDRESSES = st.sampled_from([0x77, 0x3C, 0x23, 0x50]) | st.integers(-1, 300)
LENGTHS = st.integers(0, 40) | st.sampled_from([-1, I2C_MAX_MESSAGE - 1, I2C_MAX_MESSAGE, I2C_MAX_MESSAGE + 1, 10_000])
DATA = st.binary(max_size=8) | LENGTHS.map(lambda size: bytes(max(0, size)))


def outcome(bench: Bench, bus: int, address: int, data: bytes, length: int, *, is_transfer: bool) -> object:
    """What the plugin gets, and what is told of it."""
    operations: list[I2cOperation] = [I2cWrite(data)] if data or not length else []
    operations += [I2cRead(length)] if length else []
    try:
        if is_transfer:
            answer: object = bench.hardware.i2c_transfer(bus, address, data, length)
        else:
            answer = b"".join(bench.hardware.i2c_transaction(bus, address, operations))
    except BusError as error:
        answer = type(error), str(error)
    return answer, bench.told


@given(st.sampled_from([1, 3, 2, 300]), ADDRESSES, DATA, LENGTHS, st.booleans())
def test_both_ways_give_the_same_answer_and_the_same_event(
    bus: int, address: int, data: bytes, length: int, is_granted: bool
) -> None:
    permissions = ALL if is_granted else ("i2c:1:0x77:read", "system")
    short, long = (
        outcome(Bench(*permissions), bus, address, data, length, is_transfer=is_transfer)
        for is_transfer in (True, False)
    )
    assert short == long


def test_a_permission_that_is_taken_away_is_missing_at_the_next_transfer() -> None:
    bench = Bench()
    access = bench.hardware._gate.kit.access
    assert [bench.hardware.i2c_transfer(1, 0x77, b"\xd0", 1) for _ in range(3)] == [b"\x61"] * 3
    access.grant([parse_permission("i2c:1:0x77:write")])
    assert bench.hardware.i2c_transfer(1, 0x77, b"\xd0", 0) == b""
    with pytest.raises(AccessDeniedError, match="does not let probe use 0x77"):
        bench.hardware.i2c_transfer(1, 0x77, b"\xd0", 1)
