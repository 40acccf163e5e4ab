"""The simulated SSD1306 against an independent driver: what luma.oled, unmodified, was given is the picture shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from luma.core.framebuffer import diff_to_previous, full_frame
from luma.core.interface.serial import i2c
from luma.core.render import canvas
from luma.oled.device import ssd1306
from PIL import Image, ImageFont
from smbus2 import i2c_msg

from hostcore.clock import VirtualClock
from hostcore.devices.environment import Environment
from hostcore.devices.ssd1306 import Picture, Ssd1306, Ssd1306Decoder
from tests.wires import SimulatedSmbus

pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

ADDRESS = 0x3C
SIZES = ((128, 64), (128, 32), (96, 16), (64, 48), (64, 32))
"""All that luma.oled knows for this controller."""
TURNED_BACK = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
"""How what luma was given lies on the panel, for its `rotate` in quarter turns clockwise."""


class Wires(SimulatedSmbus):
    """smbus2's bus as luma uses it when it opens one by itself: with long messages."""

    def i2c_rdwr(self, *messages: i2c_msg) -> None:
        for message in messages:
            self._transaction(message.addr, bytes(message))

    def close(self) -> None:
        """luma closes what it opened."""


class Setup:
    """A module on a bus, and luma's device for it."""

    def __init__(self, width: int = 128, height: int = 64, rotate: int = 0, own_bus: bool = False, **options) -> None:
        clock = VirtualClock()
        self.chip = Ssd1306(clock, Environment(clock), height=height, width=width)
        bus = Wires({ADDRESS: self.chip})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("smbus2.SMBus", lambda port: bus)
            patch.setattr("atexit.register", lambda clean_up: None)
            serial = i2c(port=1, address=ADDRESS) if own_bus else i2c(bus=bus, address=ADDRESS)
            self.device = ssd1306(serial, width=width, height=height, rotate=rotate, **options)
        self.rotate = rotate

    @property
    def decoder(self) -> Ssd1306Decoder:
        return self.chip.decoder

    def on_the_panel(self, image: Image.Image) -> Image.Image:
        return image.transpose(TURNED_BACK[self.rotate]) if self.rotate else image


def as_image(picture: Picture) -> Image.Image:
    return Image.frombytes("1", (picture.width, picture.height), b"".join(picture.rows))


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and one.tobytes() == other.tobytes()


def random_image(size: tuple[int, int], data: st.DataObject) -> Image.Image:
    width, height = size
    length = width // 8 * height
    return Image.frombytes("1", size, data.draw(st.binary(min_size=length, max_size=length)))


every_mode = pytest.mark.parametrize("rotate", range(4))
every_size = pytest.mark.parametrize(("width", "height"), SIZES, ids=str)
either_bus = pytest.mark.parametrize("own_bus", [False, True], ids=["smbus blocks", "long messages"])


@every_size
@every_mode
@either_bus
class TestEveryStartUpMode:
    def test_it_starts_up_with_an_empty_picture_and_nothing_that_the_chip_does_not_know(
        self, width, height, rotate, own_bus
    ):
        setup = Setup(width, height, rotate, own_bus)
        picture = setup.decoder.picture()
        assert (picture.on, picture.inverted, picture.contrast) == (True, False, 0xCF)
        assert same(as_image(picture), Image.new("1", (width, height)))
        assert setup.decoder.unknown_commands == ()

    @settings(max_examples=3, deadline=None)
    @given(data=st.data())
    def test_any_image_is_shown_as_given(self, width, height, rotate, own_bus, data):
        setup = Setup(width, height, rotate, own_bus)
        for _ in range(2):
            image = random_image(setup.device.size, data)
            setup.device.display(image)
            assert same(as_image(setup.decoder.picture()), setup.on_the_panel(image))

    def test_text_is_shown_as_drawn(self, width, height, rotate, own_bus):
        setup = Setup(width, height, rotate, own_bus)
        drawn = canvas(setup.device)
        with drawn as draw:
            draw.rectangle(setup.device.bounding_box, outline="white")
            draw.text((2, 1), "21.5 °C\n48 %RH", fill="white", font=ImageFont.load_default())
        assert drawn.image.getbbox() == (0, 0, *setup.device.size)
        assert same(as_image(setup.decoder.picture()), setup.on_the_panel(drawn.image))


@pytest.mark.parametrize("height", [64, 32])
class TestControls:
    def test_contrast_arrives(self, height):
        setup = Setup(height=height)
        for level in (0, 1, 128, 255):
            setup.device.contrast(level)
            assert setup.decoder.picture().contrast == level

    def test_hiding_is_dark_and_showing_brings_the_picture_back(self, height):
        setup = Setup(height=height)
        image = Image.effect_noise((128, height), 200).convert("1")
        setup.device.display(image)
        setup.device.hide()
        assert not setup.decoder.picture().on
        assert same(as_image(setup.decoder.picture()), Image.new("1", (128, height)))
        setup.device.show()
        assert same(as_image(setup.decoder.picture()), image)

    def test_clean_up_leaves_it_dark_and_empty(self, height):
        setup = Setup(height=height, own_bus=True)
        setup.device.display(Image.new("1", (128, height), 1))
        setup.device.cleanup()
        assert not setup.decoder.picture().on
        setup.device.show()
        assert same(as_image(setup.decoder.picture()), Image.new("1", (128, height)))


def send_part(device: ssd1306, whole: Image.Image, box: tuple[int, int, int, int]) -> int:
    """Send the pages and columns of `whole` that cover `box`, as luma sends a frame; how many bytes that were."""
    left, top, right, bottom = box
    first_page, last_page = top // 8, (bottom - 1) // 8
    device.command(0x21, left, right - 1, 0x22, first_page, last_page)
    pixels = whole.load()
    part = [
        sum(bool(pixels[x, page * 8 + bit]) << bit for bit in range(8))
        for page in range(first_page, last_page + 1)
        for x in range(left, right)
    ]
    device.data(part)
    return len(part)


class TestFramebuffers:
    """luma's two strategies: the device itself always sends whole frames; sending parts moves the windows about."""

    @pytest.mark.parametrize("strategy", [full_frame, diff_to_previous])
    @settings(max_examples=5, deadline=None)
    @given(data=st.data())
    def test_the_device_takes_either_and_shows_every_frame(self, strategy, data):
        setup = Setup(framebuffer=strategy())
        for _ in range(2):
            image = random_image((128, 64), data)
            setup.device.display(image)
            assert same(as_image(setup.decoder.picture()), image)

    @pytest.mark.parametrize("strategy", [full_frame, diff_to_previous])
    @pytest.mark.parametrize("height", [64, 32])
    @settings(max_examples=10, deadline=None)
    @given(data=st.data())
    def test_frames_sent_in_the_parts_that_a_strategy_yields_add_up(self, strategy, height, data):
        setup = Setup(height=height)
        framebuffer = strategy(num_segments=16)
        image = random_image((128, height), data)
        for _ in range(4):
            for _, box in framebuffer.redraw(image):
                send_part(setup.device, image, box)
            assert same(as_image(setup.decoder.picture()), image)
            x, y = data.draw(st.integers(0, 127)), data.draw(st.integers(0, height - 1))
            image = image.copy()
            image.paste(random_image((32, 16), data), (x, y))

    def test_differences_are_sent_in_less_than_a_frame(self):
        setup = Setup()
        framebuffer = diff_to_previous(num_segments=16)
        image = Image.new("1", (128, 64))
        for _, box in framebuffer.redraw(image):
            send_part(setup.device, image, box)
        image.putpixel((70, 33), 1)
        sent = [send_part(setup.device, image, box) for _, box in framebuffer.redraw(image)]
        assert sent == [1]
        assert same(as_image(setup.decoder.picture()), image)
