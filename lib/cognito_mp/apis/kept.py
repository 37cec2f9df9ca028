"""What Client.cache keeps in RAM between calls: for a few arguments, not for each that ever came."""

# Credentials, or a token, are a kilobyte or two.
_MOST = 4


def keep(cache: dict, key, value) -> None:
    """Keep `value` in `cache` under `key`; where there are many, the one that ends first gives way.

    value  has `expiration`, int, seconds since 1970
    """
    cache[key] = value
    while len(cache) > _MOST:
        first = None
        for other in cache:
            if other != key and (first is None or cache[other].expiration < cache[first].expiration):
                first = other
        del cache[first]
