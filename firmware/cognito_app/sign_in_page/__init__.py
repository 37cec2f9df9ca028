"""The sign-in page of a device with no keyboard. Nothing of it is in RAM until somebody needs it (page_watch.py)."""
