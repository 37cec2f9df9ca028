#define MICROPY_HW_BOARD_NAME "Generic ESP32 module with cognito_mp"

#include "boards/ESP32_GENERIC/mpconfigboard.h"
