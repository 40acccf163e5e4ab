"""The libraries of a plugin: from its metadata over the lock to the modules that its instance asks for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hostcore.errors import HostError, NotFetchedError, PluginFileError, WheelError
from hostcore.libraries import libraries as module
from hostcore.libraries.archive import Archive
from hostcore.libraries.libraries import Distribution, Libraries, libraries_for, open_libraries
from hostcore.libraries.lock import Lock, lock_path, read_lock, write_lock
from hostcore.libraries.store import WheelStore
from hostcore.libraries.taken_names import STANDARD_LIBRARY, owner_of
from hostcore.libraries.wheel import LibraryModule, Wheel
from tests.sandbox import Sandbox
from tests.wheels import wheel_content, wheel_file

Files = Mapping[str, str | bytes]


def wheel(name: str, files: Files, version: str = "1.0") -> Wheel:
    return Wheel(wheel_file(name, version), wheel_content(name, files, version=version))


def refusal(*wheels: Wheel) -> str:
    with pytest.raises(WheelError) as caught:
        Libraries(wheels, "")
    return str(caught.value)


# Modules of several wheels


def test_modules_of_all_wheels_are_found() -> None:
    found = Libraries([wheel("a", {"a.py": "1"}), wheel("b", {"b/__init__.py": "2"})], "")
    assert found.find_module("a") == LibraryModule("a-1.0/a.py", False, "1")
    assert found.find_module("b") == LibraryModule("b-1.0/b/__init__.py", True, "2")
    assert found.find_module("c") is None


def test_wheels_share_a_namespace_package() -> None:
    found = Libraries(
        [wheel("luma-core", {"luma/core/__init__.py": "1"}), wheel("luma-oled", {"luma/oled/device.py": "2"})], ""
    )
    assert found.find_module("luma") == LibraryModule("luma_core-1.0/luma/__init__.py", True, "")
    assert found.find_module("luma.core") == LibraryModule("luma_core-1.0/luma/core/__init__.py", True, "1")
    assert found.find_module("luma.oled") == LibraryModule("luma_oled-1.0/luma/oled/__init__.py", True, "")
    assert [name for name, _ in found.modules()] == ["luma", "luma.core", "luma.oled", "luma.oled.device"]


def test_a_package_precedes_a_namespace_of_its_name() -> None:
    found = Libraries([wheel("a", {"x/a.py": ""}), wheel("b", {"x/__init__.py": "real"})], "").find_module("x")
    assert found is not None and found.source == "real"


def test_wheels_may_share_the_same_start_of_a_namespace() -> None:
    start = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    Libraries([wheel("a", {"x/__init__.py": start}), wheel("b", {"x/__init__.py": start})], "")


def test_shared_modules_are_compared_without_reading_them(monkeypatch: pytest.MonkeyPatch) -> None:
    wheels = [wheel(name, {"shared/__init__.py": "x = 1\n"}) for name in ("one", "two")]
    monkeypatch.delattr(Archive, "read")
    Libraries(wheels, "")


def test_two_packages_with_one_module_name_are_refused() -> None:
    assert refusal(wheel("a", {"x.py": "1"}), wheel("b", {"x.py": "2"})) == (
        "b-1.0-py3-none-any.whl: b and a both have a module x, with other content"
    )
    assert "both have a module x" in refusal(wheel("a", {"x.py": "1"}), wheel("b", {"x/__init__.py": "2"}))
    assert "both have a module x.y" in refusal(wheel("a", {"x/y.py": "1"}), wheel("b", {"x/y.py": "2"}))


def test_tests_and_examples_at_the_top_are_no_conflict() -> None:
    found = Libraries([wheel("a", {"tests/__init__.py": "1"}), wheel("b", {"tests/__init__.py": "2"})], "")
    assert found.find_module("tests") == LibraryModule("a-1.0/tests/__init__.py", True, "1")


@pytest.mark.parametrize("name", ["json", "os", "host", "wit_world", "plugin_code", "micropython", "_thread"])
def test_a_module_of_python_or_the_host_is_refused(name: str) -> None:
    owner = (
        "Python's standard library" if name in STANDARD_LIBRARY else "this host, which has that module in the sandbox"
    )
    expected = f"evil-1.0-py3-none-any.whl: evil has a module {name}, but that name belongs to {owner}"
    assert refusal(wheel("evil", {f"{name}.py": ""})) == expected
    assert refusal(wheel("evil", {f"{name}/__init__.py": ""})) == expected
    assert refusal(wheel("evil", {f"{name}/more.py": ""})) == expected


def test_a_module_below_the_top_may_have_any_name() -> None:
    Libraries([wheel("a", {"a/json.py": "", "a/host/__init__.py": ""})], "")


def test_the_names_of_the_standard_library_are_those_of_the_sandbox(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        f"""
        import sys
        KNOWN = set({sorted(STANDARD_LIBRARY)!r})
        def read():
            return {{"missing": len(sys.stdlib_module_names - KNOWN), "more": len(KNOWN - sys.stdlib_module_names)}}
        """
    )
    assert plugin.read() == {"missing": 0, "more": 0}


def test_no_module_of_the_sandbox_can_be_replaced(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import sys
        names = " ".join(name for name in sys.modules if "." not in name and name != "__main__")
        def read():
            return {"names": names.replace("_sysconfigdata__wasi_wasm32-wasi", "")}
        """
    )
    assert [name for name in str(plugin.read()["names"]).split() if owner_of(name) is None] == []


# Files


def test_the_first_file_of_a_path_is_found() -> None:
    found = Libraries([wheel("a", {"x/font.bin": b"1"}), wheel("b", {"x/font.bin": b"2", "x/more.bin": b"3"})], "")
    assert found.find_data("x/font.bin") == b"1"
    assert found.find_data("x/more.bin") == b"3"
    assert found.find_data("x/none.bin") is None
    assert dict(found.files())["x/more.bin"] == b"3"


def test_the_packages_are_listed_and_their_metadata_is_found() -> None:
    found = Libraries([wheel("RPi.bme280", {}, "0.2.4"), wheel("pynmea2", {}, "1.19.0")], "")
    assert found.distributions() == (Distribution("rpi-bme280", "0.2.4"), Distribution("pynmea2", "1.19.0"))
    assert b"Version: 1.19.0" in (found.find_data("pynmea2.dist-info/METADATA") or b"")


def test_a_damaged_entry_raises_in_the_plugin_and_not_in_the_host() -> None:
    content = wheel_content("a", {"a.py": "x = 1\n" * 50})
    at = content.rindex(b"PK\x03\x04") + 30 + len("a.py")
    damaged = Wheel(wheel_file("a"), content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
    libraries = Libraries([damaged], "")
    found = libraries.find_module("a")
    assert found is not None
    with pytest.raises(ImportError, match=r"a\.py is damaged"):
        exec(found.source, {})
    assert libraries.find_data("a.py") is None


# From the plugin's source


class Desk:
    """A plugin with a library that was fetched.

    Attributes:
        path: the plugin's file.
        store: the folder of wheels.
        lock: its lock.
    """

    def __init__(self, folder: Path) -> None:
        self.path, self.store = folder / "sht4x.py", WheelStore(folder / "wheels")
        file, content = wheel_file("adafruit-sht4x"), wheel_content("adafruit-sht4x", {"adafruit_sht4x.py": "x = 1\n"})
        self.lock = Lock(("adafruit-sht4x>=1",), (self.store.add(file, content),))
        write_lock(lock_path(self.path), self.lock)

    def libraries(self, *dependencies: str) -> Libraries | None:
        listed = ", ".join(f'"{each}"' for each in dependencies or ("adafruit-sht4x>=1",))
        return self.of(f"# /// script\n# dependencies = [{listed}]\n# ///\n")

    def of(self, source: str) -> Libraries | None:
        return libraries_for("sht4x", self.path, source, self.store)

    def problem(self, kind: type[HostError], call: Callable[[], object]) -> str:
        with pytest.raises(kind) as caught:
            call()
        assert type(caught.value) is kind
        assert str(caught.value).isprintable()
        return str(caught.value)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_plugin_gets_the_libraries_that_it_names(desk: Desk) -> None:
    found = desk.libraries()
    assert found is not None
    assert found.find_module("adafruit_sht4x") == LibraryModule(
        "adafruit_sht4x-1.0/adafruit_sht4x.py", False, "x = 1\n"
    )


@pytest.mark.parametrize("source", ["", "def read(): return {}", "# /// script\n# dependencies = []\n# ///\n"])
def test_a_plugin_without_dependencies_needs_no_lock(desk: Desk, source: str) -> None:
    lock_path(desk.path).unlink()
    assert desk.of(source) is None


def test_packages_that_the_sandbox_has_need_no_lock(desk: Desk) -> None:
    lock_path(desk.path).unlink()
    assert desk.libraries("smbus2>=0.4", "RPi.GPIO") is None
    with pytest.raises(NotFetchedError):
        desk.libraries("smbus2", "adafruit-sht4x")


def test_the_key_changes_with_the_lock_alone(desk: Desk) -> None:
    first = desk.libraries()
    again = desk.libraries()
    more = Lock(desk.lock.dependencies, (*desk.lock.packages, desk.store.add(wheel_file("b"), wheel_content("b", {}))))
    write_lock(lock_path(desk.path), more)
    changed = desk.libraries()
    assert first is not None and again is not None and changed is not None
    assert first.key == again.key != changed.key


def test_a_plugin_that_was_not_fetched_says_what_to_run(desk: Desk) -> None:
    lock_path(desk.path).unlink()
    assert desk.problem(NotFetchedError, desk.libraries) == (
        "sht4x: sht4x.lock: missing: the libraries are not fetched yet; run: wasi-host fetch sht4x"
    )


def test_dependencies_that_changed_must_be_fetched(desk: Desk) -> None:
    expected = (
        "sht4x: sht4x.lock: tool.wasi-host.dependencies: is for other dependencies than sht4x.py names; "
        "run: wasi-host fetch sht4x"
    )
    assert desk.problem(NotFetchedError, lambda: desk.libraries("adafruit-sht4x>=2")) == expected
    assert desk.problem(NotFetchedError, lambda: desk.libraries("adafruit-sht4x>=1", "pynmea2")) == expected


def test_a_lock_that_was_edited_must_be_fetched(desk: Desk) -> None:
    path = lock_path(desk.path)
    path.write_text(path.read_text().replace("sha256 = ", "md5 = "))
    assert desk.problem(NotFetchedError, desk.libraries) == (
        "sht4x: sht4x.lock:6: packages[0].wheels[0].hashes.sha256: missing; allowed is a text; "
        "run: wasi-host fetch sht4x"
    )


def test_a_wheel_that_is_missing_or_damaged_must_be_fetched(desk: Desk) -> None:
    path = desk.store.path(desk.lock.packages[0].sha256)
    path.chmod(0o600)
    path.write_bytes(b"")
    assert "adafruit_sht4x-1.0-py3-none-any.whl: is damaged: " in desk.problem(NotFetchedError, desk.libraries)
    path.unlink()
    assert desk.problem(NotFetchedError, desk.libraries) == (
        "sht4x: adafruit_sht4x-1.0-py3-none-any.whl: was not fetched to this computer; run: wasi-host fetch sht4x"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_a_lock_that_cannot_be_read_says_so(desk: Desk) -> None:
    lock_path(desk.path).chmod(0)
    assert "cannot be read: Permission denied" in desk.problem(NotFetchedError, desk.libraries)


def test_wrong_metadata_is_not_cured_by_fetching(desk: Desk) -> None:
    source = "# /// script\n# dependencies = 'x'\n# ///\n"
    assert desk.problem(PluginFileError, lambda: desk.of(source)) == (
        "sht4x: sht4x.py:2: dependencies: found a text, allowed is an array"
    )


def test_a_plugin_for_another_python_is_refused_even_without_dependencies(desk: Desk) -> None:
    source = '# /// script\n# requires-python = "<3"\n# ///\n'
    assert desk.problem(PluginFileError, lambda: desk.of(source)) == (
        "sht4x: sht4x.py:2: requires-python: found '<3', but the Python in the sandbox is 3.14"
    )


def test_libraries_that_do_not_fit_together_are_refused(desk: Desk) -> None:
    other = desk.store.add(wheel_file("b"), wheel_content("b", {"adafruit_sht4x.py": "x = 2\n"}))
    write_lock(lock_path(desk.path), Lock(desk.lock.dependencies, (*desk.lock.packages, other)))
    assert desk.problem(PluginFileError, desk.libraries) == (
        "sht4x: b-1.0-py3-none-any.whl: b and adafruit-sht4x both have a module adafruit_sht4x, with other content"
    )


@pytest.mark.parametrize(
    ("limit", "words"),
    [("MOST_BYTES", r"have [\d,]+ bytes, allowed are 1"), ("MOST_FILES", "have 4 files, allowed are 1")],
)
def test_all_wheels_together_are_limited(desk: Desk, monkeypatch: pytest.MonkeyPatch, limit: str, words: str) -> None:
    monkeypatch.setattr(module, limit, 1)
    with pytest.raises(WheelError, match=f"^adafruit_sht4x-1.0-py3-none-any.whl: the libraries up to .* {words}$"):
        open_libraries(desk.lock, desk.store)


def test_no_library_is_fetched_or_written_by_a_start(desk: Desk) -> None:
    before = sorted(desk.path.parent.rglob("*"))
    desk.libraries()
    assert sorted(desk.path.parent.rglob("*")) == before
    assert read_lock(lock_path(desk.path)) == desk.lock
