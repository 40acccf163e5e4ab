"""The 1.3 inch module is sold as SSD1306, but has an SH1106, which begins two columns further to the left."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import DISPLAY_SETUP
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched
from tests.workbench import FaultyTarget


def scene(pi: Watched, status: int) -> None:
    chip = pi.plug("ssd1306", 0x3C)
    pi.plug(FaultyTarget(chip, lambda answer: bytes([status])), 0x3C)

    def start(driver: Driver) -> None:
        driver.write(0x3C, b"\x00" + DISPLAY_SETUP)

    def show(driver: Driver) -> None:
        driver.read(0x3C, 1)
        driver.write(0x3C, b"\x40" + bytes(1024))

    pi.drive("ssd1306", show, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0x08,
    right=0x43,
    kind="display-other-chip",
    sentence="The display at 0x3c on i2c-1 could be an SH1106: its status reads 0x08. Then a picture for an "
    "SSD1306 is garbled, or begins two columns too far to the left.",
    confidence=Confidence.POSSIBLE,
    within=15,
)
