#define MICROPY_HW_BOARD_NAME "LilyGo T-Watch S3 with cognito_mp"

#include "boards/ESP32_GENERIC_S3/mpconfigboard.h"
