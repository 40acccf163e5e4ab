"""A live screen over a broker: a byte stream over two topics, and the end of it at which the screen is."""
