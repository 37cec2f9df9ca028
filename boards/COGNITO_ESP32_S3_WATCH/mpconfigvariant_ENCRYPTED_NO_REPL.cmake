# ENCRYPTED, and no way in by USB or UART. It is written over ENCRYPTED: read ../esp32_encrypted/README.md first.
include(${MICROPY_BOARD_DIR}/mpconfigvariant_ENCRYPTED.cmake)
list(APPEND MICROPY_DEF_BOARD COGNITO_NO_REPL)
