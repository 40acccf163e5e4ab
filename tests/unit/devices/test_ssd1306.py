"""The SSD1306's I2C interface and command decoder, as its data sheet (Rev 1.1) describes them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.devices.ssd1306 import Settings, Ssd1306, Ssd1306Decoder
from tests.ssd1306_display import UPRIGHT, command, data, draw_diagonal, lit_pixels, memory_in, upright


class TestAfterReset:
    def test_the_registers_hold_the_reset_values_of_the_command_table(self):
        assert Ssd1306Decoder().settings == Settings(
            on=False,
            pump=False,
            contrast=0x7F,
            all_on=False,
            inverted=False,
            start_line=0,
            multiplex=64,
            com_reversed=False,
            offset=0,
            com_alternating=True,
            com_sides_swapped=False,
            clock_divide=1,
            oscillator=8,
            phase_1=2,
            phase_2=2,
            vcomh=2,
        )

    def test_the_panel_is_dark(self):
        picture = Ssd1306Decoder().picture()
        assert (picture.width, picture.height, picture.on) == (128, 64, False)
        assert not lit_pixels(picture)

    def test_a_panel_that_nobody_makes_is_refused_with_those_that_exist(self):
        with pytest.raises(ValueError, match=r"128x48.*128x64, 128x32"):
            Ssd1306Decoder(height=48)


class TestAPanelOfUnknownHeight:
    """Traffic on a bus does not say which panel a display has, but drivers set the multiplex ratio to its rows."""

    def test_it_is_64_rows_high_until_a_driver_says_otherwise(self):
        assert Ssd1306Decoder(height=None).picture().height == 64

    @pytest.mark.parametrize(("ratio", "height"), [(16, 32), (32, 32), (33, 64), (48, 64), (64, 64)])
    def test_it_is_the_smallest_panel_that_has_as_many_rows_as_the_driver_drives(self, ratio, height):
        decoder = Ssd1306Decoder(height=None)
        command(decoder, 0xA8, ratio - 1)
        assert decoder.picture().height == height

    @pytest.mark.parametrize(("ratio", "height"), [(32, 32), (48, 48), (64, 48)])
    def test_narrow_panels_are_told_apart_too(self, ratio, height):
        decoder = Ssd1306Decoder(height=None, width=64)
        command(decoder, 0xA8, ratio - 1)
        assert decoder.picture().height == height

    @settings(deadline=None)
    @given(messages=st.lists(st.binary(max_size=64), max_size=20))
    def test_its_picture_is_that_of_a_decoder_which_knew_the_height(self, messages):
        decoders = {height: upright(height) for height in (None, 32, 64)}
        for decoder in decoders.values():
            command(decoder, 0xA8, 31)
            for message in messages:
                decoder.receive(message)
        picture = decoders[None].picture()
        assert picture == decoders[picture.height].picture()


class TestControlBytes:
    """Section 8.1.5.2."""

    def test_without_continuation_everything_that_follows_is_commands(self):
        decoder = Ssd1306Decoder()
        decoder.receive(bytes([0x00, 0x81, 0x12, 0xA7]))
        assert (decoder.settings.contrast, decoder.settings.inverted) == (0x12, True)

    def test_with_continuation_a_control_byte_precedes_each_byte(self):
        decoder = Ssd1306Decoder()
        decoder.receive(bytes([0x80, 0x81, 0x80, 0x12, 0x80, 0xA7]))
        assert (decoder.settings.contrast, decoder.settings.inverted) == (0x12, True)

    def test_commands_single_data_bytes_and_a_run_of_data_fit_into_one_message(self):
        decoder = upright()
        decoder.receive(bytes([0x80, 0xB1, 0xC0, 0xAA, 0xC0, 0xBB, 0x80, 0xB2, 0x40, 0x80, 0xC0]))
        pages = memory_in(decoder.picture())
        assert pages[1][:2] == b"\xaa\xbb"
        assert pages[2][2:4] == b"\x80\xc0"

    @pytest.mark.parametrize("message", [b"", b"\x00", b"\x40", b"\x80", b"\xc0"])
    def test_a_message_without_a_byte_after_its_control_byte_does_nothing(self, message):
        decoder = upright()
        before = decoder.revision, decoder.settings
        decoder.receive(message)
        assert (decoder.revision, decoder.settings) == before

    def test_a_command_waits_for_its_parameters_across_messages(self):
        decoder = upright()
        for byte in (0x20, 0x00, 0x21, 0x05, 0x06, 0x22, 0x03, 0x03):
            decoder.receive(bytes([0x80, byte]))
        data(decoder, b"\x01\x02\x03")
        assert memory_in(decoder.picture())[3][5:7] == b"\x03\x02"

    def test_a_new_message_starts_with_a_control_byte_even_after_an_unfinished_run(self):
        decoder = upright()
        data(decoder, b"\x11")
        command(decoder, 0x81, 0x33)
        assert decoder.settings.contrast == 0x33


class TestCommandTable:
    """Table 9-1."""

    @pytest.mark.parametrize(
        ("opcode", "parameters"),
        [(code, 1) for code in (0x20, 0x81, 0x8D, 0xA8, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB)]
        + [(code, 2) for code in (0x21, 0x22, 0xA3)]
        + [(code, 5) for code in (0x29, 0x2A)]
        + [(code, 6) for code in (0x26, 0x27)]
        + [(code, 0) for code in (*range(0x20), *range(0x40, 0x80), *range(0xB0, 0xB8))]
        + [(code, 0) for code in (0x2E, 0x2F, 0xA0, 0xA1, 0xA4, 0xA5, 0xA6, 0xA7, 0xAF, 0xC0, 0xC8, 0xE3)],
        ids=lambda number: f"{number:02X}",
    )
    def test_each_command_takes_its_parameters_and_no_more(self, opcode, parameters):
        decoder = upright()
        command(decoder, opcode, *[0xAE] * parameters, 0x81, 0x01)
        assert (decoder.settings.on, decoder.settings.contrast) == (True, 0x01)
        assert decoder.unknown_commands == ()


class TestUnknownCommands:
    def test_they_are_ignored_and_remembered(self):
        decoder = upright()
        before = decoder.settings, decoder.picture()
        command(decoder, 0xAD, 0x30, 0xE3, 0xFF)
        assert decoder.unknown_commands == (0xAD, 0x30, 0xFF)
        assert (decoder.settings, decoder.picture()) == before

    @pytest.mark.parametrize(("opcode", "parameters"), [(0x23, 1), (0x2C, 6), (0x2D, 6), (0xD6, 1)])
    def test_those_of_the_ssd1306b_are_passed_over_with_their_parameters(self, opcode, parameters):
        decoder = upright()
        command(decoder, opcode, *[0xAE] * parameters, 0x81, 0x01)
        assert (decoder.settings.on, decoder.settings.contrast) == (True, 0x01)
        assert decoder.unknown_commands == (opcode,)

    def test_only_the_latest_are_kept(self):
        decoder = Ssd1306Decoder()
        command(decoder, *[0x30] * 1000, 0xFE)
        assert len(decoder.unknown_commands) == 64
        assert decoder.unknown_commands[-1] == 0xFE


class TestRevision:
    @pytest.mark.parametrize(
        "message",
        ["40 03", "00 A7", "00 A5", "00 AE", "00 C0", "00 41", "00 D301", "00 A81F", "00 DA02", "00 8100", "00 8D10"],
    )
    def test_it_grows_with_whatever_changes_the_picture(self, message):
        decoder = upright()
        draw_diagonal(decoder)
        revision, picture = decoder.revision, decoder.picture()
        decoder.receive(bytes.fromhex(message))
        assert decoder.picture() != picture
        assert decoder.revision > revision

    @pytest.mark.parametrize(
        "message", ["40 01", "00 A6", "00 E3", "00 2001", "00 21007F", "00 B3", "00 A0", "00 AF", "00 FF"]
    )
    def test_it_stays_when_nothing_visible_changes(self, message):
        decoder = upright()
        draw_diagonal(decoder)
        revision, picture = decoder.revision, decoder.picture()
        decoder.receive(bytes.fromhex(message))
        assert (decoder.revision, decoder.picture()) == (revision, picture)


def codes(opcode: int, *parameters: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int, bytes]]:
    """A command as a control byte and what follows it."""
    return st.tuples(*parameters).map(lambda values: (0x00, bytes([opcode, *values])))


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just(0x40), st.binary(min_size=1, max_size=200)),
        *[codes(opcode) for opcode in (0xA0, 0xA1, 0xA6, 0xA7, 0xC0, 0x4F, 0xB5)],
        codes(0x20, st.integers(0, 2)),
        codes(0x21, st.integers(0, 127), st.integers(0, 127)),
        codes(0x22, st.integers(0, 7), st.integers(0, 7)),
        codes(0xDA, st.integers(0, 255)),
    ),
    max_size=12,
)
"""Runs of data and whole commands."""


class TestAnyInput:
    @settings(deadline=None)
    @given(operations=OPERATIONS, choices=st.randoms(use_true_random=False))
    def test_how_bytes_are_split_into_messages_makes_no_difference(self, operations, choices):
        whole, split = upright(), upright()
        for control, payload in operations:
            whole.receive(bytes([control]) + payload)
            rest = payload
            while rest:
                cut = choices.randint(1, len(rest))
                part, rest = rest[:cut], rest[cut:]
                if choices.random() < 0.3:
                    split.receive(b"".join(bytes([control | 0x80, byte]) for byte in part))
                else:
                    split.receive(bytes([control]) + part)
        assert (whole.picture(), whole.settings) == (split.picture(), split.settings)
        for decoder in (whole, split):
            data(decoder, b"\x5a\xa5")
        assert whole.picture() == split.picture()

    @settings(deadline=None)
    @given(messages=st.lists(st.binary(max_size=64), max_size=20), choices=st.randoms(use_true_random=False))
    def test_how_a_message_arrives_in_pieces_makes_no_difference(self, messages, choices):
        whole, pieces = upright(), upright()
        for message in messages:
            whole.receive(message)
            pieces.start()
            cut = choices.randint(0, len(message))
            pieces.feed(message[:cut])
            pieces.feed(message[cut:])
        assert (whole.picture(), whole.settings) == (pieces.picture(), pieces.settings)
        assert whole.unknown_commands == pieces.unknown_commands

    @settings(deadline=None)
    @given(
        height=st.sampled_from([64, 32]),
        messages=st.lists(st.tuples(st.binary(max_size=80), st.floats(0, 1e6)), max_size=30),
    )
    def test_garbage_never_raises_and_always_leaves_a_picture(self, height, messages):
        clock = VirtualClock()
        target = Ssd1306(clock, None, height=height)
        for message, seconds in messages:
            assert target.start(reading=False)
            assert target.write(message) == len(message)
            target.stop()
            clock.advance(seconds)
            picture = target.decoder.picture()
            assert len(picture.rows) == height
            assert {len(row) for row in picture.rows} == {16}


class TestOnTheWires:
    def test_every_byte_is_acknowledged_and_messages_reach_the_decoder(self):
        target = Ssd1306(VirtualClock(), None)
        for message in (bytes([0x00, *UPRIGHT]), b"\x40\x01"):
            assert target.start(reading=False)
            assert target.write(message) == len(message)
        target.stop()
        assert lit_pixels(target.decoder.picture()) == {(0, 0)}

    def test_a_read_returns_the_status_byte_whose_bit_6_is_display_off(self):
        target = Ssd1306(VirtualClock(), None)
        assert target.start(reading=True)
        assert target.read(2) == b"\x40\x40"
        target.start(reading=False)
        target.write(b"\x00\xaf")
        target.start(reading=True)
        assert target.read(1) == b"\x00"

    def test_a_repeated_start_begins_a_new_message(self):
        target = Ssd1306(VirtualClock(), None)
        target.start(reading=False)
        target.write(b"\x40\x01")
        target.start(reading=False)
        target.write(b"\x00\x81\x22")
        assert target.decoder.settings.contrast == 0x22
