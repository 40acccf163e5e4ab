"""Programs that are not part of this project, and that tests use all the same."""

from __future__ import annotations

import os
import shutil

import pytest


def require(*programs: str, packages: str) -> None:
    """Skip the test if one of the programs is missing. If ``CI`` is set, let the test fail instead.

    Args:
        programs: the names of the programs.
        packages: Debian's packages with them.
    """
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain(f"there is no {' and no '.join(missing)}: apt-get install {packages}")
