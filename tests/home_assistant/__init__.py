"""A real Home Assistant, as far as MQTT needs it."""
