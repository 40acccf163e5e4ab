"""The colour sensor has to be switched on with PON and AEN. The driver sets PON only, and every colour is 0."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, enable: int) -> None:
    pi.plug("registers:tcs34725", 0x29)

    def start(driver: Driver) -> None:
        driver.write_read(0x29, b"\x92", 1)
        driver.write(0x29, bytes([0x80, enable]))
        driver.sleep(0.003)

    def read(driver: Driver) -> dict[str, float]:
        return {"clear": int.from_bytes(driver.write_read(0x29, b"\x94", 2), "little")}

    pi.drive("tcs34725", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0x01,
    right=0x03,
    kind="never-started",
    sentence="The TCS34725 at 0x29 on i2c-1 does not measure: CDATA always reads 0x0000. It measures only after "
    "ENABLE.AEN = 1 (measuring). ENABLE (0x80) was set to 0x01.",
    confidence=Confidence.LIKELY,
    within=20,
)
