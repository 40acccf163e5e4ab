"""The driver reads the AHT20 after 40 ms and takes the bytes, although the busy bit of the first one is set."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, seconds: float) -> None:
    pi.plug("aht20", 0x38)

    def start(driver: Driver) -> None:
        driver.write(0x38, b"\xbe\x08\x00")
        driver.sleep(0.01)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x38, b"\xac\x33\x00")
        driver.sleep(seconds)
        answer = driver.read(0x38, 7)
        return {"humidity": (int.from_bytes(answer[1:4], "big") >> 4) / 2**20 * 100}

    pi.drive("aht20", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=0.04,
    right=0.08,
    kind="read-early",
    sentence="aht20 reads the AHT20 at 0x38 on i2c-1 40 ms after it starts a measurement, before there is a "
    "result. The chip says that it still measures. The data sheet says up to 80 ms.",
    confidence=Confidence.LIKELY,
    within=20,
)
