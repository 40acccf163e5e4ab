"""The pictures on the displays."""
