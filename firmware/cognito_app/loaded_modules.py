"""Takes modules that have done their work out of RAM."""

import gc
import sys


def forget(*names: str) -> None:
    """Take the modules `names` out of RAM, and all that is in them if they are packages; `import` loads them anew."""
    for loaded in list(sys.modules):
        for name in names:
            if loaded == name or loaded.startswith(name + "."):
                sys.modules.pop(loaded, None)
    for name in names:
        package, _, inside = name.rpartition(".")
        parent = sys.modules.get(package)  # a package holds its modules as well
        if hasattr(parent, inside):
            delattr(parent, inside)
    gc.collect()
