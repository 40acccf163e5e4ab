"""What to use in the place of what cannot work in the sandbox. `hostcore.libraries.advice` reads the literal, too."""

INSTEAD = {
    "bus": "use smbus2, spidev or serial, which this host provides",
    "chip package": "use the adafruit-circuitpython package of the chip",
    "dht": "use adafruit-circuitpython-dht",
    "drawing": "draw with adafruit_framebuf, or as plugins/oled.py does",
    "gpio": "use gpiozero, RPi.GPIO or digitalio, which this host provides",
    "numbers": "use array, struct and statistics",
    "plots": "the host draws the readings",
    "published": "return a reading, which the host shows, stores and publishes",
    "served": "the host serves the readings: wasi-host run --web",
    "serial": "use serial, which this host provides",
    "tables": "use csv and statistics",
    "text": "return a reading, or print",
}
"""By what a driver wants."""
