"""Which systemd runs a process, if the process is the service of this program."""

from __future__ import annotations

from pathlib import Path

from hostcore.service.unit import NAME

PROC = Path("/proc")


def systemctl_of(process: int, proc: Path = PROC) -> str | None:
    """Return the command that controls the systemd that runs a process; None if it does not belong to the service.

    Source: cgroups(7). Each line of /proc/PID/cgroup ends with a path in which systemd names each unit.

    Args:
        process: its PID.
        proc: the folder of the processes.
    """
    try:
        lines = (proc / str(process) / "cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        units = line.rpartition(":")[2].split("/")
        if NAME in units:
            return "systemctl --user" if any(unit.startswith("user@") for unit in units) else "sudo systemctl"
    return None
