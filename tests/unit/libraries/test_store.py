"""The folder of wheels: each is written whole, and read only if it is what the lock says."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from hostcore.errors import StoreError, WheelError
from hostcore.libraries.lock import LockedPackage
from hostcore.libraries.store import WheelStore
from tests.wheels import wheel_content, wheel_file

FILE = wheel_file("RPi.bme280", "0.2.4")
CONTENT = wheel_content("RPi.bme280", {"bme280.py": "x = 1\n" * 50}, version="0.2.4")
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> WheelStore:
    return WheelStore(tmp_path / "wheels")


def names(store: WheelStore) -> list[str]:
    return sorted(each.name for each in store.folder.iterdir()) if store.folder.exists() else []


def problem(store: WheelStore, package: LockedPackage) -> str:
    with pytest.raises(StoreError) as caught:
        store.open(package)
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_a_wheel_is_added_under_its_hash_for_this_user_alone(store: WheelStore) -> None:
    found = store.add(FILE, CONTENT, "https://index.test/x.whl")
    assert found == LockedPackage("rpi-bme280", "0.2.4", FILE, SHA256, len(CONTENT), "https://index.test/x.whl")
    assert names(store) == [f"{SHA256}.whl"]
    assert stat.S_IMODE(store.path(SHA256).stat().st_mode) == 0o400
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert store.has(found)


def test_a_wheel_that_was_added_is_opened(store: WheelStore) -> None:
    found = store.open(store.add(FILE, CONTENT)).find_module("bme280")
    assert found is not None and found.source == "x = 1\n" * 50


def test_a_wheel_can_be_added_again(store: WheelStore) -> None:
    assert store.add(FILE, CONTENT) == store.add(FILE, CONTENT)
    assert names(store) == [f"{SHA256}.whl"]


def test_what_is_no_wheel_is_not_added(store: WheelStore) -> None:
    with pytest.raises(WheelError):
        store.add(FILE, b"<html>404</html>")
    with pytest.raises(WheelError):
        store.add("other-1.0-py3-none-any.whl", CONTENT)
    assert names(store) == []


def test_a_wheel_that_is_damaged_inside_is_not_added(store: WheelStore) -> None:
    at = CONTENT.rindex(b"PK\x03\x04") + 30 + len("bme280.py")
    with pytest.raises(WheelError, match=r"bme280\.py is damaged$"):
        store.add(FILE, CONTENT[:at] + bytes([CONTENT[at] ^ 0xFF]) + CONTENT[at + 1 :])
    assert names(store) == []


def test_a_wheel_that_was_not_fetched_is_missing(store: WheelStore) -> None:
    package = LockedPackage("rpi-bme280", "0.2.4", FILE, SHA256)
    assert not store.has(package)
    assert problem(store, package) == f"{FILE}: was not fetched to this computer"
    store.folder.mkdir()
    assert problem(store, package) == f"{FILE}: was not fetched to this computer"


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"\n", CONTENT[:50] + b"?" + CONTENT[51:]])
def test_a_wheel_that_changed_is_damaged(store: WheelStore, content: bytes) -> None:
    package = store.add(FILE, CONTENT)
    store.path(SHA256).chmod(0o600)
    store.path(SHA256).write_bytes(content)
    found = hashlib.sha256(content).hexdigest()
    assert problem(store, package) == (
        f"{FILE}: is damaged: {store.path(SHA256)} has {len(content):,} bytes and the SHA-256 {found}"
    )


def test_a_damaged_wheel_is_replaced_when_it_is_added_again(store: WheelStore) -> None:
    package = store.add(FILE, CONTENT)
    store.path(SHA256).chmod(0o600)
    store.path(SHA256).write_bytes(b"")
    store.add(FILE, CONTENT)
    assert store.read(package) == CONTENT


def test_a_wheel_of_another_size_than_the_lock_says_is_damaged(store: WheelStore) -> None:
    package = store.add(FILE, CONTENT)
    assert "is damaged: " in problem(store, replace(package, size=len(CONTENT) + 1))
    assert store.open(replace(package, size=None)).package == "rpi-bme280"


def test_a_wheel_under_the_name_of_another_package_is_refused(store: WheelStore) -> None:
    package = store.add(FILE, CONTENT)
    with pytest.raises(WheelError, match=r"says in METADATA that it is RPi\.bme280 0\.2\.4$"):
        store.open(replace(package, wheel="other-0.2.4-py3-none-any.whl"))


def test_a_wheel_that_changes_while_it_runs_changes_nothing(store: WheelStore) -> None:
    package = store.add(FILE, CONTENT)
    wheel = store.open(package)
    store.path(SHA256).chmod(0o600)
    store.path(SHA256).write_bytes(b"")
    found = wheel.find_module("bme280")
    assert found is not None and found.source == "x = 1\n" * 50


def test_a_link_or_a_pipe_is_no_wheel(store: WheelStore, tmp_path: Path) -> None:
    package = store.add(FILE, CONTENT)
    store.path(SHA256).rename(tmp_path / "elsewhere")
    store.path(SHA256).symlink_to(tmp_path / "elsewhere")
    assert "it is a link, allowed is an ordinary file" in problem(store, package)
    store.path(SHA256).unlink()
    os.mkfifo(store.path(SHA256))
    assert "it is a pipe (FIFO), allowed is an ordinary file" in problem(store, package)


def test_a_file_that_is_too_large_is_not_read(store: WheelStore) -> None:
    package = store.add(FILE, CONTENT)
    store.path(SHA256).chmod(0o600)
    os.truncate(store.path(SHA256), 1 << 34)
    assert "has more bytes than a wheel may have" in problem(store, package)


def test_a_full_disk_leaves_nothing(store: WheelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(StoreError, match=rf"^{FILE}: cannot be written to .*/wheels: No space left on device$"):
            store.add(FILE, CONTENT)
    assert names(store) == []
    store.add(FILE, CONTENT)


def test_what_a_killed_process_left_is_removed(store: WheelStore) -> None:
    store.folder.mkdir()
    left = store.folder / f".{SHA256[:46]}.whl.0a.unfinished"
    left.write_bytes(CONTENT[:9])
    old = time.time() - 7200
    os.utime(left, (old, old))
    store.add(FILE, CONTENT)
    assert names(store) == [f"{SHA256}.whl"]
