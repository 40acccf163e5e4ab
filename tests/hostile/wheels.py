"""Hostile wheels and locks: each evil is a plugin with a lock and with files in the folder of wheels."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hostcore.libraries.lock import Lock, LockedPackage, lock_path, lock_text
from hostcore.libraries.store import WheelStore
from tests.wheels import archive, wheel_content, wheel_file

DEPENDENCY = "evil"
SOURCE = f"""
# /// script
# dependencies = ["{DEPENDENCY}"]
# ///
import evil
def read():
    return {{"evil": 1}}
"""
"""The plugin of every evil."""


@dataclass(frozen=True)
class Case:
    """What lies beside a plugin and in the folder of wheels."""

    lock: str
    wheels: tuple[bytes, ...] = ()
    """Each under its own hash, as ``add`` would put it there."""
    swapped: Mapping[str, bytes] | None = None
    """Files under a hash that is not theirs."""

    def place(self, plugin: Path, store: WheelStore) -> None:
        """Put the plugin, its lock and its wheels in place, without the checks of `WheelStore.add`."""
        store.folder.mkdir(parents=True, exist_ok=True)
        files = {**{_sha256(each): each for each in self.wheels}, **(self.swapped or {})}
        for sha256, content in files.items():
            store.path(sha256).write_bytes(content)
        plugin.write_text(SOURCE, encoding="utf-8")
        lock_path(plugin).write_text(self.lock, encoding="utf-8")


def locked(content: bytes, name: str = "evil") -> LockedPackage:
    """The lock's entry of a wheel, as it is."""
    return LockedPackage(name, "1.0", wheel_file(name), _sha256(content), len(content))


def lock(*packages: LockedPackage) -> str:
    """The text of a lock."""
    return lock_text(Lock((DEPENDENCY,), packages))


def with_wheels(**wheels: bytes) -> Case:
    """Wheels that the lock names, whatever is in them."""
    return Case(lock(*(locked(content, name) for name, content in wheels.items())), tuple(wheels.values()))


def with_files(files: Mapping[str, str | bytes]) -> Case:
    """One wheel with metadata and these files."""
    return with_wheels(evil=wheel_content("evil", files))


def _bomb() -> Case:
    return with_files({f"evil/{number}.py": bytes(2 << 20) for number in range(31)})


def _lying_bomb() -> Case:
    """A wheel whose directory says that its metadata is small."""
    content = wheel_content("evil", {"evil-1.0.dist-info/METADATA": bytes(2 << 20)})
    at = content.index(b"PK\x01\x02") + 24
    return with_wheels(evil=content[:at] + (9).to_bytes(4, "little") + content[at + 4 :])


def _changed() -> Case:
    content = wheel_content("evil", {"evil.py": "# as it was fetched"})
    other = wheel_content("evil", {"evil.py": "import os"})
    return Case(lock(locked(content)), swapped={_sha256(content): other})


def _edited(old: str, new: str) -> Callable[[], Case]:
    def make() -> Case:
        content = wheel_content("evil", {"evil.py": ""})
        text = lock(locked(content))
        assert old in text
        return Case(text.replace(old, new), (content,))

    return make


def _two_of_one_name() -> Case:
    return with_wheels(
        evil=wheel_content("evil", {"evil.py": "x = 1"}), other=wheel_content("other", {"evil.py": "x = 2"})
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


EVILS: Mapping[str, tuple[Callable[[], Case], str]] = {
    "zip_bomb": (_bomb, "more than 100 times its size: a zip bomb"),
    "lying_bomb": (_lying_bomb, "METADATA is larger than the directory says"),
    "many_entries": (
        lambda: with_wheels(evil=archive({f"{number}.py": "" for number in range(5001)})),
        "has 5,001 entries, allowed are 5,000",
    ),
    "absolute_path": (lambda: with_files({"/etc/cron.d/evil": ""}), "has the path /etc/cron.d/evil, allowed are paths"),
    "path_above": (lambda: with_files({"../../evil.py": ""}), "has the path ../../evil.py, allowed are paths inside"),
    "is_host": (lambda: with_files({"host/__init__.py": ""}), "evil has a module host, but that name belongs to this"),
    "is_json": (lambda: with_files({"json.py": ""}), "evil has a module json, but that name belongs to Python's"),
    "changed": (_changed, "evil-1.0-py3-none-any.whl: is damaged: "),
    "another_package": (
        lambda: with_wheels(evil=wheel_content("good", {"evil.py": ""})),
        "says in METADATA that it is good 1.0",
    ),
    "another_python": (
        lambda: with_wheels(evil=wheel_content("evil", {}, requires_python="<3.12")),
        "needs Python <3.12, but the Python in the sandbox is 3.14",
    ),
    "native": (lambda: with_files({"evil/_fast.so": b"\x7fELF"}), "evil has native code (evil/_fast.so); only pure"),
    "two_of_one_name": (_two_of_one_name, "both have a module evil, with other content"),
    "colours": (lambda: with_files({"evil-1.0.dist-info/METADATA": "Name: \x1b[31m\n"}), "it is \\x1b[31m"),
    "no_zip": (lambda: with_wheels(evil=b"<html>"), "is no zip archive, or only the start of one"),
    "no_toml": (_edited("[[packages]]", "[[packages"), "no_toml.lock:6: not TOML: "),
    "path_in_lock": (
        _edited("evil-1.0-py3", "../evil-1.0-py3"),
        "path_in_lock.lock:6: packages[0].wheels: ../evil-",
    ),
    "no_hash": (_edited("sha256 =", "md5 ="), "no_hash.lock:6: packages[0].wheels[0].hashes.sha256: missing"),
    "other_dependencies": (
        _edited('["evil"]', '["good"]'),
        "is for other dependencies than other_dependencies.py",
    ),
    "large_lock": (_edited("[tool", "# " + "x" * 300_000 + "\n[tool"), "cannot be read: it has more than 262,144"),
    "many_packages": (
        lambda: Case('lock-version = "1.0"\n' + "[[packages]]\n" * 15_000),
        "found 15,000 packages, allowed are 200",
    ),
}
"""What makes each evil, and the words in its one line."""
