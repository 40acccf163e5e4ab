"""The chip's CS is at CE1, and the driver selects chip 0."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import plug_bmp280_on_spi, pressure_on_spi
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, chip_select: int) -> None:
    plug_bmp280_on_spi(pi, chip_select=1)
    pressure_on_spi(pi, chip_select=chip_select)


EXHIBIT = Exhibit(
    scene,
    wrong=0,
    right=1,
    kind="spi-no-answer",
    sentence="All {n} last answers of chip select 0 of spi-0 are 0x00: likely, MISO has no contact, or the chip "
    "has no power or is not at this chip select.",
    confidence=Confidence.LIKELY,
    within=15,
)
