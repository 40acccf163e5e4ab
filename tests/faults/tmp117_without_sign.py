"""The driver takes the TMP117's result as a number without a sign. In the freezer, -18 °C becomes 494 °C."""

from __future__ import annotations

from hostcore.devices.environment import DEFAULT_SIGNALS, Quantity, Signal
from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, is_signed: bool) -> None:
    pi.plug("registers:tmp117", 0x48)

    def read(driver: Driver) -> dict[str, float]:
        answer = driver.write_read(0x48, b"\x00", 2)
        return {"temperature": int.from_bytes(answer, "big", signed=is_signed) / 128}

    pi.drive("tmp117", read)


EXHIBIT = Exhibit(
    scene,
    wrong=False,
    right=True,
    kind="wrong-sign",
    sentence="tmp117 takes TEMP_RESULT of the TMP117 at 0x48 on i2c-1 with the wrong sign: the bytes {x} {x} mean "
    "{n} °C, but it published {n} as temperature.",
    confidence=Confidence.LIKELY,
    within=60,
    signals={**DEFAULT_SIGNALS, Quantity.TEMPERATURE: Signal(base=-18.0, noise=0.1)},
)
