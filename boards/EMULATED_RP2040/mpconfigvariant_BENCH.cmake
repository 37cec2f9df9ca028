# For `make bench`: the maker's script that it compares with is frozen in too.
set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest_bench.py)
