"""What portable tests need beyond `assert`, on any Python."""


class Skip(Exception):
    """Raise it, with the reason, where this Python lacks what a test needs."""


def raises(kind, function, *args, **named):
    """The exception of `kind` that function(*args, **named) raises; AssertionError when it raises none."""
    try:
        function(*args, **named)
    except kind as error:
        return error
    raise AssertionError("%s was not raised" % kind.__name__)
