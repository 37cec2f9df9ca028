# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# Freezes the application and the library. A board's manifest includes this one:
#     include("../../firmware/manifest.py")
# A frozen main.py runs before one on the flash: options(main=False) leaves it out, for a maker with a main.py.
options.defaults(main=True)
include("../lib/manifest.py")
package("cognito_app")
if options.main:
    module("main.py")
