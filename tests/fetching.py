"""A desk at which a test fetches the libraries of a plugin, with pip and an index of this computer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from hostcore.errors import HostError
from hostcore.libraries.fetch import fetch_libraries
from hostcore.libraries.lock import Lock, lock_path
from hostcore.libraries.store import WheelStore
from hostcore.workshop import Workshop


def plugin_source(*dependencies: str) -> str:
    """Return the source of a plugin that names these libraries."""
    listed = ", ".join(map(repr, dependencies))
    return f"# /// script\n# dependencies = [{listed}]\n# ///\n"


def pip_settings(folder: Path, *indexes: str, **others: str) -> dict[str, str]:
    """Return the environment in which pip knows only these indexes, and nothing of this computer's settings."""
    return {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_CACHE_DIR": str(folder / "pip-cache"),
        "PIP_INDEX_URL": indexes[0],
        "PIP_EXTRA_INDEX_URL": " ".join(indexes[1:]),
        "PIP_RETRIES": "0",
        "NO_PROXY": "127.0.0.1",
        **others,
    }


class FetchDesk:
    """A plugin, its store, and the notices that a person sees.

    Args:
        folder: an empty folder.
        monkeypatch: gives pip its settings.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        self.plugin = folder / "sensor.py"
        self.lock = lock_path(self.plugin)
        self.store = WheelStore(folder / "wheels")
        self.notices: list[str] = []
        self.workshop = Workshop()

    def use(self, *indexes: str, **others: str) -> None:
        """Let pip know these indexes only."""
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            self._monkeypatch.delenv(name)
        for name, value in pip_settings(self.folder, *indexes, **others).items():
            self._monkeypatch.setenv(name, value)

    def names(self, *dependencies: str) -> None:
        """Let the plugin name these libraries."""
        self.plugin.write_text(plugin_source(*dependencies), encoding="utf-8")

    def fetch(self, *, upgrade: bool = False, patience: float = 30.0) -> Lock:
        """Fetch them."""
        return fetch_libraries(
            "sensor", self.plugin, self.store, self.workshop, self.notices.append, upgrade=upgrade, patience=patience
        )

    def refusal(self, *, upgrade: bool = False, patience: float = 30.0) -> str:
        """Return why they cannot be fetched. It must be one line, and nothing unfinished may be left."""
        before = self.lock.read_bytes() if self.lock.exists() else None
        with pytest.raises(HostError) as caught:
            self.fetch(upgrade=upgrade, patience=patience)
        assert "\n" not in str(caught.value)
        assert (self.lock.read_bytes() if self.lock.exists() else None) == before
        assert self.unfinished() == []
        return str(caught.value)

    def unfinished(self) -> list[str]:
        """Return the names of what is not finished in the store."""
        found = self.store.folder.iterdir() if self.store.folder.is_dir() else []
        return [each.name for each in found if each.name.startswith(".")]


def versions(lock: Lock) -> Mapping[str, str]:
    """Return the version of each package."""
    return {each.name: each.version for each in lock.packages}
