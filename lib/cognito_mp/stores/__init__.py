"""Places where a session outlives a restart: any object with load() -> bytes or None, save(bytes) and erase()."""
