"""An instance's linear memory between two calls: taken as a checkpoint, and put into another instance.

Between two calls, an instance's state is its linear memory: the globals of the runtime are at rest, and the handles are
those of the load (the recorder takes no checkpoint while they are others). So an instance that has replayed the
beginning of the recording, and then gets the pages that have changed since, goes on exactly.
"""

from __future__ import annotations

import ctypes

from hostcore.errors import PluginCrashedError, RecordingError
from hostcore.recording.model import PAGE, Checkpoint
from hostcore.runtime.instance import Instance

WASM_PAGE = 1 << 16
"""Bytes by which a linear memory grows (WebAssembly core specification, 4.2.8)."""
MOST_ATTEMPTS = 64
"""Most allocations to make a memory grow."""


def checkpoint_of(calls: int, content: bytes, loaded: bytes) -> Checkpoint:
    """Reduce a memory to the pages that differ.

    Args:
        calls: how many calls the instance had made, with its start.
        content: its memory now.
        loaded: the memory of an instance that has only replayed the beginning.
    """
    here, there = memoryview(content), memoryview(loaded)
    blank = bytes(PAGE)
    pages = {}
    for number, start in enumerate(range(0, len(content), PAGE)):
        page, before = here[start : start + PAGE], there[start : start + PAGE]
        if page != (before or blank):
            pages[number] = bytes(page)
    return Checkpoint(calls, len(content), pages)


def restore(instance: Instance, checkpoint: Checkpoint) -> None:
    """Give an instance that has just replayed the beginning the memory of a checkpoint.

    Raises:
        RecordingError: its memory is not known, or cannot be made as large.
    """
    before = instance.memory_content() or b""
    if len(before) < checkpoint.memory_bytes:
        _grow(instance, checkpoint.memory_bytes)
    memory = instance.memory()
    if memory is None or len(memory) < checkpoint.memory_bytes:
        raise RecordingError(f"{instance.plugin}: its memory cannot be restored")
    if len(memory) > len(before):  # growing it has changed pages that the checkpoint need not have
        ctypes.memmove(memory.start, before, len(before))
        ctypes.memset(memory.start + len(before), 0, len(memory) - len(before))
    for number, page in checkpoint.pages.items():
        ctypes.memmove(memory.start + number * PAGE, page, PAGE)


def _grow(instance: Instance, wanted: int) -> None:
    """Let the instance allocate until its memory is as large as wanted."""
    for _ in range(MOST_ATTEMPTS):
        missing = wanted - len(instance.memory() or ())
        if missing <= 0:
            return
        try:
            instance.invoke("python-runtime#compile", ("grow", "#" + " " * max(WASM_PAGE // 4, missing // 4)))
        except PluginCrashedError:
            return
