"""A display driver sends pictures without a pause, at 100 kHz. The light sensor's driver waits for the bus."""

from __future__ import annotations

from hostcore.clock import NS_PER_S
from hostcore.events import Confidence
from tests.faults.everyday import light
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, pictures: int) -> None:
    pi.plug("bh1750", 0x23)
    pi.plug("ssd1306", 0x3C)
    light(pi)

    def start(driver: Driver) -> None:
        driver.write(0x3C, bytes.fromhex("00 8d14 2000 af"))

    def show(driver: Driver) -> None:
        for _ in range(pictures):
            driver.write(0x3C, b"\x40" + bytes(1024))

    pi.drive("ssd1306", show, start)
    if pictures > 1:
        pi.waits_ns["bh1750"] = NS_PER_S * 3 // 10


EXHIBIT = Exhibit(
    scene,
    wrong=8,
    right=1,
    kind="blocked-plugin",
    sentence="bh1750 waits for i2c-1 for {n} % of the time, because ssd1306 holds it for {n} %.",
    confidence=Confidence.LIKELY,
    within=60,
)
