# Adds flash encryption to an ESP32 board, with the partition table for COGNITO_FLASH, as much flash as it has.
list(APPEND SDKCONFIG_DEFAULTS ${CMAKE_CURRENT_LIST_DIR}/sdkconfig.encrypted)
set(COGNITO_PARTITIONS ${CMAKE_CURRENT_LIST_DIR}/partitions-${COGNITO_FLASH}.csv)
include(${CMAKE_CURRENT_LIST_DIR}/../esp32_ota/partitions.cmake)
