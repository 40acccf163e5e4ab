"""The driver is for the SHT4x, whose command is one byte, 0xfd. The board has an SHT31 of the same family."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, command: bytes) -> None:
    pi.plug("registers:sht3x", 0x44)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x44, command)
        driver.sleep(0.02)
        answer = driver.read(0x44, 6)
        if answer == b"\xff" * 6:
            raise ValueError("no answer")
        return {"temperature": 175 * int.from_bytes(answer[:2], "big") / 65535 - 45}

    pi.drive("sht31", read)


EXHIBIT = Exhibit(
    scene,
    wrong=b"\xfd",
    right=b"\x24\x00",
    kind="unknown-command",
    sentence="sht31 sends the command fd to the SHT3x at 0x44 on i2c-1, which has no such command.",
    confidence=Confidence.LIKELY,
    within=10,
)
