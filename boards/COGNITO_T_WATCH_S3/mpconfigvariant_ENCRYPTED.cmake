# Flash encryption, development mode. It burns efuses for good: read ../esp32_encrypted/README.md first.
include(${MICROPY_BOARD_DIR}/../esp32_encrypted/encrypted.cmake)
