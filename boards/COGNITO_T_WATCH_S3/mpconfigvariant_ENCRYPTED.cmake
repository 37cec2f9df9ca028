# Flash encryption, development mode. It burns efuses for good: read ../esp32_encrypted/README.md first.
list(APPEND SDKCONFIG_DEFAULTS ${MICROPY_BOARD_DIR}/../esp32_encrypted/sdkconfig.8MiB)
set(COGNITO_PARTITIONS partitions-8MiB.csv)
include(${MICROPY_BOARD_DIR}/../esp32_encrypted/encrypted.cmake)
