"""host.toml still has the address of the old board. The driver asks for the new one, and may not."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, permission: str) -> None:
    pi.plug("bh1750", 0x5C)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x5C, b"\x20")
        driver.sleep(0.18)
        return {"illuminance": int.from_bytes(driver.read(0x5C, 2), "big") / 1.2}

    pi.drive("bh1750", read, permissions=[permission])


EXHIBIT = Exhibit(
    scene,
    wrong="i2c:1:0x23",
    right="i2c:1:0x5c",
    kind="denied-access",
    sentence="bh1750 cannot work: host.toml does not let it use 0x5c on i2c-1.",
    confidence=Confidence.CERTAIN,
    within=20,
)
