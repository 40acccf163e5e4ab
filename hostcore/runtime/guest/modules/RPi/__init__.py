"""The package of `RPi.GPIO`."""
