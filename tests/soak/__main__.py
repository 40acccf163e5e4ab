"""``python -m tests.soak [--quick]``: prints what has grown. Takes minutes. Exits with status 1 if anything has."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from hostcore.cli.progress_bar import TerminalProgress
from tests import faulty_bus
from tests.bench.warm import warm_up
from tests.soak.endurance import SAMPLES, SETTLED, Endured
from tests.soak.faults import ROUNDS, run_faulty_rounds
from tests.soak.imports import LEAKY, Leak
from tests.soak.pool import run_jobs

CALLS, QUICK_CALLS = 200_000, 2_000
MIB = 1 << 20
LIMIT = 64 * MIB
"""Bytes of an instance's default memory limit."""
SHOWN = (0, SETTLED, SAMPLES // 4, SAMPLES // 2, SAMPLES * 3 // 4, SAMPLES)
"""Indexes of the samples that are printed."""


def main() -> int:
    """Run all jobs and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Call plugins until something grows.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_CALLS:,} calls of each, not {CALLS:,}")
    calls = QUICK_CALLS if parser.parse_args().quick else CALLS
    warm_up(TerminalProgress())
    endured, leaks = run_jobs(calls)
    _print_endured(endured, calls)
    _print_leaks(leaks)
    has_recovered = _print_faults(run_faulty_rounds())
    return 0 if has_recovered and all(each.is_well for each in [*endured, *leaks]) else 1


def _print_endured(endured: Sequence[Endured], calls: int) -> None:
    """Print two lines for each job: memory of the guest, and memory of the host."""
    print(f"Memory in MiB over {calls:,} calls of one instance each, on virtual time")
    print(f"  {'':<12}{'':<8}" + "".join(f"{calls * sample // SAMPLES:>10,}" for sample in SHOWN))
    for one in endured:
        shown = [one.samples[index] for index in SHOWN if index < len(one.samples)]
        guest = "".join(f"{each.guest / MIB:>10.2f}" for each in shown)
        host = "".join(f"{each.host / MIB:>10.2f}" for each in shown)
        reported = f", {one.reported:,} calls reported an error" if one.reported else ""
        print(f"  {one.job:<12}{'guest':<8}{guest}  {one.death or ('flat' if one.is_flat else 'NOT FLAT')}{reported}")
        print(f"  {'':<12}{'host':<8}{host}")


def _print_leaks(leaks: Sequence[Leak]) -> None:
    print("\nWhat one call leaves behind in the guest, and how many calls would fill its 64 MiB")
    for leak in leaks:
        lasts = f"{LIMIT / leak.bytes_per_call:>14,.0f}" if leak.bytes_per_call else f"{'any number':>14}"
        remark = "never freed by componentize-py 0.25.1, as is known" if leak.what in LEAKY else ""
        print(f"  {leak.what:<44}{leak.bytes_per_call:>8.1f} B{lasts}  {remark if leak.is_well else 'NOT AS EXPECTED'}")


def _print_faults(endured: faulty_bus.Endured | None) -> bool:
    """Print the results of the faults. Returns whether every plugin recovered from all of them."""
    if endured is None:
        print("\nNo C compiler, so no bus that fails")
        return True
    reported = ", ".join(f"{count} of {name}" for name, count in sorted(endured.reported.items()))
    print(f"\n{ROUNDS:,} rounds on buses that fail: {endured.transfers:,} transfers, errors reported: {reported}")
    for problem in (*endured.unfounded, *endured.misnamed):
        print(f"  NOT AS EXPECTED: {problem}")
    return not (endured.unfounded or endured.misnamed)


if __name__ == "__main__":
    sys.exit(main())
