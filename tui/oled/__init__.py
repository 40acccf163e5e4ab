"""What the displays show."""
