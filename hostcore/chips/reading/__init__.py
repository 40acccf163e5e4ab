"""Reads chip files. Each error names file, line, key, what was found and what is allowed."""

from hostcore.chips.reading.chip_file import FILE_NAME, LARGEST_FILE, parse_chip, read_chip_file

__all__ = ["FILE_NAME", "LARGEST_FILE", "parse_chip", "read_chip_file"]
