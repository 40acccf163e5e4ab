"""The wasmtime engine, and the epoch that lets a running guest be interrupted."""

from __future__ import annotations

import threading

from wasmtime import Config, Engine
from wasmtime import _ffi as ffi

EPOCH_TICK = 0.01
"""Seconds between two looks at a running guest; what a deadline may be late by."""
MAX_COMPONENT = 256 << 20
"""Bytes of the largest component; one with a Python in it has 20 MB."""
MAX_WASM_STACK = 512 * 1024
"""Bytes of native stack a guest may use (wasmtime's own default)."""


class GuestEngine:
    """The process's engine.

    The epoch ticks only while some guest runs: ticking costs a call nothing, but an idle machine one percent of a core.
    """

    def __init__(self) -> None:
        self.engine = Engine(engine_config())
        self._running = 0
        self._wake = threading.Condition()
        self._closed = False
        self._ticker = threading.Thread(target=self._tick, name="epoch", daemon=True)
        self._ticker.start()

    def enter(self) -> None:
        """A guest starts to run, or goes on after a wait."""
        with self._wake:
            self._running += 1
            if self._running == 1:
                self._wake.notify()

    def leave(self) -> None:
        """A guest returns, or starts to wait."""
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
        # Nothing here is asynchronous, and a value of the type stream or future would abort the process in
        # wasmtime's C API before any of our code runs. wasmtime-py has no setter for these two.
        ffi.dll[f"wasmtime_config_{feature}_set"](config.ptr(), False)
    return config
