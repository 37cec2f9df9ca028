"""Firmware images: built from MicroPython's source, told apart, listed for a browser that flashes."""
