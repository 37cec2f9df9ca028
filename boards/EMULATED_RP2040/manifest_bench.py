# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# The product, and what `make bench` compares it with, frozen in as well.
include("manifest.py")
module("maker_script.py", base_path="../../host_tests/bench/programs", opt=3)
module("checked_requests.py", base_path="../../host_tests/bench/programs", opt=3)
