"""The driver clocks the chip with 20 MHz. The data sheet of the BMP280 allows 10 MHz."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import plug_bmp280_on_spi, pressure_on_spi
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, speed_hz: int) -> None:
    plug_bmp280_on_spi(pi)
    pressure_on_spi(pi, speed_hz=speed_hz)


EXHIBIT = Exhibit(
    scene,
    wrong=20_000_000,
    right=10_000_000,
    kind="spi-too-fast",
    sentence="bmp280 clocks chip select 0 of spi-0 with 20 MHz, but a BMP280 allows 10 MHz at most.",
    confidence=Confidence.LIKELY,
    within=5,
)
