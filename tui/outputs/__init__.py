"""The outputs that plugins drive: LEDs, relays, pulse-width modulation."""
