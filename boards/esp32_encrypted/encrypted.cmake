# Adds flash encryption to an ESP32 board, with the partition table COGNITO_PARTITIONS of this folder.
list(APPEND SDKCONFIG_DEFAULTS ${CMAKE_CURRENT_LIST_DIR}/sdkconfig.encrypted)

# ESP-IDF takes a partition table's path from its configuration only, where no variable is expanded.
file(WRITE ${CMAKE_BINARY_DIR}/sdkconfig.partitions
    "CONFIG_PARTITION_TABLE_CUSTOM_FILENAME=\"${CMAKE_CURRENT_LIST_DIR}/${COGNITO_PARTITIONS}\"\n"
)
list(APPEND SDKCONFIG_DEFAULTS ${CMAKE_BINARY_DIR}/sdkconfig.partitions)
