"""What a person reads of a package that cannot work, when it is fetched and when a driver imports it."""

from __future__ import annotations

import pytest

from hostcore.errors import PluginCrashedError
from hostcore.libraries.advice import ADVICE
from tests.sandbox import Sandbox


@pytest.mark.parametrize(
    ("module", "package"), [("lgpio", "lgpio"), ("scipy", "scipy"), ("flask", "flask"), ("paho", "paho-mqtt")]
)
def test_the_sandbox_and_the_fetch_of_libraries_name_the_same_alternative(
    sandbox: Sandbox, module: str, package: str
) -> None:
    with pytest.raises(PluginCrashedError) as crash:
        sandbox.load(f"import {module}\ndef read(): return {{}}")
    assert crash.value.problem.endswith(f"and the sandbox does not allow that: {ADVICE[package].instead}")
