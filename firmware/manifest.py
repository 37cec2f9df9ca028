# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# Freezes the application and the library. A board's manifest includes this one:
#     include("../../firmware/manifest.py")
# A frozen main.py runs before one on the flash: options(main=False) leaves it out, for a maker with a main.py.
# The web server of the sign-in page is PyPI's microdot (MIT): MICRODOT names the folder that it is installed in, and
# make firmware sets it. Without it the page wants microdot on the flash.
# native is the kind of chip whose machine code is frozen in, for SRP: see lib/manifest.py.
import os

options.defaults(main=True, native="")
include("../lib/manifest.py", native=options.native)
package("cognito_app")
if os.environ.get("MICRODOT"):
    package("microdot", files=("__init__.py", "microdot.py"), base_path=os.environ["MICRODOT"])
if options.main:
    module("main.py")
