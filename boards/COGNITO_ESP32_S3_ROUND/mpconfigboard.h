#define MICROPY_HW_BOARD_NAME "Waveshare ESP32-S3-LCD-1.28 with cognito_mp"

#include "boards/ESP32_GENERIC_S3/mpconfigboard.h"

#ifdef COGNITO_NO_REPL // mpconfigvariant_ENCRYPTED_NO_REPL.cmake
#include "../esp32_encrypted/no_repl.h"
#endif
