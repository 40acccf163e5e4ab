"""Removes the oldest compiled components. A file in use stays, however old it is."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from hostcore.runtime.compiling.ahead import CHECKED
from hostcore.runtime.compiling.intact import OWN, note_of
from hostcore.runtime.compiling.use import is_in_use

KEEP = 24
"""Most compiled components that are kept beside those in use. A Python component has 35 MB."""
KEEP_OWN = 3
"""Most of the host's own components that are kept beside those in use. Only a checkout of the source builds its own."""
LEFTOVERS = (".*.cwasm.*", ".*.loading.*", ".*.unfinished", ".build-*")
"""Names of unfinished files, and of folders in which the Python runtime was built."""
LEFTOVER_SECONDS = 86_400.0
"""The age at which an unfinished file of a host that was killed is removed."""


def prune(folder: Path) -> None:
    """Remove the oldest files of the folder of compiled components, beyond the numbers that are kept."""
    compiled = sorted(folder.glob("*.cwasm"), key=_age)
    own = [each for each in compiled if each.stem.endswith(OWN)]
    for group, keep in (
        ([each for each in compiled if each not in own], KEEP),
        (own, KEEP_OWN),
        (sorted(folder.glob("*.wasm"), key=_age), KEEP_OWN),
    ):
        for path in [each for each in group if not is_in_use(each)][keep:]:
            path.unlink(missing_ok=True)
    for kind in ("*.key", f"*{CHECKED}"):
        for path in sorted(folder.glob(kind), key=_age)[4 * KEEP :]:
            path.unlink(missing_ok=True)
    for path in (*folder.glob("*.intact"), *folder.glob("*.loading")):
        if not path.with_suffix(".cwasm").exists():
            path.unlink(missing_ok=True)
    _remove_leftovers(folder)


def _remove_leftovers(folder: Path) -> None:
    import shutil  # noqa: PLC0415 - an ordinary start removes nothing

    oldest = time.time() - LEFTOVER_SECONDS
    for path in (each for pattern in LEFTOVERS for each in folder.glob(pattern)):
        if -_age(path) < oldest and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif -_age(path) < oldest:
            path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Sort the last used first. Its note has the time of the last use."""
    times = []
    for each in (path, note_of(path)):
        with suppress(OSError):
            times.append(each.stat().st_mtime)
    return -max(times, default=0.0)
