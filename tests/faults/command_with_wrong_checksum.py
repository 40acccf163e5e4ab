"""The driver tells the SCD41 its altitude, and computes the checksum of this argument with the start value 0x00."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.everyday import sensirion_crc
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched

ALTITUDE = b"\x01\xf4"


def scene(pi: Watched, initial: int) -> None:
    pi.plug("registers:scd4x", 0x62)

    def start(driver: Driver) -> None:
        driver.write(0x62, b"\x24\x27" + ALTITUDE + bytes([sensirion_crc(ALTITUDE, initial=initial)]))
        driver.sleep(0.001)
        driver.write(0x62, b"\x21\xb1")

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x62, b"\xec\x05")
        driver.sleep(0.001)
        return {"co2": int.from_bytes(driver.read(0x62, 9)[:2], "big")}

    pi.drive("scd41", read, start, every=5)


EXHIBIT = Exhibit(
    scene,
    wrong=0x00,
    right=0xFF,
    kind="wrong-crc-sent",
    sentence="scd41 sends SET_ALTITUDE with a wrong checksum. The SCD4x at 0x62 on i2c-1 then ignores it.",
    confidence=Confidence.LIKELY,
    within=10,
)
