"""The addresses of the I2C buses, and scans."""
