"""SRP's first number, made while a person types: it needs neither their name nor their password."""

import asyncio

from cognito_mp import srp


class SrpAhead:
    """At most one number waits for a sign-in to come; one that nobody used serves the next."""

    _task: "asyncio.Task | None" = None

    def __init__(self, client) -> None:
        """client: a cognito_mp.AsyncClient"""
        self._client = client

    def expect(self) -> None:
        """A sign-in with SRP is about to come: begin, in a task."""
        if self._task is None:
            self._task = asyncio.create_task(self._client.run(srp.secret_in_steps()))

    async def options(self) -> dict:
        """What sign_in() is to be given besides: {"secret": ...} where one was made, waited for if need be.

        Where it could not be made, {}: sign_in() makes its own, or tells what is in the way.
        """
        if self._task is None:
            return {}
        task, self._task = self._task, None
        try:
            return {"secret": await task}
        except (OSError, MemoryError):
            return {}
