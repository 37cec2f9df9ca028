# Upstream's generic ESP32, with the application frozen in. Paths are those of ports/esp32, as in upstream's boards.
include(boards/ESP32_GENERIC/mpconfigboard.cmake)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
