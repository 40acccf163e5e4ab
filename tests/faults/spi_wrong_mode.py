"""The driver was written for a chip in mode 1. A BMP280 works in modes 0 and 3."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import plug_bmp280_on_spi, pressure_on_spi
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, mode: int) -> None:
    plug_bmp280_on_spi(pi)
    pressure_on_spi(pi, mode=mode)


EXHIBIT = Exhibit(
    scene,
    wrong=1,
    right=3,
    kind="spi-mode",
    sentence="bmp280 uses mode 1 at chip select 0 of spi-0, but a BMP280 works in modes 0 and 3 only.",
    confidence=Confidence.LIKELY,
    within=15,
)
