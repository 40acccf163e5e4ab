"""CPU usage between two queries."""

from __future__ import annotations

from hostcore.backends.base import SystemStatus


class CpuMeter:
    """Calculates CPU usage from idle time and elapsed time. The first query covers the time since boot."""

    def __init__(self) -> None:
        self._uptime = self._idle = self._percent = 0.0

    def percent(self, now: SystemStatus) -> float:
        """Average usage of all cores since the last query, 0 to 100. If no time has passed, the last result again."""
        passed, idle = now.uptime - self._uptime, now.idle - self._idle
        if passed > 0:
            self._percent = min(max(0.0, 100 * (1 - idle / passed)), 100.0)
            self._uptime, self._idle = now.uptime, now.idle
        return self._percent
