"""A computer that allows few threads, as with ``ulimit -u``."""

from __future__ import annotations

import threading

import pytest


class FewThreads:
    """Lets `allowed` more threads start. None allows any number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, allowed: int | None = None) -> None:
        self.allowed = allowed
        start = threading.Thread.start

        def start_one(thread: threading.Thread) -> None:
            if self.allowed is not None:
                if self.allowed < 1:
                    raise RuntimeError("can't start new thread")  # the text of Python's _thread module
                self.allowed -= 1
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", start_one)
