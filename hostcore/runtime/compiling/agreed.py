"""The option and the exit statuses of `hostcore.runtime.compile`, for that program and for the host that starts it."""

from __future__ import annotations

KEEP_NAMES = "--keep-names"
"""Option for the host's own component, whose function names are safe to keep."""
REFUSED, OUT_OF_MEMORY, CHANGED = 1, 3, 4
"""Exit statuses: the compiler refused the component; memory ran out; the file is not the one that was examined."""
