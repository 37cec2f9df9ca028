# Makes COGNITO_PARTITIONS, a file, the partition table of an ESP32 board.

# ESP-IDF takes a partition table's path from its configuration only, where no variable is expanded.
file(WRITE ${CMAKE_BINARY_DIR}/sdkconfig.partitions
    "CONFIG_PARTITION_TABLE_CUSTOM=y\nCONFIG_PARTITION_TABLE_CUSTOM_FILENAME=\"${COGNITO_PARTITIONS}\"\n"
)
list(APPEND SDKCONFIG_DEFAULTS ${CMAKE_BINARY_DIR}/sdkconfig.partitions)
