"""What plugins drive: LEDs, relays, pulse-width modulation."""
