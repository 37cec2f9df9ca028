# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# The product: the bare firmware with cognito_mp frozen into it.
include("manifest_bare.py")
include("../../lib/manifest.py", native="thumb")
