"""pip's report says what it chose; the sandbox needs what holds there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from hostcore.libraries.report import Reported, ReportError, needed, read_report


def reported(name: str, *requires: str) -> Reported:
    return Reported(name, "1.0", f"https://example.org/{name}.whl", "", requires)


def test_two_packages_that_need_each_other_are_met_once() -> None:
    chosen = {"a": reported("a", "b"), "b": reported("b", "a")}
    assert list(needed([Requirement("A")], chosen, ()).packages) == ["a", "b"]


def test_who_needs_a_package_first_is_known_and_what_is_missing_too() -> None:
    chosen = {"a": reported("a", "smbus2", "c[x]>2; python_version > '3'")}
    found = needed([Requirement("a")], chosen, ["smbus2"])
    assert found.by == {"a": "", "smbus2": "a", "c": "a"}
    assert found.missing == {"c": "c[x]>2"}


def test_a_requirement_that_cannot_be_read_is_passed_over() -> None:
    assert list(needed([Requirement("a")], {"a": reported("a", "not a requirement!")}, ()).packages) == ["a"]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["install", "metadata", "download_info", "name", "url"]), inner, max_size=3
            )
        ),
        max_leaves=10,
    )
)
def test_another_json_is_refused(tmp_path_factory: pytest.TempPathFactory, found: object) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "report.json"
    path.write_text(json.dumps(found))
    try:
        assert read_report(path) == {}, "an empty list of packages is a report"
    except ReportError as error:
        assert str(error).startswith("pip's report cannot be read: ")
