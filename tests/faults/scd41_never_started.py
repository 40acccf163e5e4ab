"""The SCD41 measures only after start_periodic_measurement. The driver reads the results without it."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, starts: bool) -> None:
    pi.plug("registers:scd4x", 0x62)

    def start(driver: Driver) -> None:
        if starts:
            driver.write(0x62, b"\x21\xb1")
            driver.sleep(5)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x62, b"\xe4\xb8")
        driver.sleep(0.001)
        if not int.from_bytes(driver.read(0x62, 3)[:2], "big") & 0x7FF:
            raise ValueError("no data yet")
        driver.write(0x62, b"\xec\x05")
        driver.sleep(0.001)
        return {"co2": int.from_bytes(driver.read(0x62, 9)[:2], "big")}

    pi.drive("scd41", read, start, every=5)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="never-started",
    sentence="The SCD4x at 0x62 on i2c-1 does not measure: it says that it has no result. It measures only after "
    "the command START_PERIODIC, or another such start.",
    confidence=Confidence.LIKELY,
    within=60,
)
