"""``python -m tests.chaos [--times N] [--seconds S] [--seed N]``: prints whether a reading was lost. Takes 14 minutes.

A broker and the connection to it get into trouble at random moments: once around a front end whose drivers read in
virtual time, and once around a host that runs in real time. Exits with status 1 if a reading was lost, or counts twice.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from hostcore.cli.progress_bar import TerminalProgress
from tests.bench.warm import warm_up
from tests.chaos import real, virtual
from tests.chaos.trouble import Trouble

TIMES, SECONDS, CALM_SECONDS = 50, 600.0, 120.0


def main() -> int:
    """Run both."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Look whether a reading is lost.")
    parser.add_argument("--times", type=int, default=TIMES, help="how often there is each kind of trouble")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for how long there is trouble")
    parser.add_argument("--seed", type=int, default=1, help="chooses the moments")
    chosen = parser.parse_args()
    warm_up(TerminalProgress())
    print(f"{chosen.times} times each: {', '.join(Trouble)}; in {chosen.seconds:g} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        account = virtual.run(Path(folder), seed=chosen.seed, times=chosen.times, seconds=chosen.seconds)
    print(f"virtual time: {account}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        outcome = real.run(
            Path(folder), seed=chosen.seed, times=chosen.times, seconds=chosen.seconds, calm_seconds=CALM_SECONDS
        )
    print(f"real time: {outcome}")
    return 0 if account.is_balanced and outcome.account.is_balanced else 1


if __name__ == "__main__":
    sys.exit(main())
