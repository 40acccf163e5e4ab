"""Faults on demand of a whole host: those of host.toml are there from the start, those of a person end with it."""

from __future__ import annotations

from hostcore.events import FaultsSet, LogWritten, Outcome
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from hostcore.recording.contents import read_recording
from hostcore.replay.transfers import transfer_of
from tests.supervised import MAY_USE_LIGHT, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

READER = """
from host import i2c
def read():
    i2c.write(0x23, b"\\x01")
    return {"works": True}
"""
IN_HOST_TOML = '\n[[simulation.faults]]\nkind = "nack"\nbus = "i2c-1"\naddress = 0x23\n'
UNPLUGGED = Fault(FaultKind.UNPLUGGED, BusName("i2c-1"), 0x23)


def test_a_fault_of_host_toml_strikes_from_the_first_transfer_and_is_told(supervised: SupervisedHost) -> None:
    supervised.write("light", READER)
    supervised.configure(MAY_USE_LIGHT)
    supervised.config.write_text(supervised.config.read_text(encoding="utf-8") + IN_HOST_TOML, encoding="utf-8")
    supervised.start()
    assert supervised.wait_for(FaultsSet).faults == (Fault(FaultKind.NACK, BusName("i2c-1"), 0x23),)
    assert "fault on demand" in supervised.failure("light")
    assert not supervised.of(FaultsSet)[1:], "nothing ends it"
    assert any("faults on demand are on" in each.text for each in supervised.of(LogWritten))


def test_a_fault_that_a_person_sets_is_gone_after_a_restart_of_the_host(supervised: SupervisedHost) -> None:
    supervised.write("light", READER)
    supervised.configure(MAY_USE_LIGHT)
    supervised.start()
    supervised.reading("light")
    before = supervised.config.read_bytes()
    supervised.host.set_faults((UNPLUGGED,))
    assert "fault on demand" in supervised.failure("light")
    assert supervised.config.read_bytes() == before
    supervised.stop()
    supervised.start()
    supervised.skip()
    assert supervised.reading("light") == {"works": True}


def test_a_recording_marks_what_a_fault_has_struck_and_nothing_else(supervised: SupervisedHost) -> None:
    supervised.write("light", READER)
    supervised.configure(MAY_USE_LIGHT)
    supervised.start()
    supervised.reading("light")
    supervised.host.set_faults((UNPLUGGED,))
    supervised.failure("light")
    supervised.host.set_faults(())
    supervised.reading("light")
    recording = read_recording(supervised.host.keep_recording("light").file.read_bytes())
    made = [
        (each.is_injected, each.outcome is Outcome.OK)
        for call in (*recording.beginning, *recording.calls)
        for crossing in call.crossings
        if (each := transfer_of(recording.header, call, crossing)) is not None
    ]
    assert set(made) == {(False, True), (True, False)}
