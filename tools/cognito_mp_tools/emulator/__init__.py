"""An RP2040 that is a process, with a network and a serial port: `make emulate`, and the tests on a chip."""
