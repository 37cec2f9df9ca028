"""What only CPython, or only CircuitPython, needs. MicroPython's packages leave it out."""
