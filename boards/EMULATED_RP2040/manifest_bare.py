# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# What MicroPython itself needs on rp2, asyncio, and this board's network. Nothing of micropython-lib, which
# Debian does not package.
freeze("$(PORT_DIR)/modules")
include("$(MPY_DIR)/extmod/asyncio")
module("ppp_link.py", base_path="$(BOARD_DIR)/modules")
