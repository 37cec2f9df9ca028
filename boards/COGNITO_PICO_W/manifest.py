# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# What MicroPython freezes on this board, the library and the application.
include("$(PORT_DIR)/boards/RPI_PICO_W/manifest.py")
include("../../firmware/manifest.py", native="thumb")
