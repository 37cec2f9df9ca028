"""The maker's user pool: `cognito-mp pool`, and `make test-aws`.

commands      what a person types
settings      the file that says to `provision` and `factory` which pool it is
"""
