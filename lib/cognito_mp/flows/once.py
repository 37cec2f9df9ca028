"""What several may ask for at the same time, and is done once."""


class Once:
    """`outcome = yield Once(key, flow)`: what `flow` returns, run once for all who ask for `key` at the same time.

    It runs to its end, and what it brings is committed, though whoever asked for it be cancelled.
    """

    def __init__(self, key, flow) -> None:
        """key: str or tuple that says what is asked for; flow: a generator, run unless one of this key is running."""
        self.key = key
        self.flow = flow
