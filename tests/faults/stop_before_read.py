"""An old smbus script writes the register's number and reads in a second transfer. The MPL3115A2 forgets the number."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, is_two_transfers: bool) -> None:
    pi.plug("registers:mpl3115a2", 0x60)

    def register(driver: Driver, number: int, length: int) -> bytes:
        if is_two_transfers:
            driver.write(0x60, bytes([number]))
            return driver.read(0x60, length)
        return driver.write_read(0x60, bytes([number]), length)

    def start(driver: Driver) -> None:
        driver.write(0x60, b"\x26\x39")

    def read(driver: Driver) -> dict[str, float]:
        return {"temperature": int.from_bytes(register(driver, 0x04, 2), "big", signed=True) / 256}

    pi.drive("mpl3115a2", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="no-repeated-start",
    sentence="mpl3115a2 sends a stop between the number of register OUT_T (0x04) and the read. The MPL3115A2 at "
    "0x60 on i2c-1 needs a repeated start there: after a stop, it forgets the number.",
    confidence=Confidence.LIKELY,
    within=10,
)
