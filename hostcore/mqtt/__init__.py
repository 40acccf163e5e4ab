"""MQTT front end: publishes what a host knows to a broker, keeps what the broker misses, and takes allowed commands."""
