"""The wasmtime engine, and the epoch that interrupts running guests."""

from __future__ import annotations

import os
import threading

from hostcore.errors import NoThreadError
from hostcore.runtime.features import OFF
from hostcore.runtime.native.objects import Config, Engine
from hostcore.runtime.standstill import Standstill
from hostcore.threads import HostThread, require_threads

EPOCH_TICK = 0.01
"""Seconds between two checks of a running guest. A call can exceed its deadline by this time."""
MAX_COMPONENT = 256 << 20
"""Most bytes of a component. A component with Python has 20 MB."""
MAX_WASM_STACK = 512 * 1024
"""Bytes of native stack that a guest may use (wasmtime's default)."""

MOST_INSTANCES = 40
"""Most core instances of one component. Python's has 15."""
MOST_TABLES, MOST_ELEMENTS = 8, 50_000
"""Most tables of one component, and elements of each. `memory_mib` does not limit them; together they take 3.2 MB.
Python's component and JavaScript's have 2 tables of up to 7,800 elements."""


class GuestEngine:
    """The engine of this process.

    The epoch ticks only while a guest runs. Ticks cost a call nothing, but would cost an idle machine 1 % of a core.

    Attributes:
        standstill: how long the process stood still while a guest ran.
    """

    def __init__(self) -> None:
        self.engine = Engine(engine_config())
        self.standstill = Standstill(EPOCH_TICK)
        self._running = 0
        self._lock = threading.Lock()  # a lock of its own is taken faster than through its condition
        self._wake = threading.Condition(self._lock)
        self._closed = self._is_idle = False
        self._ticker = HostThread(self._tick, "epoch")
        self._ticker.start()

    def enter(self) -> None:
        """Note that a guest starts to run, or continues after a wait."""
        with self._lock:
            self._running += 1
            if self._running == 1:
                self.standstill.begin()
                if self._is_idle:  # else it would only sleep on, and to wake it takes as long as a transfer
                    self._wake.notify()

    def leave(self) -> None:
        """Note that a guest returns, or starts to wait."""
        with self._lock:
            self._running -= 1
            if not self._running:
                self.standstill.end()

    def close(self) -> None:
        """Stop the ticker."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._ticker.join()

    def _tick(self) -> None:
        while True:
            with self._wake:
                while not (self._running or self._closed):
                    self._is_idle = True
                    self._wake.wait()
                self._is_idle = False
                if self._closed:
                    return
                self._wake.wait_for(lambda: self._closed, EPOCH_TICK)
                self.standstill.tick()
            self.engine.increment_epoch()


def engine_config(*, compiles: bool = False) -> Config:
    """The settings of compiling and running. A change of them needs a change of `label.SETTINGS`.

    Each memory keeps wasmtime's reservation of 4 GiB of address space, which costs no memory. With less, every access
    is checked by instructions: with 128 MiB reserved (``memory_reservation``), Python in the sandbox takes 40 % more
    time, its code is 11 % larger, and compiling takes 30 % longer. Linux on a Pi has at least 512 GiB of address space
    (39 bits, Documentation/arch/arm64/memory.rst), which is enough for 120 instances.

    Args:
        compiles: whether the engine compiles components, on several threads if there are that many.
    """
    config = Config()
    config.set("epoch_interruption", True)
    config.set("max_wasm_stack", MAX_WASM_STACK)
    config.set("parallel_compilation", compiles and _has_threads(os.cpu_count() or 1))
    # For tools that walk native stacks, such as gdb. wasmtime's backtraces do without it, and it takes a megabyte.
    config.set("native_unwind_info", False)
    for feature in OFF:
        for setting in feature.settings:
            config.set(setting, False)
    return config


def _has_threads(count: int) -> bool:
    """Whether `count` threads can start. Cranelift ends the process if its own cannot."""
    try:
        require_threads("compiler", count)
    except NoThreadError:
        return False
    return True
