# Upstream's generic ESP32-S3 with octal PSRAM, the application and the display frozen in. Paths are those of ports/esp32.
include(boards/ESP32_GENERIC_S3/mpconfigboard.cmake)

list(APPEND SDKCONFIG_DEFAULTS boards/sdkconfig.240mhz boards/sdkconfig.spiram_oct)

set(COGNITO_FLASH 16MiB)
include(${MICROPY_BOARD_DIR}/../esp32_ota/ota.cmake)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
