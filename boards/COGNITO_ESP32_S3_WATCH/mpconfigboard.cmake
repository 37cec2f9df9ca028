# Upstream's TinyWATCH S3, with the application frozen in. Paths are those of ports/esp32, as in upstream's boards.
include(boards/UM_TINYWATCHS3/mpconfigboard.cmake)

set(COGNITO_FLASH 8MiB)
include(${MICROPY_BOARD_DIR}/../esp32_ota/ota.cmake)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
