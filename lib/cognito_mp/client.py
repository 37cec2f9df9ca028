"""Client: drives flows over a transport that blocks. AsyncClient (module aio) awaits the same."""

import gc

from .base_client import BaseClient
from .errors import CognitoError, NotSignedIn
from .request import Once


class Client(BaseClient):
    """One person's session with one app client of a Cognito user pool; see BaseClient for what there is to call.

    `with client:` keeps the connection from call to call.
    """

    def __enter__(self) -> "Client":
        self._holders += 1
        return self

    def __exit__(self, *error: object) -> None:
        self._holders -= 1
        if not self._holders:
            self.close()

    def run(self, flow):
        """What `flow`, a generator of Requests and questions (see the module request), returns."""
        with self:
            return self._drive(self._exchange(flow))

    def _new_transport(self, timeout, cadata, clock):
        from .transports.https import HttpsTransport

        return HttpsTransport(timeout, cadata, clock)

    def _drive(self, steps):
        reply = None
        try:
            step = next(steps)
            while True:
                try:
                    if isinstance(step, int):
                        reply = self.clock.sleep_ms(step)
                    elif isinstance(step, Once):
                        reply = self._drive(self._exchange(step.flow))
                    else:
                        request = step.write(self.app.url, self.clock.now())
                        reply = self._transport.post(*request)
                        request.clear()
                        gc.collect()  # the tokens need kilobytes in one piece each
                        reply = step.read(*reply)
                except (CognitoError, NotSignedIn, OSError) as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(reply)
        except StopIteration as done:
            return done.value
        finally:
            steps.close()
