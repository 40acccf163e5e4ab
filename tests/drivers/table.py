"""The outcomes as a table: a row for a terminal, and the page docs/drivers.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import shorten

from tests.drivers.packages import WIRED
from tests.drivers.trial import Outcome

LONGEST_REASON = 150
"""Characters of what stops a package."""
MARKS = {True: "yes", False: "no", None: "-"}

PAGE = """# Drivers from PyPI

`make drivers` wrote this page. It takes the newest release of each package in `tests/drivers/pypi/`, and does with
it what a person does: it writes a plugin that names the package, fetches it with all that it depends on, and loads the
plugin into the sandbox.

- **Pure**: its wheel, and the wheels that were fetched for it, have no native code. A package with native code that it
  depends on, such as Pillow, is left out: the driver may not need it.
- **Imported**: the driver's imports work in the sandbox.
- **Reading**: the driver sets up the chip as the package's README does, and takes a reading. A register file takes the
  place of the chip. It acknowledges every byte and has plausible values in every register.
- **Right**: on the simulated chip, the driver reads what this project's own driver reads, or shows what it should.

## Summary

{summary}

## Packages

| Package | Version | Bus | Pure | Imported | Reading | Right | What stops it |
|---|---|---|---|---|---|---|---|
{rows}
"""


@dataclass(frozen=True)
class Share:
    """How many of some packages reach an aim."""

    what: str
    reached: int
    of: int
    least: float = 0.0
    """The least share, 0 to 1."""

    @property
    def is_met(self) -> bool:
        """Whether enough packages reach it."""
        return self.reached >= self.least * self.of

    def __str__(self) -> str:
        percent = f"{100 * self.reached / self.of:.0f} %" if self.of else "none"
        aim = f"; the aim is {100 * self.least:.0f} %, {'met' if self.is_met else 'NOT MET'}" if self.least else ""
        return f"{self.what}: {self.reached} of {self.of} ({percent}){aim}"


def shares(outcomes: Sequence[Outcome]) -> tuple[Share, ...]:
    """Count the packages that reach each aim."""
    able = [each for each in outcomes if each.is_pure and not each.package.needs]
    adafruit = [each for each in outcomes if each.package.is_adafruit]
    wired = [each for each in outcomes if each.is_imported and each.package.bus in WIRED and each.package.read]
    simulated = [each for each in outcomes if each.package.simulated]
    return (
        Share("Pure", *_count(each.is_pure for each in outcomes)),
        Share(
            "Imported, of the pure ones that need neither Pillow, threads, sockets nor native code",
            *_count(each.is_imported for each in able),
            least=0.95,
        ),
        Share("Imported, of Adafruit's", *_count(each.is_imported for each in adafruit), least=1),
        Share(
            "Reading completed, of the imported ones for a chip on I2C, SPI or UART",
            *_count(each.is_read for each in wired),
            least=0.9,
        ),
        Share("Right on the simulated chip", *_count(each.is_right for each in simulated), least=1),
    )


def row(outcome: Outcome) -> str:
    """A line for a terminal."""
    marks = "".join(f"{mark:<5}" for mark in _marks(outcome))
    return (
        f"{outcome.package.name:<40}{outcome.version:<10}{outcome.package.bus:<6}{marks}{reason_of(outcome)}".rstrip()
    )


HEADING = f"{'package':<40}{'version':<10}{'bus':<6}pure imp. read right"


def page(outcomes: Sequence[Outcome]) -> str:
    """The page, which is the same for the same outcomes."""
    summary = "\n".join(f"- {share}" for share in shares(outcomes))
    return PAGE.format(summary=summary, rows="\n".join(map(_markdown, outcomes)))


def _markdown(outcome: Outcome) -> str:
    package = outcome.package
    cells = [package.name, outcome.version or "-", package.bus, *_marks(outcome), reason_of(outcome)]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _marks(outcome: Outcome) -> Iterable[str]:
    return (MARKS[each] for each in (outcome.is_pure, outcome.is_imported, outcome.is_read, outcome.is_right))


def reason_of(outcome: Outcome) -> str:
    """What stops a package, in one line; "" if nothing does."""
    needs = f"needs {outcome.package.needs}: " if outcome.package.needs and outcome.reason else ""
    return shorten(needs + outcome.reason, LONGEST_REASON, placeholder=" ...")


def _count(reached: Iterable[bool | None]) -> tuple[int, int]:
    """Return how many are true, and how many there are."""
    found = list(reached)
    return found.count(True), len(found)
