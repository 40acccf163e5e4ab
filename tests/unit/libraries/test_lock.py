"""The lock of a plugin's libraries: a pylock.toml that says exactly which wheels were fetched."""

from __future__ import annotations

import errno
import os
import re
import string
from pathlib import Path
from typing import NoReturn

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st
from packaging.pylock import Pylock

from hostcore.errors import LockError
from hostcore.libraries.lock import (
    LARGEST_LOCK,
    Lock,
    LockedPackage,
    lock_path,
    lock_text,
    parse_lock,
    public_url,
    read_lock,
    write_lock,
)

SHA256 = "a5" * 32
PYNMEA2 = LockedPackage(
    "pynmea2", "1.19.0", "pynmea2-1.19.0-py3-none-any.whl", SHA256, 30016, "https://index.test/pynmea2.whl"
)
LOCK = Lock(("pynmea2[x] >= 1.19; python_version > '3'", 'a "b"'), (PYNMEA2,))
NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda name: "--" not in name)
VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True)


@st.composite
def packages(draw: st.DrawFn) -> LockedPackage:
    name, version = draw(NAMES), draw(VERSIONS)
    wheel = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    sha256 = draw(st.text("0123456789abcdef", min_size=64, max_size=64))
    size = draw(st.none() | st.integers(0, 1 << 24))
    url = draw(st.just("") | st.text(string.ascii_letters + "/%._-", min_size=1).map("https://x.test/".__add__))
    return LockedPackage(name, version, wheel, sha256, size, url)


LOCKS = st.builds(
    lambda dependencies, found: Lock(tuple(dependencies), tuple(sorted(found, key=lambda each: each.name))),
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=20), max_size=3),
    st.lists(packages(), max_size=4, unique_by=lambda each: each.name),
)


def mistake(text: str) -> str:
    with pytest.raises(LockError) as caught:
        parse_lock(text, "sht4x.lock")
    assert str(caught.value).isprintable() and len(str(caught.value)) < 500
    return str(caught.value)


@given(LOCKS)
def test_a_lock_that_was_written_is_read(lock: Lock) -> None:
    assert parse_lock(lock_text(lock), "a.lock") == lock


def test_a_lock_is_text_for_people_and_git() -> None:
    assert lock_text(LOCK) == (
        f"""# Written by wasi-host fetch. Keep it beside the plugin; do not edit it.
lock-version = "1.0"
created-by = "wasi-host"
requires-python = ">=3.14"

[[packages]]
name = "pynmea2"
version = "1.19.0"
wheels = [{{ name = "pynmea2-1.19.0-py3-none-any.whl", url = "https://index.test/pynmea2.whl", size = 30016, """
        f"""hashes = {{ sha256 = "{SHA256}" }} }}]

[tool.wasi-host]
dependencies = ["pynmea2[x] >= 1.19; python_version > '3'", "a \\"b\\""]
"""
    )


def test_the_order_of_packages_does_not_change_the_text() -> None:
    other = LockedPackage("a", "1", "a-1-py3-none-any.whl", SHA256)
    assert lock_text(Lock((), (PYNMEA2, other))) == lock_text(Lock((), (other, PYNMEA2)))


@given(LOCKS)
def test_a_lock_is_what_the_pep_says(lock: Lock) -> None:
    Pylock.from_dict(tomli.loads(lock_text(lock))).validate()


def test_a_lock_lies_beside_its_plugin() -> None:
    assert lock_path(Path("plugins/sht4x.py")) == Path("plugins/sht4x.lock")


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://files.test/a-1.0-py3-none-any.whl", "https://files.test/a-1.0-py3-none-any.whl"),
        ("https://me:secret@files.test:8443/a.whl?token=secret#sha256=00", "https://files.test:8443/a.whl"),
        ("file:///home/me/a.whl", ""),
        ("/home/me/a.whl", ""),
        ("https://[", ""),
        ("https://files.test/a b\x1b", ""),
        ("https://files.test/" + "a" * 2000, ""),
        ("", ""),
    ],
)
def test_a_lock_names_only_addresses_that_others_may_know(url: str, public: str) -> None:
    assert public_url(url) == public


# Locks of other programs


def test_a_lock_of_pip_is_read() -> None:
    found = parse_lock(
        f"""
        lock-version = "1.0"
        created-by = "pip"
        [[packages]]
        name = "RPi.bme280"
        version = "0.2.4"
        [[packages.wheels]]
        name = "RPi.bme280-0.2.4-py2.py3-none-any.whl"
        url = "https://index.test/RPi.bme280-0.2.4-py2.py3-none-any.whl"
        [packages.wheels.hashes]
        sha256 = "{SHA256}"
        """,
        "a.lock",
    )
    assert found.dependencies == ()
    assert [(each.name, each.version, each.size) for each in found.packages] == [("rpi-bme280", "0.2.4", None)]


def test_a_lock_of_uv_is_read_and_its_first_pure_wheel_is_taken() -> None:
    found = parse_lock(
        f"""
        lock-version = "1.0"
        created-by = "uv"
        requires-python = ">=3.11"
        [[packages]]
        name = "a"
        version = "1.0"
        index = "https://index.test/simple"
        sdist = {{ url = "https://index.test/a-1.0.tar.gz", size = 1, hashes = {{ sha256 = "{SHA256}" }} }}
        wheels = [
            {{ url = "https://index.test/a-1.0-cp314-cp314-linux_aarch64.whl", hashes = {{ sha256 = "{SHA256}" }} }},
            {{ url = "https://index.test/a-1.0%2Bb-py3-none-any.whl", hashes = {{ sha256 = "{SHA256}" }} }},
        ]
        """.replace('version = "1.0"\n        index', 'version = "1.0+b"\n        index'),
        "a.lock",
    )
    assert [each.wheel for each in found.packages] == ["a-1.0+b-py3-none-any.whl"]


# Mistakes


def edited(old: str, new: str) -> str:
    text = lock_text(LOCK)
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("packages = [", "sht4x.lock:1: not TOML: Invalid value (column 13)"),
        ("", "sht4x.lock: lock-version: missing; allowed is a text"),
        (edited('lock-version = "1.0"', 'lock-version = "2.0"'), "lock-version: found '2.0', allowed is 1.x"),
        (edited(">=3.14", "<3.14"), "requires-python: found '<3.14', but the Python in the sandbox is 3.14"),
        (edited('name = "pynmea2"\n', ""), "sht4x.lock:6: packages[0].name: missing; allowed is a text"),
        (
            edited('version = "1.19.0"', "version = 1.19"),
            "sht4x.lock:6: packages[0].version: found a float, allowed is",
        ),
        (edited('name = "pynmea2"\n', 'name = "../pynmea2"\n'), "packages[0].name: found '../pynmea2', allowed is"),
        (edited('name = "pynmea2"\n', 'name = "other"\n'), "allowed is a wheel of other 1.19.0"),
        (edited('version = "1.19.0"', 'version = "1.20"'), "packages[0].wheels[0].name: found 'pynmea2-1.19.0-py3-"),
        (edited("pynmea2-1.19.0-py3-none", "../x-1-py3-none"), "packages[0].wheels: ../x-1-py3-none-any.whl: no file"),
        (edited("py3-none-any", "cp314-cp314-linux_armv7l"), "packages[0].wheels: pynmea2-1.19.0-cp314-cp314-linux"),
        (edited(SHA256, SHA256[:-1]), "packages[0].wheels[0].hashes.sha256: found 'a5a5"),
        (edited(SHA256, SHA256.upper()), "allowed are 64 hex digits in lower case"),
        (edited(SHA256, "../" + SHA256[3:]), "allowed are 64 hex digits in lower case"),
        (edited("sha256 =", "md5 ="), "packages[0].wheels[0].hashes.sha256: missing; allowed is a text"),
        (edited("30016", "-1"), "packages[0].wheels[0].size: found -1, allowed is a number from 0 to 16,777,216"),
        (edited("30016", "true"), "packages[0].wheels[0].size: found True, allowed is a number"),
        (edited("30016", "1" * 4000), "packages[0].wheels[0].size: found 1111"),
        (edited("https://", "file:///"), "packages[0].wheels[0].url: found 'file:///index.test/pynmea2.whl', allowed"),
        (edited("wheels = [", "wheels = [1, "), "packages[0].wheels[0]: found a number, allowed is a table"),
        (
            edited("wheels = ", 'marker = "1"\nwheels = '),
            "packages[0].marker: found a condition, allowed is a lock for",
        ),
        (edited("wheels = ", "sdist = "), "packages[0].wheels: found none, and only wheels run in the sandbox"),
        (edited("wheels = ", 'requires-python = "<3"\nwheels = '), "pynmea2 needs Python <3, but the Python in the"),
        (edited("dependencies = [", "dependencies = [1, "), "tool.wasi-host.dependencies[0]: found a number"),
        (edited("[tool.wasi-host]\n", "[tool]\nwasi-host = 3\n"), "tool.wasi-host: found a number, allowed is a table"),
        ('lock-version = "1.0"\n' + "[[packages]]\n" * 201, "packages: found 201 packages, allowed are 200"),
        ('lock-version = "1.0"\npackages = ' + "[" * 5000, "sht4x.lock: cannot be read: "),
    ],
)
def test_a_lock_that_was_edited_by_hand_is_refused_in_one_line(text: str, message: str) -> None:
    assert message in mistake(text)


def test_a_package_that_is_listed_twice_is_refused() -> None:
    block = re.search(r"\[\[packages\]\].*?\n\n", lock_text(LOCK), re.DOTALL)
    assert block is not None
    text = edited(block[0], block[0] + block[0].replace('name = "pynmea2"\n', 'name = "PyNMEA2"\n'))
    assert mistake(text) == "sht4x.lock:11: packages[1].name: found a second package pynmea2, allowed is one"


def test_keys_of_a_later_format_are_ignored() -> None:
    assert parse_lock(edited('"1.0"\ncreated', '"1.7"\nnew = 1\ncreated'), "a.lock") == LOCK


@given(st.data())
def test_a_mutated_lock_is_read_or_refused(data: st.DataObject) -> None:
    text = lock_text(LOCK)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 9)) :]
    try:
        parse_lock(text, "a.lock")
    except LockError as error:
        assert str(error).isprintable()


# Files


def test_a_lock_is_kept_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sht4x.lock"
    write_lock(path, LOCK)
    assert read_lock(path) == LOCK
    assert [each.name for each in tmp_path.iterdir()] == ["sht4x.lock"]


def test_a_missing_lock_says_so(tmp_path: Path) -> None:
    with pytest.raises(LockError, match=r"^a\.lock: missing: the libraries are not fetched yet$"):
        read_lock(tmp_path / "a.lock")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", r"is not UTF-8 text \(byte 0\)"),
        (bytes(LARGEST_LOCK + 1), r"cannot be read: it has more than 262,144 bytes \(262,145\)"),
    ],
)
def test_a_file_that_is_no_lock_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.lock").write_bytes(content)
    with pytest.raises(LockError, match=rf"^a\.lock: {message}$"):
        read_lock(tmp_path / "a.lock")


def test_a_pipe_is_no_lock(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.lock")
    with pytest.raises(
        LockError, match=r"^a\.lock: cannot be read: it is a pipe \(FIFO\), allowed is an ordinary file$"
    ):
        read_lock(tmp_path / "a.lock")


def test_a_full_disk_leaves_the_old_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "a.lock"
    write_lock(path, LOCK)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(LockError, match=r"a\.lock: cannot be written: No space left on device$"):
        write_lock(path, Lock(()))
    assert read_lock(path) == LOCK
    assert [each.name for each in tmp_path.iterdir()] == ["a.lock"]
