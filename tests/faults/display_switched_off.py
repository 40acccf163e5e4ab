"""A screen saver switched the display off after some seconds. The driver goes on sending pictures."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import display
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, last_command: bytes) -> None:
    display(pi)

    def save(driver: Driver) -> None:
        driver.write(0x3C, b"\x00" + last_command)

    pi.run(10)
    pi.drive("screen_saver", save, every=1000)


EXHIBIT = Exhibit(
    scene,
    wrong=b"\xae",
    right=b"\xaf",
    kind="display-off",
    sentence="The display at 0x3c on i2c-1 is dark: screen_saver switched it off (0xae), and ssd1306 sends "
    "pictures without switching it on again (0xaf).",
    confidence=Confidence.CERTAIN,
    within=25,
)
