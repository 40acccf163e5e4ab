"""A level shifter delays MISO by half a clock: each answer comes one bit late, and 0x58 reads as 0x2c."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import plug_bmp280_on_spi, pressure_on_spi
from tests.faults.exhibit import Exhibit
from tests.watched import Watched


def scene(pi: Watched, is_late: bool) -> None:
    plug_bmp280_on_spi(pi, is_late=is_late)
    pressure_on_spi(pi)


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="spi-mode",
    sentence="The answers of chip select 0 of spi-0 are shifted by one bit: register id reads 0x2c instead of 0x58"
    " of a BMP280. Likely, mode 0 is the wrong one.",
    confidence=Confidence.LIKELY,
    within=15,
)
