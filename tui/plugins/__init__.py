"""The plugins: their states, and all that is known of one."""
