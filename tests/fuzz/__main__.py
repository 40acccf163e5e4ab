"""``python -m tests.fuzz [--cases N] [--seed S] [--only TARGET] [--case NUMBER]``: exits with status 1 on a finding."""

from __future__ import annotations

import argparse
import os
import random
import sys
import warnings

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.fuzz.runner import keep, run, told
from tests.fuzz.target import Case, Target, cases_of
from tests.fuzz.targets import TARGETS

CASES = 20_000
"""Cases of a whole run. Half of them are components."""


def main() -> int:
    """Run what the arguments name, with a progress bar for each target."""
    arguments = _arguments()
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    chosen = [target for target in TARGETS if not arguments.only or target.name in arguments.only]
    cases = {target: _cases(target, arguments) for target in chosen}
    console = Console(stderr=True)
    columns = TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    console.print(f"fuzz: seed {arguments.seed}", highlight=False)
    found = 0
    with Progress(*columns, console=console) as progress:
        bars = {target.name: progress.add_task(target.name, total=len(cases[target])) for target in chosen}
        everything = (case for target in chosen for case in cases[target])
        for finding in run(everything, arguments.jobs, lambda name, count: progress.advance(bars[name], count)):
            found += 1
            for line in told(finding, keep(finding)):
                progress.console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"fuzz: {sum(map(len, cases.values()))} cases, {found} findings", highlight=False)
    return 1 if found else 0


def _cases(target: Target, arguments: argparse.Namespace) -> list[Case]:
    if arguments.case is not None:
        return [Case(target, arguments.seed, arguments.case)]
    return cases_of(target, arguments.seed, range(-(-arguments.cases * target.share // 100)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Give the program hostile input.")
    names = [target.name for target in TARGETS]
    parser.add_argument("--cases", type=int, default=CASES, help=f"cases of all targets together ({CASES:,})")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="makes the same cases again")
    parser.add_argument("--only", action="append", choices=names, help="run this target; may be repeated")
    parser.add_argument("--case", type=int, help="run only the case with this number; needs --seed and --only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at the same time")
    arguments = parser.parse_args()
    if arguments.case is not None and not (arguments.only and "--seed" in " ".join(sys.argv)):
        parser.error("--case needs --seed and --only")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
