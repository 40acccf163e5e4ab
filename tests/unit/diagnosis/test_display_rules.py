"""OLED displays: dark ones, garbled pictures, and the healthy ways in which drivers set a display up."""

from __future__ import annotations

import pytest

from hostcore.events import Confidence, Finding, State, StateChanged
from tests.evidence import Bench, a_plugin

HORIZONTAL = "00 ae 20 00 21 00 7f 22 00 07 81 7f 8d 14 af"
"""An SSD1306 in horizontal addressing, as most drivers set it up."""
PAGES = "00 ae 20 02 81 7f 8d 14 af"
WHOLE = "40" + "aa" * 1024


def shown(*setup: str, pictures: int = 5, by_pages: bool = False, name: str = "oled") -> Bench:
    """A driver that sets the display up, and then sends pictures, one a second; as a whole, or page by page."""
    made = Bench(a_plugin(name, "i2c:1:0x3c"))
    for message in setup:
        made.transfer(name, 0x3C, message, line=20)
    for _ in range(pictures):
        send(made, name, by_pages=by_pages)
    return made


def send(made: Bench, name: str = "oled", *, by_pages: bool = False) -> None:
    """Send one picture, and wait for a second."""
    for page in range(8) if by_pages else ():
        made.transfer(name, 0x3C, f"00 b{page} 02 10", line=40)
        made.transfer(name, 0x3C, "40" + "aa" * 128, line=41)
    if not by_pages:
        made.transfer(name, 0x3C, WHOLE, line=40)
    made.wait(2)


def the_finding(made: Bench) -> Finding:
    (found,) = made.findings()
    return found


@pytest.mark.parametrize(
    "setup",
    [
        (HORIZONTAL,),
        tuple(f"00 {byte}" for byte in HORIZONTAL.split()[1:]),
        tuple(f"80 {byte}" for byte in HORIZONTAL.split()[1:]),
    ],
    ids=["in one message", "byte by byte", "with a control byte each"],
)
def test_a_display_that_is_set_up_for_whole_pictures_is_fine(setup: tuple[str, ...]) -> None:
    assert shown(*setup).findings() == ()


def test_a_display_that_is_set_up_for_pages_is_fine() -> None:
    assert shown(PAGES, by_pages=True).findings() == ()


def test_a_display_that_was_never_switched_on_is_dark() -> None:
    found = the_finding(shown("00 ae 20 00 8d 14"))
    assert found.sentence == (
        "The display at 0x3c on i2c-1 is dark: oled sends pictures, but never switched it on (0xaf)."
    )
    assert found.kind == "display-never-on" and found.confidence is Confidence.CERTAIN
    assert "0xaf" in found.advice
    assert found.evidence[0].source_line == 20


def test_a_picture_that_a_fault_on_demand_struck_says_so() -> None:
    made = shown("00 ae 20 00 8d 14")
    made.transfer("oled", 0x3C, WHOLE, line=40, is_injected=True)
    assert the_finding(made).evidence[-1].is_injected


def test_a_display_that_a_woken_plugin_has_switched_on_in_an_earlier_run_is_fine() -> None:
    made = shown()
    made.take(StateChanged(made.now_ns, "oled", State.LOADING, State.RUNNING, "", is_woken=True))
    assert made.kinds() == []


def test_a_display_that_may_have_been_on_before_the_host_started_is_only_likely_dark() -> None:
    found = the_finding(shown())
    assert found.confidence is Confidence.LIKELY and "since the host started" in found.sentence


def test_a_driver_that_draws_before_it_switches_on_is_fine() -> None:
    made = shown("00 ae 20 00 8d 14", WHOLE, pictures=0)
    made.transfer("oled", 0x3C, "00 af")
    for _ in range(5):
        send(made)
    assert made.findings() == ()


def test_a_display_that_was_switched_off_is_told_until_it_is_on_again() -> None:
    made = shown(HORIZONTAL)
    made.transfer("oled", 0x3C, "00 ae", line=77)
    for _ in range(5):
        send(made)
    found = the_finding(made)
    assert found.kind == "display-off" and found.confidence is Confidence.CERTAIN
    assert "oled switched it off (0xae), and sends pictures without switching it on again" in found.sentence
    assert found.evidence[0].source_line == 77
    made.transfer("oled", 0x3C, "00 af")
    made.wait(10)
    assert made.findings() == ()


def test_a_display_that_sleeps_without_pictures_is_fine() -> None:
    made = shown(HORIZONTAL)
    made.transfer("oled", 0x3C, "00 ae")
    made.wait(60)
    assert made.findings() == ()


def test_a_display_without_its_charge_pump_is_likely_dark() -> None:
    found = the_finding(shown("00 ae 20 00 af"))
    assert found.kind == "display-no-pump" and found.confidence is Confidence.LIKELY
    assert "is likely dark: oled never switched its charge pump on (0x8d 0x14)" in found.sentence


def test_a_charge_pump_that_is_switched_off_may_be_meant() -> None:
    found = the_finding(shown("00 ae 20 00 8d 10 af"))
    assert found.confidence is Confidence.POSSIBLE and "is possibly dark" in found.sentence


@pytest.mark.parametrize("name", ["sh1106", "oled"])
def test_an_sh1106_has_another_supply(name: str) -> None:
    assert shown("00 ae ad 8b af", by_pages=True, name=name).findings() == ()


def test_whole_pictures_in_page_addressing_are_garbled() -> None:
    found = the_finding(shown("00 ae 20 02 8d 14 af"))
    assert found.kind == "display-addressing"
    assert found.sentence == (
        "The picture on the display at 0x3c on i2c-1 is garbled: it is in page addressing, but oled sends the whole "
        "picture at once."
    )


def test_whole_pictures_without_an_addressing_are_garbled_as_after_a_reset() -> None:
    assert "it is in page addressing, as after a reset, but" in the_finding(shown("00 ae 8d 14 af")).sentence


def test_whole_pictures_in_small_pieces_are_garbled_too() -> None:
    made = shown("00 ae 20 02 8d 14 af", pictures=0)
    for _ in range(200):
        made.transfer("oled", 0x3C, "40" + "aa" * 16)
        made.wait(0.1)
    assert the_finding(made).kind == "display-addressing"


def test_pages_in_horizontal_addressing_are_garbled() -> None:
    found = the_finding(shown("00 ae 20 00 8d 14 af", by_pages=True))
    assert "it is in horizontal addressing, but oled sends the picture page by page (0xb0 to 0xb7)" in found.sentence


def test_whole_pictures_for_an_sh1106_are_garbled() -> None:
    found = the_finding(shown("00 ae ad 8b af", name="sh1106"))
    assert "an SH1106 has page addressing only, but sh1106 sends the whole picture at once" in found.sentence


def test_a_display_whose_status_is_that_of_an_sh1106_could_be_one() -> None:
    made = shown(HORIZONTAL)
    made.transfer("oled", 0x3C, None, "08")
    found = the_finding(made)
    assert found.confidence is Confidence.POSSIBLE and "could be an SH1106: its status reads 0x08" in found.sentence


def test_the_status_of_an_ssd1306_is_fine() -> None:
    made = shown(HORIZONTAL)
    made.transfer("oled", 0x3C, None, "43")
    assert made.findings() == ()


def test_a_contrast_of_zero_is_possibly_too_dim() -> None:
    found = the_finding(shown(HORIZONTAL.replace("81 7f", "81 00")))
    assert found.kind == "display-dim" and found.confidence is Confidence.POSSIBLE
