"""Moves the date of this process by years, before any other module looks at it."""

from __future__ import annotations

import os
import time

_SECONDS = int(os.environ.get("PROOF_DAYS", "0")) * 86_400
_time, _time_ns, _monotonic_ns = time.time, time.time_ns, time.monotonic_ns

time.time = lambda: _time() + _SECONDS
time.time_ns = lambda: _time_ns() + _SECONDS * 1_000_000_000
time.monotonic_ns = lambda: _monotonic_ns() + _SECONDS * 1_000_000_000
