"""The wasmtime engine, and the epoch that interrupts running guests."""

from __future__ import annotations

import threading

from wasmtime import Config, Engine
from wasmtime import _ffi as ffi

EPOCH_TICK = 0.01
"""Seconds between two checks of a running guest. A call can exceed its deadline by this time."""
MAX_COMPONENT = 256 << 20
"""Most bytes of a component. A component with Python has 20 MB."""
MAX_WASM_STACK = 512 * 1024
"""Bytes of native stack that a guest may use (wasmtime's default)."""


class GuestEngine:
    """The engine of this process.

    The epoch ticks only while a guest runs. Ticks cost a call nothing, but would cost an idle machine 1 % of a core.
    """

    def __init__(self) -> None:
        self.engine = Engine(engine_config())
        self._running = 0
        self._wake = threading.Condition()
        self._closed = False
        self._ticker = threading.Thread(target=self._tick, name="epoch", daemon=True)
        self._ticker.start()

    def enter(self) -> None:
        """Note that a guest starts to run, or continues after a wait."""
        with self._wake:
            self._running += 1
            if self._running == 1:
                self._wake.notify()

    def leave(self) -> None:
        """Note that a guest returns, or starts to wait."""
        with self._wake:
            self._running -= 1

    def close(self) -> None:
        """Stop the ticker."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._ticker.join()

    def _tick(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._running or self._closed)
                if self._closed:
                    return
                self._wake.wait_for(lambda: self._closed, EPOCH_TICK)
            self.engine.increment_epoch()


def engine_config() -> Config:
    config = Config()
    config.epoch_interruption = True
    config.max_wasm_stack = MAX_WASM_STACK
    config.parallel_compilation = True
    for feature in ("concurrency_support", "wasm_component_model_async"):
        # The host needs no asynchronous functions. A value of type stream or future would abort the process in
        # wasmtime's C API before any of our code runs. wasmtime-py has no setter for these two features.
        ffi.dll[f"wasmtime_config_{feature}_set"](config.ptr(), False)
    return config
