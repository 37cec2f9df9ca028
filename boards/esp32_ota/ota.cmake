# Gives an ESP32 board two application slots: README.md says why. COGNITO_FLASH is how much flash it has.
list(APPEND SDKCONFIG_DEFAULTS ${CMAKE_CURRENT_LIST_DIR}/sdkconfig.${COGNITO_FLASH})
set(COGNITO_PARTITIONS ${CMAKE_CURRENT_LIST_DIR}/partitions-${COGNITO_FLASH}.csv)
include(${CMAKE_CURRENT_LIST_DIR}/partitions.cmake)
