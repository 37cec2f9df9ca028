#include "boards/ESP32_GENERIC_C3/mpconfigboard.h"

#undef MICROPY_HW_BOARD_NAME
#define MICROPY_HW_BOARD_NAME "ESP32C3 module with cognito_mp"
