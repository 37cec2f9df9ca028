"""The files of portable/ are run by test_on_each_python.py, on each Python in a process of its own."""

collect_ignore = ["portable"]
