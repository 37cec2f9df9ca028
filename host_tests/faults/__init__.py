"""`make faults`: what tries to lose a session, or to crash or fool a device. table.py says what a part is."""
