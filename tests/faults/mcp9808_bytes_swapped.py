"""An smbus script reads the MCP9808 with read_word_data, whose low byte comes first, and does not swap the bytes."""

from __future__ import annotations

from hostcore.events import Confidence
from tests.faults.exhibit import Exhibit
from tests.watched import Driver, Watched


def scene(pi: Watched, is_swapped: bool) -> None:
    pi.plug("registers:mcp9808", 0x18)

    def start(driver: Driver) -> None:
        driver.write_read(0x18, b"\x06", 2)
        driver.write_read(0x18, b"\x07", 2)

    def read(driver: Driver) -> dict[str, float]:
        word = driver.write_read(0x18, b"\x05", 2)
        word = word[::-1] if is_swapped else word
        raw = int.from_bytes(word, "big") & 0x1FFF
        return {"temperature": (raw - 0x2000 if raw & 0x1000 else raw) / 16}

    pi.drive("mcp9808", read, start)


EXHIBIT = Exhibit(
    scene,
    wrong=True,
    right=False,
    kind="wrong-byte-order",
    sentence="mcp9808 takes TEMPERATURE of the MCP9808 at 0x18 on i2c-1 with its bytes in the wrong order: the "
    "bytes {x} {x} mean {n} °C, but it published {n} as temperature.",
    confidence=Confidence.CERTAIN,
    within=60,
)
