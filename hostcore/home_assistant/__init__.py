"""Home Assistant: the discovery of devices and entities over MQTT, as pure functions of what a node says of itself."""
