"""Tries lines and ports that a person has wired to each other. Nothing is driven that is not known to be wired so.

Two GPIO lines are first tried with their pull resistors alone, which harm nothing, whatever is wired to them.
"""

from __future__ import annotations

from itertools import pairwise, product
from threading import Event

from hostcore.backends.base import Edge, GpioLine, Pull, Uart
from hostcore.backends.spi import SpiDevice, SpiSettings
from hostcore.clock import NS_PER_S
from hostcore.errors import BusError
from hostcore.selftest.model import Fact, Result, Verdict
from hostcore.threads import HostThread

RESERVED_LINES = frozenset({0, 1, 2, 3, *range(7, 12), 14, 15})
"""The lines of I2C, SPI and the serial port on the header. To use one as GPIO takes it away from its bus."""
LAST_LINE = 27
"""The last line on the header."""
ROUNDS = 4
EDGES = 8
ATTEMPTS = 20
"""How often edges are waited for. On a busy computer a pause between two of them can end a capture early."""
EDGE_TIMEOUT_NS = NS_PER_S
HALF_PERIOD_SECONDS = 0.001
SPI_SPEEDS_HZ = (500_000, 4_000_000)
PATTERN = bytes(range(256))
BAUD = 115_200
UART_TIMEOUT_NS = NS_PER_S // 2
MOST_READS = 20


def try_wire(step: str, one: GpioLine, other: GpioLine) -> Result:
    """Try two GPIO lines that are wired together. Blocks for up to some seconds. Both are inputs afterwards.

    Args:
        step: names it.
        one: one line.
        other: the other one.
    """
    try:
        if not _follows(one, other):
            advice = "wire the two lines together, with 330 ohms or more between them"
            return Result(step, Verdict.FAILED, "they are not wired together, so nothing was driven", advice)
        wrong = _driven(one, other) + _driven(other, one)
        edges = _edges(one, other)
    except BusError as error:
        return Result(step, Verdict.FAILED, error.problem)
    finally:
        _release(one, other)
    facts: dict[str, Fact] = {"wrong_levels": wrong, "edges": len(edges)}
    alternate = all(first.rising is not second.rising for first, second in pairwise(edges))
    if wrong or len(edges) < EDGES:
        text = f"{wrong} of {ROUNDS * 4} levels were wrong, {len(edges)} of {EDGES} edges were seen"
        return Result(step, Verdict.FAILED, text, facts=facts)
    labels = "" if alternate else "; the kernel names some of them wrongly"
    return Result(step, Verdict.OK, f"levels both ways, {len(edges)} edges{labels}", facts=facts)


def try_spi(step: str, device: SpiDevice) -> Result:
    """Send 256 bytes at two speeds over an SPI device whose MOSI is wired to MISO. Blocks for some milliseconds."""
    try:
        for speed in SPI_SPEEDS_HZ:
            received = device.transfer(PATTERN, SpiSettings(speed_hz=speed))
            if received != PATTERN:
                return _garbled(step, f"at {speed // 1000} kHz", received, "wire MOSI to MISO, and no chip to them")
    except BusError as error:
        return Result(step, Verdict.FAILED, error.problem)
    speeds = " and ".join(f"{speed // 1000} kHz" for speed in SPI_SPEEDS_HZ)
    return Result(step, Verdict.OK, f"{len(PATTERN)} bytes came back at {speeds}")


def try_uart(step: str, port: Uart) -> Result:
    """Send 256 bytes over a serial port whose TX is wired to RX. Blocks for up to some seconds."""
    try:
        port.set_baud(BAUD)
        port.write(PATTERN)
        received = b""
        for _ in range(MOST_READS):
            part = port.read(len(PATTERN), UART_TIMEOUT_NS)
            received += part
            if not part or len(received) >= len(PATTERN):
                break
    except BusError as error:
        return Result(step, Verdict.FAILED, error.problem)
    if received != PATTERN:
        return _garbled(step, f"at {BAUD} baud", received, "wire TX to RX, and nothing else to them")
    return Result(step, Verdict.OK, f"{len(PATTERN)} bytes came back at {BAUD} baud")


def _follows(one: GpioLine, other: GpioLine) -> bool:
    """Whether each line follows the pull resistor of the other. A line that floats keeps its level, or takes any."""
    pulls = (Pull.UP, Pull.DOWN) * ROUNDS
    for pulled, free in ((one, other), (other, one)):
        free.read(Pull.NONE)
        for pull in pulls:
            pulled.read(pull)
            if free.read(Pull.NONE) is not (pull is Pull.UP):
                return False
        pulled.read(Pull.NONE)
    return True


def _driven(driver: GpioLine, reader: GpioLine) -> int:
    """Return how many levels that one line drives the other does not show."""
    wrong = 0
    for _, level in product(range(ROUNDS), (True, False)):
        reader.read(Pull.NONE)
        driver.write(level)
        wrong += reader.read(Pull.NONE) is not level
    driver.read(Pull.NONE)
    return wrong


def _edges(driver: GpioLine, reader: GpioLine) -> tuple[Edge, ...]:
    """Return the edges that one line sees while the other one changes."""
    done = Event()

    def drive() -> None:
        level = False
        while not done.wait(HALF_PERIOD_SECONDS):
            level = not level
            try:
                driver.write(level)
            except BusError:  # then too few edges come, and the result says so
                return

    thread = HostThread(drive, "selftest")
    thread.start()
    seen: tuple[Edge, ...] = ()
    try:
        for _ in range(ATTEMPTS):
            latest = reader.capture((), EDGE_TIMEOUT_NS, EDGES)
            seen = max(seen, latest, key=len)
            if not latest or len(seen) >= EDGES:
                break
        return seen
    finally:
        done.set()
        thread.join()


def _release(*lines: GpioLine) -> None:
    for line in lines:
        try:
            line.read(Pull.NONE)
        except BusError:  # it was never opened
            continue


def _garbled(step: str, how: str, received: bytes, advice: str) -> Result:
    same = sum(sent == back for sent, back in zip(PATTERN, received, strict=False))
    text = f"{same} of {len(PATTERN)} bytes came back {how}" + ("" if received else ": nothing was received")
    return Result(step, Verdict.FAILED, text, advice, facts={"same_bytes": same, "received_bytes": len(received)})
