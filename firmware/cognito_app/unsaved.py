"""What must not be lost when the device goes down: a refresh under way, and a session that is in RAM alone."""

_AGAIN = 60  # seconds between tries to save


async def saved(keeper, faults, sleep, tries: int) -> bool:
    """True once all of it is on flash, False when it is not after `tries`, a minute between them. Raises nothing.

    In a pool that rotates its refresh tokens, an answer that is cut off or is in RAM alone takes the session with it.

    faults  a FaultLog
    sleep   async, takes seconds, such as asyncio.sleep
    """
    for _ in range(tries):
        try:
            if await keeper.settle():
                return True
        except Exception as error:
            faults.record("saving the session", error)
        await sleep(_AGAIN)
    return False
