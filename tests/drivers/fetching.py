"""Fetches the libraries of the drivers that are tried, unless they were fetched before."""

from __future__ import annotations

from pathlib import Path

from hostcore.errors import NotFetchedError
from hostcore.libraries.fetch import fetch_libraries
from hostcore.libraries.libraries import libraries_for
from hostcore.libraries.store import WheelStore
from hostcore.runtime.loader import WHEELS
from hostcore.workshop import Workshop
from tests.drivers.trial import Fetch


def fetcher(cache_folder: Path, workshop: Workshop) -> Fetch:
    """Return a function that fetches into the folder of wheels of a sandbox."""
    store = WheelStore(cache_folder / WHEELS)

    def fetch(path: Path) -> None:
        try:
            libraries_for(path.stem, path, path.read_text(encoding="utf-8"), store)
        except NotFetchedError:
            fetch_libraries(path.stem, path, store, workshop)

    return fetch
