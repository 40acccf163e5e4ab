"""An SCD30 may hold the clock for 150 ms. The controller of a Pi waits for 35 ms, and transfers end in EIO."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, stretching_ms: float) -> None:
    pi.plug("registers:scd30", 0x61)

    def start(driver: Driver) -> None:
        driver.write(0x61, b"\x00\x10\x00\x00\x81")

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x61, b"\x02\x02")
        driver.sleep(0.004)
        return {"ready": driver.read(0x61, 3)[1]}

    pi.drive("scd30", read, start, every=2)
    pi.fault(Fault(FaultKind.STRETCHING, BusName("i2c-1"), 0x61, amount=stretching_ms))


EXHIBIT = Exhibit(
    scene,
    wrong=150,
    right=12,
    kind="stretched-too-long",
    sentence="The SCD30 at 0x61 on i2c-1 may hold the clock for 150 ms, and the controller usually waits 35 ms: "
    "transfers end in a bus error.",
    confidence=Confidence.LIKELY,
    within=20,
)
