"""The static files of the host's page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).parent

STATIC: Mapping[str, tuple[str, bytes]] = MappingProxyType(
    {
        "shell.css": ("text/css; charset=utf-8", (_FOLDER / "shell.css").read_bytes()),
        "charts.js": ("text/javascript; charset=utf-8", (_FOLDER / "charts.js").read_bytes()),
        "theme.js": ("text/javascript; charset=utf-8", (_FOLDER / "theme.js").read_bytes()),
        "live.js": ("text/javascript; charset=utf-8", (_FOLDER / "live.js").read_bytes()),
    }
)
"""Content type and content of each file, by its name below ``/static/``."""
