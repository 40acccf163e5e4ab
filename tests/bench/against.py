"""The figures of two versions of this program beside each other: ``python -m tests.bench --against FOLDER``."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from hostcore import shipped
from tests.bench.measure import UNITS, WIDTH, shown
from tests.bench.process import environment

HEADING = f"  {'':<{WIDTH}}{'this host':>12}{'the other':>13}  ratio"
BY_NAME = {name: unit for unit, name in UNITS.items()}
Table = dict[tuple[str, str], tuple[float, float]]
"""The figures of a topic with their units, each by the line that it belongs to and its own."""


class Version:
    """A version that is measured.

    Args:
        folder: its checkout, with a virtual environment in ``.venv``.
        benchmarks: the checkouts whose benchmarks may measure it. The first one that it runs with does.
    """

    def __init__(self, folder: Path, *benchmarks: Path) -> None:
        self._python = folder / ".venv" / "bin" / "python"
        self._benchmarks = list(benchmarks)
        self.tables: list[Table] = []

    def measure(self, topic: str) -> None:
        """Measure one topic once more. Blocks for up to some minutes."""
        while self._benchmarks and (printed := self._print(topic, self._benchmarks[0])) is None:
            del self._benchmarks[0]
        if self._benchmarks:
            self.tables.append(table_of(printed or ()))

    def figure(self, key: tuple[str, str]) -> float | None:
        """The median of a figure; None if this version does not have it."""
        values = [table[key][0] for table in self.tables if key in table]
        return statistics.median(values) if values else None

    def _print(self, topic: str, benchmark: Path) -> Sequence[str] | None:
        """What the benchmark prints; None if it fails, because this version is too different."""
        with tempfile.TemporaryDirectory() as folder:  # has no hostcore, so that of the environment is imported
            (Path(folder) / "tests").symlink_to(benchmark / "tests")
            command = [self._python, "-m", "tests.bench", topic]
            done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
        return None if done.returncode else done.stdout.splitlines()


def lines(other: Path, topics: Sequence[str], rounds: int) -> Iterator[str]:
    """The figures of this version beside those of the checkout `other`.

    The versions take turns, `rounds` times for each topic, and the medians are shown. This version's benchmark measures
    both. If the other one is too different for that, its own measures it.
    """
    for topic in topics:
        yield from ["", topic, HEADING]
        here = shipped.folder()
        this, that = Version(here, here), Version(other, here, other)
        for _ in range(rounds):
            this.measure(topic)
            that.measure(topic)
        for name, version in (("this host", this), ("the other", that)):
            if not version.tables:
                yield f"  ({name} cannot be measured: run `python -m tests.bench {topic}` there to see why)"
        yield from _beside(this, that)


def table_of(printed: Sequence[str]) -> Table:
    """Read the tables that a benchmark printed."""
    found: Table = {}
    owner = ""
    for line in printed:
        what, value = line[2 : WIDTH + 2].rstrip(), line[WIDTH + 2 :].split()[:2]
        if line.startswith("  ") and len(value) == 2 and value[1] in BY_NAME:
            owner = owner if what.startswith(" ") else what
            unit = BY_NAME[value[1]]
            found[owner, what] = float(value[0]) * unit, unit
    return found


def _beside(this: Version, that: Version) -> Iterator[str]:
    units = {key: unit for table in [*this.tables, *that.tables] for key, (_, unit) in table.items()}
    for key, unit in units.items():
        ours, theirs = this.figure(key), that.figure(key)
        texts = ["" if value is None else shown(value, unit) for value in (ours, theirs)]
        ratio = f"{ours / theirs:.2f}x" if ours is not None and theirs else ""
        yield f"  {key[1]:<{WIDTH}}{texts[0]:>12}{texts[1]:>13}  {ratio}".rstrip()
