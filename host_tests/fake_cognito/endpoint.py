"""A small, strict Cognito in memory, for what moto and ministack can't do.

    cognito = FakeCognito(now=clock, randomness=random.Random(1))
    pool = cognito.add_pool()
    app = pool.add_app(secret=True, rotation=10)
    user = pool.add_user("alice", "Passw0rd!", mfa=["SMS_MFA"], phone_number="+31600000001")
    with TlsFront(cognito.handle, ca.server_context("127.0.0.1")) as front: ...
    assert cognito.violations == []

Every request is judged by AWS's own service model (service_model.py); what breaks it is refused and noted in
`violations`. Where AWS's documents say nothing, a comment calls the answer this double's assumption. The pools,
users and tokens are in pools.py, the sign-in in sign_in.py and srp.py, the rest in refresh.py and account.py.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from cognito_mp_tools.local.tls_front import Request, Response

from fake_cognito.account import AccountOperations
from fake_cognito.pools import AppClient, Pool, Refusal, Session, SignIn, World, not_authorized
from fake_cognito.refresh import RefreshOperations
from fake_cognito.service_model import USER_POOLS, operation_model, request_violations
from fake_cognito.sign_in import Breach, SignInOperations
from fake_cognito.user_sessions import UserSessionOperations

POOL_ID = "eu-west-1_AbCdEf123"

# What fail_next() can do, besides answering with an error of the test's own.
THROTTLE = "throttle"
INTERNAL_ERROR = "internal error"
HTML = "html"
LOSE_REQUEST = "lose the request"
LOSE_REPLY = "lose the reply"
Fault: TypeAlias = str | tuple[int, str, str] | Response

_REFUSALS = {
    THROTTLE: Refusal("TooManyRequestsException", "Rate exceeded"),
    INTERNAL_ERROR: Refusal("InternalErrorException", "Something went wrong", 500),
}
# AWSManagedRulesCommonRuleSet, rule NoUserAgent_HEADER (AWS WAF developer guide), and what user pools say of a block
# (user pools' developer guide, "Associating an AWS WAF web ACL with a user pool").
_BLOCKED = Refusal("ForbiddenException", "Request not allowed due to WAF block.")
_INVALID_REQUEST = Response(400, b'{"error":"invalid_request"}', {"Content-Type": "application/json"})
_PAGE = Response(503, b"<html><body><h1>503 Service Unavailable</h1></body></html>", {"Content-Type": "text/html"})


class FakeCognito:
    """One Cognito endpoint with any number of user pools. `handle` is a handler for TlsFront.

    violations    list of str, every breach of the service model so far
    requests      list of Request, all so far; `operations` has their names
    error_form    how errors are written: "aws" (__type, message and header), "namespace" (__type with a # in it),
                  "header" (the header alone names the code), "Message" (capital M)
    empty_bodies  bool, answers without members have no body at all, where AWS may write {}
    web_acl       bool, AWS's core rules stand in front: a request without a User-Agent is refused
    """

    def __init__(self, now: Callable[[], float], randomness: random.Random) -> None:
        self.violations: list[str] = []
        self.requests: list[Request] = []
        self.error_form = "aws"
        self.empty_bodies = False
        self.web_acl = True
        self._world = World(now, randomness)
        self._pools: list[Pool] = []
        self._faults: list[tuple[str, Fault]] = []
        self._lock = threading.Lock()
        self._refreshing = RefreshOperations(self._world, self.app, self._knows_access_token)
        signing_in = SignInOperations(self._world, self.app, self._sign_in, self._session, self._refreshing)
        account = AccountOperations(self._world, self.app, self._sign_in)
        sessions = UserSessionOperations(self._world, self._sign_in)
        self._handlers: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
            **signing_in.operations,
            **self._refreshing.operations,
            **account.operations,
            **sessions.operations,
        }

    # What tests set up.

    def add_pool(self, pool_id: str = POOL_ID, email_sign_in: bool = False) -> Pool:
        """A new user pool. email_sign_in: users type their e-mail address, and their username proper is the sub."""
        pool = Pool(self._world, pool_id, email_sign_in)
        self._pools.append(pool)
        return pool

    def fail_next(self, operation: str, how: Fault, times: int = 1) -> None:
        """Let the next `times` calls of `operation` ("*" for any) fail.

        how: THROTTLE, INTERNAL_ERROR, HTML; LOSE_REQUEST (nothing is done) or LOSE_REPLY (all is done), both of
        which hang up; (status, code, message) for an error; or a Response to send as it is.
        """
        if isinstance(how, str) and how not in (*_REFUSALS, HTML, LOSE_REQUEST, LOSE_REPLY):
            raise ValueError(f"no such fault: {how!r}")
        self._faults += [(operation, how)] * times

    @property
    def operations(self) -> list[str]:
        """What every request so far was for, such as "InitiateAuth" or "/oauth2/token"."""
        return [_name(request) for request in self.requests]

    @property
    def faults_left(self) -> int:
        """How many of the ordered faults have not happened yet."""
        return len(self._faults)

    # What operations look up.

    def app(self, client_id: str) -> AppClient:
        """The app client of that id. Raises Refusal."""
        for pool in self._pools:
            if client_id in pool.apps:
                return pool.apps[client_id]
        raise Refusal("ResourceNotFoundException", f"User pool client {client_id} does not exist.")

    def _sign_in(self, access_token: str) -> SignIn:
        for pool in self._pools:
            if pool.knows_access_token(access_token):
                return pool.bearer(access_token)
        raise not_authorized("Invalid Access Token")

    def _session(self, text: str, challenge: str) -> Session:
        for pool in self._pools:
            if text in pool.sessions:
                return pool.session(text, challenge)
        raise not_authorized("Invalid session for the user.")

    def _knows_access_token(self, token: str) -> bool:
        return any(pool.knows_access_token(token) for pool in self._pools)

    # Requests.

    def handle(self, request: Request) -> Response:
        """The answer to `request`, one at a time."""
        with self._lock:
            self.requests.append(request)
            self._world.user_agent = request.headers.get("user-agent", "")
            # Judged even where a fault is ordered, so that no request goes unread.
            breaches = _oauth2_breaches(request) if request.path == "/oauth2/token" else request_violations(request)
            self._note(request, breaches)
            fault = self._take_fault(_name(request))
            if fault is None:
                return self._answer(request, breaches)
            if fault == LOSE_REPLY:
                self._answer(request, breaches)
            return self._failure(fault)

    def _note(self, request: Request, breaches: list[str]) -> None:
        self.violations += [f"{_name(request)}: {breach}" for breach in breaches]

    def _take_fault(self, operation: str) -> Fault | None:
        for index, (ordered_for, fault) in enumerate(self._faults):
            if ordered_for in ("*", operation):
                del self._faults[index]
                return fault
        return None

    def _failure(self, fault: Fault) -> Response:
        if isinstance(fault, Response):
            return fault
        if isinstance(fault, tuple):
            status, code, message = fault
            return self._error(Refusal(code, message, status))
        if fault in _REFUSALS:
            return self._error(_REFUSALS[fault])
        return _PAGE if fault == HTML else Response(drop=True)

    def _answer(self, request: Request, breaches: list[str]) -> Response:
        if self.web_acl and not request.headers.get("user-agent"):
            return self._error(_BLOCKED)
        if request.path == "/oauth2/token":
            return self._refreshing.oauth2_token(request) if not breaches else _INVALID_REQUEST
        if breaches:
            return self._error(Refusal(_code_for(breaches[0]), "; ".join(breaches)))
        handler = self._handlers.get(request.operation)
        if handler is None or not request.headers["x-amz-target"].startswith(USER_POOLS + "."):
            return self._error(Refusal("UnknownOperationException", f"{request.operation} is not in this double"))
        try:
            return self._success(request.operation, handler(json.loads(request.body)))
        except Breach as breach:
            self._note(request, [breach.message])
            return self._error(breach)
        except Refusal as refusal:
            return self._error(refusal)

    def _success(self, operation: str, reply: dict[str, Any] | None) -> Response:
        model = operation_model(f"{USER_POOLS}.{operation}")
        # By the model, some operations answer with no members ({}), and a few with nothing at all.
        if model is None or model.output_shape is None or (self.empty_bodies and not reply):
            return Response()
        return Response(body=json.dumps(reply or {}).encode())

    def _error(self, refusal: Refusal) -> Response:
        prefix = "com.amazonaws.cognitoidentityprovider#" if self.error_form == "namespace" else ""
        message = "Message" if self.error_form == "Message" else "message"
        body = {"__type": prefix + refusal.code, message: refusal.message}
        if self.error_form == "header":
            del body["__type"]
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": refusal.code + ":"}
        return Response(refusal.status, json.dumps(body).encode(), headers)


def _name(request: Request) -> str:
    return request.operation or request.path


def _oauth2_breaches(request: Request) -> list[str]:
    content_type = request.headers.get("content-type", "").partition(";")[0]
    if request.method == "POST" and content_type == "application/x-www-form-urlencoded":
        return []
    return [f"{request.method} with Content-Type {content_type!r}"]


def _code_for(violation: str) -> str:
    """AWS's code for a request that breaks the model: of the wrong shape, or of the right one with wrong values."""
    wrong_shape = violation.startswith(("Invalid type", "the body is not JSON"))
    return "SerializationException" if wrong_shape else "InvalidParameterException"
