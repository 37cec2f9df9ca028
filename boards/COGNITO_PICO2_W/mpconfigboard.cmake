# Upstream's board, with the application frozen in: upstream's file takes manifest.py from this folder.
include(${MICROPY_PORT_DIR}/boards/RPI_PICO2_W/mpconfigboard.cmake)
