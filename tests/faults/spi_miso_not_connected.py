"""MISO of the BMP280 board is not wired: every answer is 0x00, the level of the pull-down."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import plug_bmp280_on_spi, pressure_on_spi
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_wired: bool) -> None:
    if is_wired:
        plug_bmp280_on_spi(pi)
    pressure_on_spi(pi)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="spi-no-answer",
    sentence="All {n} last answers of chip select 0 of spi-0 are 0x00: likely, MISO has no contact, or the chip "
    "has no power or is not at this chip select.",
    confidence=Confidence.LIKELY,
    within=15,
)
