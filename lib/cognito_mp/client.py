"""Client: carries flows out over a transport that blocks. AsyncClient (module aio) awaits the same."""

import gc

from .base_client import BaseClient
from .errors import CognitoError, NotSignedIn
from .protocol import NOW, Request


class Client(BaseClient):
    """One person's session with one app client of a Cognito user pool; see BaseClient for what there is to call.

    `with client:` keeps the connection from call to call.
    """

    def __enter__(self) -> "Client":
        self._holders += 1
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        # Not *error: where there is no memory left, that tuple could not be made, and the connection stayed open.
        self._holders -= 1
        if not self._holders:
            self.close()

    def _new_transport(self, timeout, cadata, clock):
        from .transports.https import HttpsTransport

        return HttpsTransport(timeout, cadata, clock)

    def run(self, flow):
        """What `flow` returns, a generator: see flows/password.py."""
        self.session.save_pending()
        go_on, value = flow.send, None
        with self:
            try:
                while True:
                    step = go_on(value)
                    try:
                        go_on, value = flow.send, self._outcome(step)
                    except (CognitoError, NotSignedIn, OSError) as error:
                        go_on, value = flow.throw, error
            except StopIteration as done:
                return done.value
            finally:
                flow.close()

    def _outcome(self, step):
        if isinstance(step, Request):
            return self._reply(step)
        if isinstance(step, int):
            return self.clock.sleep_ms(step)
        if step == NOW:
            return self.clock.now()
        return self.run(step.flow)  # a Once: nobody else can be asking

    def _reply(self, request):
        tried = 0
        while True:
            try:
                reply = self._post(request)
                gc.collect()  # the tokens need kilobytes in one piece each
                return request.read(*reply)
            except (CognitoError, OSError) as error:
                from .retry import delay

                tried += 1
                ms = delay(error, request.repeatable, tried, self.attempts, self.clock)
            self.clock.sleep_ms(ms)
