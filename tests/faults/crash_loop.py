"""The driver divides by a calibration value that is 0 on this chip. It crashes at each reading."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, calibration: int) -> None:
    pi.plug("bh1750", 0x23)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x23, b"\x20")
        driver.sleep(0.18)
        return {"illuminance": int.from_bytes(driver.read(0x23, 2), "big") / calibration}

    pi.drive("bh1750", read)


EXHIBIT = Exhibit(
    scene,
    wrong=0,
    right=1,
    kind="crash-loop",
    sentence="bh1750 crashed at least {n} times within {n} s for the same reason: ZeroDivisionError: division by zero.",
    confidence=Confidence.CERTAIN,
    within=15,
)
