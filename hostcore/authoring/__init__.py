"""Writes new plugins: an empty driver, one of this project's own, or one for a library of PyPI."""
