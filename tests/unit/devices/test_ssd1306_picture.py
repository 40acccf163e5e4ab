"""What a person sees on an SSD1306's panel, by its data sheet (Rev 1.1) and the wiring of common modules."""

from __future__ import annotations

import pytest

from hostcore.devices.ssd1306 import Ssd1306Decoder
from tests.ssd1306_display import command, data, draw_diagonal, lit_pixels, memory_rows_shown, upright


class TestRowMapping:
    """Tables 10-1 and 10-2. On the module, COM0 is the bottom row."""

    @pytest.mark.parametrize(
        ("scan", "multiplex", "offset", "start_line", "memory_row_on_com"),
        [
            (0xC0, 64, 0, 0, {0: 0, 63: 63}),
            (0xC0, 64, 8, 0, {0: 8, 55: 63, 56: 0, 63: 7}),
            (0xC0, 64, 0, 8, {0: 8, 55: 63, 56: 0, 63: 7}),
            (0xC0, 56, 0, 0, {0: 0, 55: 55, 56: None, 63: None}),
            (0xC0, 56, 8, 0, {0: 8, 47: 55, 48: None, 55: None, 56: 0, 63: 7}),
            (0xC0, 56, 0, 8, {0: 8, 55: 63, 56: None, 63: None}),
            (0xC8, 64, 0, 0, {0: 63, 63: 0}),
            (0xC8, 64, 8, 0, {0: 7, 7: 0, 8: 63, 63: 8}),
            (0xC8, 64, 0, 8, {0: 7, 7: 0, 8: 63, 63: 8}),
            (0xC8, 48, 0, 0, {0: 47, 47: 0, 48: None, 63: None}),
            (0xC8, 48, 8, 0, {0: None, 7: None, 8: 47, 55: 0, 56: None, 63: None}),
            (0xC8, 48, 0, 8, {0: 55, 47: 8, 48: None, 63: None}),
            (0xC8, 48, 8, 16, {0: None, 7: None, 8: 63, 55: 16, 56: None, 63: None}),
        ],
    )
    def test_com_outputs_show_the_memory_rows_of_the_tables(
        self, scan, multiplex, offset, start_line, memory_row_on_com
    ):
        decoder = upright()
        draw_diagonal(decoder)
        command(decoder, scan, 0xA8, multiplex - 1, 0xD3, offset, 0x40 | start_line)
        from_the_bottom = memory_rows_shown(decoder.picture())[::-1]
        assert {com: from_the_bottom[com] for com in memory_row_on_com} == memory_row_on_com

    @pytest.mark.parametrize("invalid", range(15))
    def test_an_invalid_multiplex_ratio_changes_nothing(self, invalid):
        decoder = upright()
        command(decoder, 0xA8, 31, 0xA8, invalid)
        assert decoder.settings.multiplex == 32

    def test_the_upper_half_of_the_memory_scrolls_into_a_32_row_panel_by_the_start_line(self):
        decoder = upright(height=32)
        draw_diagonal(decoder)
        command(decoder, 0xA8, 31, 0xDA, 0x02, 0x40 | 20)
        assert memory_rows_shown(decoder.picture()) == list(range(20, 52))


class TestComPins:
    """Table 10-3, on glass whose rows are wired as the common modules' are."""

    @pytest.mark.parametrize(
        ("pins", "expected"),
        [
            (0x12, list(range(64))),
            (0x02, [y // 2 + 32 * (y % 2) for y in range(64)]),
            (0x32, [y ^ 1 for y in range(64)]),
            (0x22, [y // 2 + 32 * (1 - y % 2) for y in range(64)]),
        ],
        ids=["right", "interlaced", "neighbours swapped", "interlaced the other way"],
    )
    def test_64_rows_need_the_alternative_configuration(self, pins, expected):
        decoder = upright()
        draw_diagonal(decoder)
        command(decoder, 0xDA, pins)
        assert memory_rows_shown(decoder.picture()) == expected

    @pytest.mark.parametrize(
        ("pins", "expected"),
        [
            (0x02, list(range(32))),
            (0x12, [None] * 16 + list(range(1, 32, 2))),
            (0x22, [None] * 32),
        ],
        ids=["right", "every other row missing", "the unconnected side"],
    )
    def test_32_rows_need_the_sequential_configuration(self, pins, expected):
        decoder = upright(height=32)
        draw_diagonal(decoder)
        command(decoder, 0xA8, 31, 0xDA, pins)
        assert memory_rows_shown(decoder.picture()) == expected


class TestOtherPanels:
    def test_a_64_column_panel_shows_the_middle_columns(self):
        decoder = upright(height=48, width=64)
        command(decoder, 0xA8, 47, 0x20, 0x00)
        data(decoder, bytes(32) + b"\x01" + bytes(62) + b"\x02" + bytes(32))
        assert lit_pixels(decoder.picture()) == {(0, 0), (63, 1)}

    def test_a_96_column_panel_shows_the_first_columns(self):
        decoder = upright(height=16, width=96)
        command(decoder, 0xA8, 15, 0xDA, 0x02)
        data(decoder, b"\x01" + bytes(94) + b"\x02" + b"\xff" * 32)
        assert lit_pixels(decoder.picture()) == {(0, 0), (95, 1)}


class TestWholeDisplayCommands:
    def test_inverse_display_lights_the_zeros(self):
        decoder = upright()
        data(decoder, b"\x01")
        command(decoder, 0xA7)
        picture = decoder.picture()
        assert picture.inverted
        assert len(lit_pixels(picture)) == 128 * 64 - 1
        assert not picture.lit(0, 0)
        command(decoder, 0xA6)
        assert lit_pixels(decoder.picture()) == {(0, 0)}

    @pytest.mark.parametrize("inverse", [0xA6, 0xA7])
    def test_entire_display_on_ignores_the_memory_and_resumes_to_it(self, inverse):
        decoder = upright()
        data(decoder, b"\x01")
        command(decoder, inverse)
        before = decoder.picture()
        command(decoder, 0xA5)
        assert len(lit_pixels(decoder.picture())) == 128 * 64
        command(decoder, 0xA4)
        assert decoder.picture() == before

    @pytest.mark.parametrize("code", [0xA5, 0xA7])
    def test_rows_beyond_the_multiplex_ratio_are_never_driven(self, code):
        decoder = upright()
        command(decoder, 0xA8, 31, code)
        assert {y for _, y in lit_pixels(decoder.picture())} == set(range(32, 64))

    def test_contrast_is_reported_and_lights_nothing_else(self):
        decoder = upright()
        data(decoder, b"\x01")
        command(decoder, 0x81, 0x00)
        assert decoder.picture().contrast == 0
        assert lit_pixels(decoder.picture()) == {(0, 0)}

    def test_display_off_is_dark_and_keeps_the_memory(self):
        decoder = upright()
        data(decoder, b"\x01")
        command(decoder, 0xAE, 0xA7)
        assert not decoder.picture().on
        assert not lit_pixels(decoder.picture())
        command(decoder, 0xA6, 0xAF)
        assert lit_pixels(decoder.picture()) == {(0, 0)}

    @pytest.mark.parametrize(
        ("codes", "on"),
        [
            ("8D14 AF", True),
            ("AF", False),
            ("AF 8D14", False),
            ("AF 8D14 AF", True),
            ("8D14 AF 8D10", False),
            ("8D14 8D10 AF", False),
            ("8D14 AF 8D14", True),
            ("8D14 AF AE", False),
        ],
    )
    def test_the_pump_must_be_enabled_before_the_display_is_switched_on(self, codes, on):
        decoder = Ssd1306Decoder()
        command(decoder, *bytes.fromhex(codes), 0xA5)
        assert decoder.picture().on is on
        assert bool(lit_pixels(decoder.picture())) is on

    def test_a_module_with_its_own_panel_supply_needs_no_pump(self):
        decoder = Ssd1306Decoder(external_vcc=True)
        command(decoder, 0x8D, 0x10, 0xA5, 0xAF)
        assert len(lit_pixels(decoder.picture())) == 128 * 64

    def test_timing_and_level_registers_are_kept(self):
        decoder = Ssd1306Decoder()
        command(decoder, 0xD5, 0xF1, 0xD9, 0xA3, 0xDB, 0x30)
        kept = decoder.settings
        assert (kept.oscillator, kept.clock_divide) == (15, 2)
        assert (kept.phase_2, kept.phase_1) == (10, 3)
        assert kept.vcomh == 3
