"""Who answers on an I2C bus."""
