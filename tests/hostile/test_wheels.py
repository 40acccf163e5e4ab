"""Wheels and locks that do their worst: each is refused in one line, costs little memory, and leaves nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.errors import PluginFileError, WheelError
from hostcore.events import State
from hostcore.libraries.libraries import Libraries, libraries_for
from hostcore.libraries.store import WheelStore
from hostcore.libraries.wheel import Wheel
from tests.hostile.wheels import EVILS, SOURCE
from tests.memory import MIB, growth
from tests.supervised import COUNTER, SupervisedHost
from tests.wheels import wheel_content, wheel_file

pytest_plugins = ["tests.supervised_fixture"]

HARMLESS = 8 * MIB
"""The most by which one of them may make the host grow, even for a moment."""


@pytest.mark.parametrize("evil", EVILS)
def test_each_is_refused_in_one_line_and_costs_little(evil: str, tmp_path: Path) -> None:
    make, words = EVILS[evil]
    plugin, store = tmp_path / f"{evil}.py", WheelStore(tmp_path / "wheels")
    make().place(plugin, store)
    before = sorted(tmp_path.rglob("*"))
    with growth() as grown, pytest.raises(PluginFileError) as caught:
        libraries_for(evil, plugin, SOURCE, store)
    line = str(caught.value)
    assert line.startswith(f"{evil}: ") and words in line
    assert line.isprintable() and len(line) < 500
    assert grown.peak < HARMLESS
    assert sorted(tmp_path.rglob("*")) == before


def test_the_other_plugins_keep_reading(supervised: SupervisedHost, tmp_path: Path) -> None:
    store = WheelStore(tmp_path / "wheels")
    supervised.configure({"libraries": {"folder": str(store.folder)}})
    supervised.write("good", COUNTER)
    for evil, (make, _) in EVILS.items():
        make().place(supervised.path(evil), store)
    files = {path: path.read_bytes() for path in [*supervised.path("good").parent.iterdir(), *store.folder.iterdir()]}
    supervised.start()
    supervised.reading("good")
    for evil, (_, words) in EVILS.items():
        supervised._seen = 0  # they end in any order
        cause = supervised.reaches(evil, State.QUARANTINED).cause
        assert words in cause and re.fullmatch(r"[^\n]{1,600}", cause)
    supervised.skip()
    first = supervised.reading("good")["count"]
    assert supervised.reading("good", lambda reading: reading["count"] > first + 3)
    assert supervised.states("good") == [State.LOADING, State.RUNNING]
    found = [*supervised.path("good").parent.iterdir(), *store.folder.iterdir()]
    assert {path: path.read_bytes() for path in found if path.is_file()} == files


WHEEL = wheel_content("evil", {"evil/__init__.py": "x = 1\n" * 20, "evil/font.bin": bytes(range(200))})
PIECES = st.binary(max_size=4) | st.sampled_from([b"PK\x01\x02", b"PK\x05\x06", b"PK\x03\x04", b"../", b"\xff" * 4])


@given(st.lists(st.tuples(st.integers(0, len(WHEEL)), st.integers(0, 8), PIECES), min_size=1, max_size=5))
def test_a_mutated_wheel_is_read_or_refused(mutations: list[tuple[int, int, bytes]]) -> None:
    content = WHEEL
    for at, length, piece in mutations:
        content = content[:at] + piece + content[at + length :]
    try:
        wheel = Wheel(wheel_file("evil"), content)
        sizes = [len(found) for _, found in wheel.read_all()]
        libraries = Libraries([wheel], "")
    except WheelError as error:
        assert str(error).isprintable()
    else:
        assert sum(sizes) < 10_000
        assert all(compile(module.source, module.path, "exec") for _, module in libraries.modules())


METADATA = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(["", "1.0", "evil", ">=3.7", "~=3"])


@given(METADATA, METADATA, METADATA)
def test_any_metadata_is_accepted_or_refused(name: str, version: str, python: str) -> None:
    text = f"Name: {name}\nVersion: {version}\nRequires-Python: {python}\n\n"
    content = wheel_content("evil", {"evil-1.0.dist-info/METADATA": text})
    try:
        Wheel(wheel_file("evil"), content)
    except WheelError as error:
        assert str(error).isprintable()


def test_metadata_with_many_headers_costs_little() -> None:
    headers = "Name: evil\nVersion: 1.0\n" + "".join(f"{number:x}:{number:x}\n" for number in range(150_000))
    content = wheel_content("evil", {"evil-1.0.dist-info/METADATA": headers})
    with growth() as grown:
        Wheel(wheel_file("evil"), content)
    assert grown.peak < HARMLESS
