# Upstream's generic ESP32-C3, with the application frozen in. Paths are those of ports/esp32, as in upstream's boards.
include(boards/ESP32_GENERIC_C3/mpconfigboard.cmake)

list(APPEND SDKCONFIG_DEFAULTS ${MICROPY_BOARD_DIR}/sdkconfig.board)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
