"""OLED displays (SSD1306, SH1106) that stay dark, or show a garbled picture."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.clock import NS_PER_S
from hostcore.decoding.ssd1306_commands import is_display
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.display_record import PAGE_MODE, SH1106_STATUS, DisplayRecord
from hostcore.diagnosis.records import DeviceRecord
from hostcore.diagnosis.rules.silence import is_wanted
from hostcore.diagnosis.wording import about_device, observation, place, shown_by
from hostcore.events import Confidence, Finding, Outcome, TransferCompleted
from hostcore.quick_dataclass import dataclass

LEAST_PICTURES = 3
PATIENCE_NS = 5 * NS_PER_S
"""A driver may send a picture before it switches the display on, but not for so long. In nanoseconds."""
PAGE_BYTES = 132
"""Columns of the widest display: an SH1106 has 132, an SSD1306 128. A page has no more bytes."""
LEAST_PAGES = 3
"""Pages that a driver chooses one by one. Drivers for any addressing choose page 0 once when they start."""
MODES = ("horizontal", "vertical", "page")


@dataclass(frozen=True, slots=True)
class _Display:
    """A display that receives pictures."""

    device: DeviceRecord
    told: DisplayRecord
    picture: TransferCompleted
    """The newest part of a picture."""
    is_sh1106: bool
    """Whether its driver is for an SH1106 and nothing else."""

    @property
    def place(self) -> str:
        return place(self.device.bus, self.device.address)

    @property
    def driver(self) -> str:
        """The driver that sends the pictures."""
        return self.picture.plugin

    def finding(
        self, kind: str, sentence: str, advice: str, confidence: Confidence, cause: TransferCompleted | None = None
    ) -> Finding:
        """Return a finding, with the command that is its cause, if one is, and the newest picture."""
        causes = () if cause is None else (observation(cause),)
        picture = shown_by(self.picture, f"{self.told.pictures} parts of pictures were sent to it")
        return about_device(self.device, kind, sentence, advice, confidence, evidence=(*causes, picture))


def display_trouble(case: Case) -> Iterator[Finding]:
    """Find displays whose pictures nobody can see, or that show them at the wrong place."""
    for device in case.i2c_devices():
        display = _display(case, device)
        if display is not None:
            found = _dark(case, display) or _without_supply(case, display) or _addressing(display)
            found = found or _like_sh1106(display) or _dim(display)
            if found:
                yield found


def _display(case: Case, device: DeviceRecord) -> _Display | None:
    told, last = device.display, device.last
    if told is None or told.last_picture is None or last is None or last.outcome is not Outcome.OK:
        return None
    if told.pictures < LEAST_PICTURES or not is_wanted(case, device):
        return None
    expected = case.expected_at(device)
    if expected and not any(is_display(chip) for chip in expected):
        return None
    is_sh1106 = bool(expected) and all(chip.key == "sh1106" for chip in expected)
    return _Display(device, told, told.last_picture, is_sh1106)


def _dark(case: Case, display: _Display) -> Finding | None:
    told = display.told
    if told.is_on or case.now_ns - told.first_picture_ns < PATIENCE_NS:
        return None
    advice = f"Let {display.driver} send 0xaf (DISPLAY_ON) after its settings."
    if told.was_on and told.switched is not None:
        sender = "" if told.switched.plugin == display.driver else f"{display.driver} "
        return display.finding(
            "display-off",
            f"The display at {display.place} is dark: {told.switched.plugin} switched it off (0xae), and {sender}sends "
            "pictures without switching it on again (0xaf).",
            advice,
            Confidence.CERTAIN,
            told.switched,
        )
    sentence = (
        f"The display at {display.place} is dark: {display.driver} sends pictures, but never switched it on (0xaf)"
    )
    if told.is_on is False:
        return display.finding("display-never-on", f"{sentence}.", advice, Confidence.CERTAIN, told.switched)
    if _was_set_up_before(case, display):
        return None
    return display.finding(
        "display-never-on", f"{sentence} since the host started.", advice, Confidence.LIKELY, told.switched
    )


def _was_set_up_before(case: Case, display: _Display) -> bool:
    """Whether its plugins may have switched it on in an earlier run of the host."""
    return any(map(case.chips.is_woken, display.device.plugins))


def _without_supply(case: Case, display: _Display) -> Finding | None:
    """The panel gets no voltage: an SSD1306 makes it only if it is told to, before it is switched on."""
    told = display.told
    if not told.is_on or told.pump or display.is_sh1106 or told.has_other_supply:
        return None
    if told.pump is None and _was_set_up_before(case, display):
        return None
    if told.pump is None:
        how, confidence = "never switched its charge pump on (0x8d 0x14)", Confidence.LIKELY
    else:
        how, confidence = "switched its charge pump off (0x8d 0x10)", Confidence.POSSIBLE
    return display.finding(
        "display-no-pump",
        f"The display at {display.place} is {'likely' if told.pump is None else 'possibly'} dark: {display.driver} "
        f"{how}, which makes the panel's voltage on nearly all modules.",
        f"Let {display.driver} send 0x8d 0x14 before 0xaf, unless the module has its own supply of 7 to 15 V.",
        confidence,
        told.switched,
    )


def _addressing(display: _Display) -> Finding | None:
    """The driver writes the picture in another order than the display takes it."""
    told = display.told
    by_pages = len(told.pages) >= LEAST_PAGES and not told.has_window
    is_whole = told.longest_run > PAGE_BYTES
    if is_whole and display.is_sh1106:
        set_up, sent = "an SH1106 has page addressing only", "sends the whole picture at once"
    elif is_whole and not by_pages and told.addressing in (None, PAGE_MODE) and told.is_on:
        set_up = "it is in page addressing" + ("" if told.addressing else ", as after a reset")
        sent = "sends the whole picture at once"
    elif by_pages and told.addressing in (0, 1) and not display.is_sh1106:
        set_up, sent = f"it is in {MODES[told.addressing]} addressing", "sends the picture page by page (0xb0 to 0xb7)"
    else:
        return None
    return display.finding(
        "display-addressing",
        f"The picture on the display at {display.place} is garbled: {set_up}, but {display.driver} {sent}.",
        f"Let {display.driver} set horizontal addressing (0x20 0x00) for whole pictures, or page addressing "
        "(0x20 0x02) for pages.",
        Confidence.LIKELY,
        told.addressed,
    )


def _like_sh1106(display: _Display) -> Finding | None:
    """The status byte is that of an SH1106, and the driver is not for one."""
    status = display.told.status
    if status is None or status & 0x0F != SH1106_STATUS or display.is_sh1106 or len(display.told.pages) >= LEAST_PAGES:
        return None
    return display.finding(
        "display-other-chip",
        f"The display at {display.place} could be an SH1106: its status reads 0x{status:02x}. Then a picture for an "
        "SSD1306 is garbled, or begins two columns too far to the left.",
        f"If the picture is wrong, use a driver for the SH1106 instead of {display.driver}.",
        Confidence.POSSIBLE,
    )


def _dim(display: _Display) -> Finding | None:
    if display.told.contrast or not display.told.is_on:
        return None
    return display.finding(
        "display-dim",
        f"The display at {display.place} is possibly too dim to read: {display.driver} set its contrast to 0.",
        f"Let {display.driver} set a higher contrast (0x81 0x7f).",
        Confidence.POSSIBLE,
    )
