"""Without a C compiler, the advice to install spidev names one first: PyPI has spidev as source only."""

from __future__ import annotations

import pytest

from hostcore.backends import detect
from hostcore.backends.detect import EXTRA, with_compiler


def test_with_a_compiler_pip_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect, "which", lambda name: "/usr/bin/gcc" if name == "gcc" else None)
    assert with_compiler(EXTRA) == EXTRA


def test_without_one_it_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect, "which", lambda _name: None)
    assert with_compiler(EXTRA) == f"`sudo apt install gcc python3-dev`, because pip compiles spidev; then {EXTRA}"
