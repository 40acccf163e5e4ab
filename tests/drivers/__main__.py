"""``python -m tests.drivers [NAME ...]``: tries packages of PyPI. If it tries all, it writes docs/drivers.md, and
the catalogue of drivers in hostcore.

The first run fetches some 200 wheels and takes about ten minutes. Wheels are kept, and so is the lock of each driver: a
later run takes half a minute, unless ``--newest`` looks for newer releases.
"""

from __future__ import annotations

import argparse
import shutil
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from hostcore.chips.library import library_with
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.driver_catalogue.catalogue import FILE
from hostcore.workshop import Workshop
from tests.bench.plain import cache_folder
from tests.bench.warm import warm_up
from tests.drivers.catalogue import catalogue_text
from tests.drivers.fetching import fetcher
from tests.drivers.packages import read_packages
from tests.drivers.table import HEADING, page, row, shares
from tests.drivers.trial import Outcome, try_package

PAGE = Path(__file__).parents[2] / "docs" / "drivers.md"
AT_ONCE = 2
"""Packages that are tried at the same time. Most of the time, pip waits for the network."""
POLL = 0.5
"""Seconds between two looks at the progress."""
EXPECTED = 4.0
"""Seconds that a package takes, before the first ones show how long they take."""


def main() -> None:
    """Try the packages. A missed aim is not an error."""
    parser = argparse.ArgumentParser(prog="python -m tests.drivers", description="Try packages of PyPI in the sandbox.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="parts of the packages' names (default: all)")
    parser.add_argument("--newest", action="store_true", help="look for newer releases than those of the last run")
    wanted = parser.parse_args()
    packages = [each for each in read_packages() if not wanted.names or any(name in each.name for name in wanted.names)]
    progress = TerminalProgress()
    warm_up(progress)
    folder = cache_folder() / "drivers"
    if wanted.newest:
        shutil.rmtree(folder, ignore_errors=True)
    fetch = fetcher(cache_folder(), Workshop(at_once=AT_ONCE))
    progress.line(HEADING)
    outcomes: list[Outcome] = []
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as trials:
        tried = [trials.submit(try_package, each, folder / each.name, fetch, cache_folder()) for each in packages]
        for trial in tried:
            while not trial.done():
                elapsed = time.monotonic() - began
                share = sum(each.done() for each in tried) / len(tried)
                expected = elapsed / share if share else EXPECTED * len(tried)
                progress(f"Trying {len(packages)} packages", elapsed, expected)
                wait([trial], POLL)
            outcomes.append(trial.result())
            progress.line(row(outcomes[-1]))
    print("", *shares(outcomes), sep="\n")
    if not wanted.names:
        PAGE.write_text(page(outcomes), encoding="utf-8")
        FILE.write_text(catalogue_text(outcomes, library_with(None)), encoding="utf-8")


if __name__ == "__main__":
    main()
