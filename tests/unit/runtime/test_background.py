"""`time.sleep` of the guest, which does background work."""

from __future__ import annotations

import pytest

from hostcore.events import TransferCompleted
from hostcore.place import GPIO
from tests.sandbox import Sandbox


def test_a_sleep_without_background_work_is_one_sleep(sandbox: Sandbox) -> None:
    plugin = sandbox.load("import time, RPi.GPIO, gpiozero\ndef read(): time.sleep(2); return {}")
    plugin.read()
    assert not [event for event in sandbox.events if isinstance(event, TransferCompleted) and event.bus == GPIO]


@pytest.mark.parametrize("seconds", ["-1", "float('nan')", "'1'"])
def test_a_wrong_time_is_refused_also_with_background_work(sandbox: Sandbox, seconds: str) -> None:
    plugin = sandbox.load(
        f"""
        import time
        from gpiozero import LED

        def read():
            told = []
            for blink in False, True:
                if blink:
                    LED(27).blink()
                try:
                    time.sleep({seconds})
                except (TypeError, ValueError) as error:
                    told.append(repr(error))
            return {{"told": told}}
        """,
        "gpio:27:out",
    )
    without, with_work = plugin.read()["told"]
    assert without == with_work
