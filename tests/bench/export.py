"""Export: how long each format takes for a transfer of 64 bytes, and the chip files that decoding needs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hostcore.chips.library import Library
from hostcore.export.formats import Format, writer_of
from tests.bench.measure import MICRO, MILLI, Aim, Figure, interleaved, seconds_of
from tests.transfers import BUS, BUSES, read, transfer, wrote

TITLE = "Export and chip files"
REPETITIONS = 5
TRANSFERS = [transfer(wrote(0xD0), read(*range(62)), at_ms=7 * each, duration_ns=6_000_000) for each in range(100)]


def figures() -> Iterator[Figure]:
    """The cost of a transfer in each format, beside that of JSON; then the first look for a chip, beside all chips."""
    took = interleaved(REPETITIONS, {form.value: seconds_of(partial(_export, form)) for form in Format})
    per_transfer = {form: seconds / len(TRANSFERS) for form, seconds in took.items()}
    for form in Format:
        yield Figure(f"a transfer as {form}", per_transfer[form], MICRO, per_transfer[Format.JSONL], "as JSON")
    found = interleaved(
        REPETITIONS, {"one": seconds_of(lambda: Library().at(0x76)), "all": seconds_of(lambda: Library().all())}
    )
    yield Figure("the first look for a chip", found["one"], MILLI, found["all"], "all chips", Aim(most=200 * MILLI))


def _export(form: Format) -> None:
    writer = writer_of(form, BUSES, {BUS: 100_000})
    writer.begin()
    for each in TRANSFERS:
        writer.take(each)
    writer.end()
