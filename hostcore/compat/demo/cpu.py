"""How busy the computer was from one look to the next."""

from __future__ import annotations

from hostcore.backends.base import SystemStatus


class CpuMeter:
    """Compares the computer's idle time with what has passed. The first look goes back to the boot."""

    def __init__(self) -> None:
        self._uptime = self._idle = self._percent = 0.0

    def percent(self, now: SystemStatus) -> float:
        """How busy all cores were since the last look, 0 to 100; the same again where no time has passed."""
        passed, idle = now.uptime - self._uptime, now.idle - self._idle
        if passed > 0:
            self._percent = min(max(0.0, 100 * (1 - idle / passed)), 100.0)
            self._uptime, self._idle = now.uptime, now.idle
        return self._percent
