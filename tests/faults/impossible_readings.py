"""The results of a BME280 have 20 bits in three bytes. The driver forgets to shift them by four bits."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, shift: int) -> None:
    pi.plug("registers:bme280", 0x76)

    def start(driver: Driver) -> None:
        if driver.write_read(0x76, b"\xd0", 1) != b"\x60":
            raise ValueError("no BME280")
        driver.write_read(0x76, b"\x88", 26)
        driver.write_read(0x76, b"\xe1", 7)
        driver.write(0x76, b"\xf2\x01")
        driver.write(0x76, b"\xf4\x27")
        driver.sleep(0.05)

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x76, b"\xf7", 8)
        return {
            "pressure": (int.from_bytes(answer[:3], "big") >> shift) / 259,  # about what the formulas give
            "temperature": (int.from_bytes(answer[3:6], "big") >> shift) / 13_000,
            "humidity": int.from_bytes(answer[6:], "big") / 364,
        }

    pi.drive("bme280", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0,
    right=4,
    kind="impossible-numbers",
    sentence="Several numbers of bme280 cannot be: pressure {n} and temperature {n}. Likely, it reads its results "
    "or its calibration from the wrong place, or takes the bytes in the wrong order.",
    confidence=Confidence.LIKELY,
    within=30,
)
