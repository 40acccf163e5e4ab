"""A real systemd for one user, in namespaces of its own, so that no other program of this computer sees it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SYSTEMD = Path("/lib/systemd/systemd")
JOURNAL = Path("/lib/systemd/systemd-journald")
ALONE = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc", "--kill-child")
PATIENCE = 110.0
"""Most seconds for a script."""
BEGIN = f"""
mount -t tmpfs tmpfs /run/systemd
mkdir -p /run/systemd/system /run/systemd/journal
if [ -x {JOURNAL} ]; then
    mkdir -p /run/log/journal && mount -t tmpfs tmpfs /run/log/journal
    {JOURNAL} >/dev/null 2>&1 &
    for _ in $(seq 100); do [ -S /run/systemd/journal/stdout ] && break; sleep 0.1; done
fi
{SYSTEMD} --user >/dev/null 2>&1 &
for _ in $(seq 100); do [ -S "$XDG_RUNTIME_DIR/systemd/private" ] && break; sleep 0.1; done
"""
"""The shell script that starts it. It believes that systemd runs the computer, because /run/systemd/system exists."""


@cache
def is_possible() -> bool:
    """Whether this computer has systemd and lets this user make namespaces."""
    if not SYSTEMD.exists() or shutil.which("unshare") is None:
        return False
    probe = [*ALONE, "mount", "-t", "tmpfs", "tmpfs", "/run/systemd"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def run_with_systemd(script: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a shell script beside a systemd, and return its output. The script ends at the first command that fails.

    Args:
        script: the script.
        folder: the working directory. It holds the runtime folder of systemd.
        environment: further variables, also for the services.
    """
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    variables = {**os.environ, **environment, "XDG_RUNTIME_DIR": str(runtime)}
    done = subprocess.run(
        [*ALONE, "bash", "-c", f"{BEGIN}\nset -e\n{script}"],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
