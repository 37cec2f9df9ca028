"""Checks of the types of arguments: each raises ValueError that names the first argument which can't be right.

Loaded by calls that take more than texts; for those there is errors.require_text(), which a plain sign-in has.
"""


def require_optional_text(**named: object) -> None:
    """Each must be a str, or None."""
    for name in named:
        if not (named[name] is None or isinstance(named[name], str)):
            raise ValueError(name + " must be a string, or None")


def require_text_dict(**named: object) -> None:
    """Each must be a dict of str to str, or None."""
    for name in named:
        value = named[name]
        if value is None:
            continue
        if not isinstance(value, dict):
            raise ValueError(name + " must be a dict")
        for pair in value.items():
            if not (isinstance(pair[0], str) and isinstance(pair[1], str)):
                raise ValueError(name + " must hold strings alone")


def require_text_list(**named: object) -> None:
    """Each must be a list or a tuple of str, or None."""
    for name in named:
        value = named[name]
        if value is not None and not (
            isinstance(value, (list, tuple)) and all([text and isinstance(text, str) for text in value])
        ):
            raise ValueError(name + " must be a list of str")


def require_bytes(**named: object) -> None:
    """Each must be bytes or a bytearray."""
    for name in named:
        if not isinstance(named[name], (bytes, bytearray)):
            raise ValueError(name + " must be bytes")


def require_bool(**named: object) -> None:
    """Each must be True or False."""
    for name in named:
        if not isinstance(named[name], bool):
            raise ValueError(name + " must be True or False")


def require_whole(least: int, most: int, **named: object) -> None:
    """Each must be an int from `least` to `most`."""
    for name in named:
        value = named[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError("%s must be a whole number from %d to %d" % (name, least, most))


def require_methods(methods: str, **named: object) -> None:
    """Each must have these methods, whose names are separated by spaces."""
    for name in named:
        for method in methods.split():
            if not hasattr(named[name], method):
                raise ValueError("%s must be an object with %s" % (name, methods))
