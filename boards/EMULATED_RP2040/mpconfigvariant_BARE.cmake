# Without cognito_mp: for running the library from the filesystem, as `mip` or `mpremote cp` put it there.
set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest_bare.py)
