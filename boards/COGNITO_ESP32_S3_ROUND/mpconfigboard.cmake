# Upstream's generic ESP32-S3, with the application and the round display frozen in. Paths are those of ports/esp32.
include(boards/ESP32_GENERIC_S3/mpconfigboard.cmake)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
