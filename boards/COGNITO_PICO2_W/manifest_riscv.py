# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# What MicroPython freezes on this board, the library and the application, for the chip's RISC-V cores.
include("$(PORT_DIR)/boards/RPI_PICO2_W/manifest.py")
include("../../firmware/manifest.py")
