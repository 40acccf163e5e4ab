"""Reads `[recording]` of host.toml."""

from __future__ import annotations

from typing import Annotated

from hostcore.quick_dataclass import dataclass
from hostcore.toml.reader import integer


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """``[recording]``: what crosses the boundary between plugins and host, for replays."""

    enabled: bool = True
    """Whether plugins are recorded."""
    plugin_kib: Annotated[int, integer(64, 65_536, "KiB")] = 1024
    """KiB of memory for the newest part of each plugin's recording, compressed. Checkpoints come on top."""
    disk_mib: Annotated[int, integer(1, 100_000, "MiB")] = 64
    """MiB of recordings on the disk: of crashes, of stops and on request. The oldest are deleted first."""
    at_stop: bool = True
    """Whether each plugin's recording is written when the host or the plugin stops."""
    wake: bool = False
    """Whether plugins sleep while the host does not run, and wake where they were."""
