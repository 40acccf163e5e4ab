"""Checksums, held against the check values of the catalogue of parametrised CRC algorithms, and of data sheets."""

from __future__ import annotations

import pytest

from hostcore.chips.crc import checksum
from hostcore.chips.model import Crc
from hostcore.devices.aht20 import crc8

CHECK = b"123456789"
"""The message whose checksum the catalogue gives for each algorithm."""


@pytest.mark.parametrize(
    ("crc", "message", "expected"),
    [
        pytest.param(Crc(8, 0x31, 0xFF, "SHT3x, 4.12"), b"\xbe\xef", 0x92, id="Sensirion"),
        pytest.param(Crc(8, 0x31, 0xFF, "CRC-8/NRSC-5"), CHECK, 0xF7, id="CRC-8/NRSC-5"),
        pytest.param(Crc(8, 0x07, 0x00, "CRC-8/SMBUS"), CHECK, 0xF4, id="CRC-8/SMBUS"),
        pytest.param(Crc(8, 0x07, 0x00, "CRC-8/I-432-1", final_xor=0x55), CHECK, 0xA1, id="CRC-8/I-432-1"),
        pytest.param(Crc(8, 0x31, 0x00, "CRC-8/MAXIM-DOW", reflected=True), CHECK, 0xA1, id="CRC-8/MAXIM-DOW"),
        pytest.param(Crc(8, 0x07, 0xFF, "CRC-8/ROHC", reflected=True), CHECK, 0xD0, id="CRC-8/ROHC"),
        pytest.param(Crc(16, 0x1021, 0xFFFF, "CRC-16/IBM-3740"), CHECK, 0x29B1, id="CRC-16/IBM-3740"),
        pytest.param(Crc(16, 0x8005, 0x0000, "CRC-16/ARC", reflected=True), CHECK, 0xBB3D, id="CRC-16/ARC"),
        pytest.param(Crc(16, 0x8005, 0xFFFF, "CRC-16/MODBUS", reflected=True), CHECK, 0x4B37, id="CRC-16/MODBUS"),
    ],
)
def test_the_checksum_is_that_of_the_catalogue(crc: Crc, message: bytes, expected: int) -> None:
    assert checksum(crc, message) == expected


def test_the_model_of_the_aht20_has_the_same_checksum() -> None:
    crc = Crc(8, 0x31, 0xFF, "ASAIR AHT20, 5.4")
    assert all(
        checksum(crc, bytes([low, 0x80, 0xFF - low])) == crc8(bytes([low, 0x80, 0xFF - low])) for low in range(256)
    )


def test_nothing_has_the_initial_value_as_its_checksum() -> None:
    assert checksum(Crc(16, 0x1021, 0xFFFF, "any"), b"") == 0xFFFF
