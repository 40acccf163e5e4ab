"""The driver measures once, in its setup, and publishes that value for ever. The room warms up by several degrees."""

from __future__ import annotations

from hostcore.devices.environment import DEFAULT_SIGNALS, Quantity, Signal, Step
from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, keeps: bool) -> None:
    pi.plug("registers:tmp117", 0x48)

    def read(driver: Driver) -> dict[str, float]:
        measured = int.from_bytes(driver.write_read(0x48, b"\x00", 2), "big", signed=True) / 128
        first = driver.memory.setdefault("first", measured)
        return {"temperature": first if keeps else measured}

    pi.drive("tmp117", read)


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="same-reading",
    sentence="tmp117 always publishes the same reading, but TEMP_RESULT of the TMP117 at 0x48 on i2c-1 went from "
    "{n} to {n} °C meanwhile.",
    confidence=Confidence.LIKELY,
    within=25,
    signals={**DEFAULT_SIGNALS, Quantity.TEMPERATURE: Signal(base=18.0, noise=0.05, steps=(Step(at=20, to=24.0),))},
)
