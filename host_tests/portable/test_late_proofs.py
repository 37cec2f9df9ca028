"""A proof of SRP that was refused: a slow board's may be right, and late. Its refusal says so, and no other does."""

import asyncio

from checks import raises
from cognito_mp import AsyncClient, Client, CognitoError, Tokens
from fakes import AwaitedTransport, FakeClock, FakeTransport, challenge, refusal, tokens

# Numbers as the service sends them in a challenge of SRP.
NUMBERS = {"SRP_B": "a" * 768, "SALT": "0123456789abcdef", "SECRET_BLOCK": "c2VjcmV0"}
PROOF = challenge("PASSWORD_VERIFIER", USER_ID_FOR_SRP="the-sub", **NUMBERS)
WRONG = "Incorrect username or password."


class SlowBoard:
    """A clock, and what a client's transport is told of its board: `seconds` pass from a challenge to its answer."""

    def __init__(self, seconds: int, *replies: object, transport=FakeTransport, start_ticks: int = 0) -> None:
        self.clock = FakeClock()
        self.clock.pass_time(start_ticks / 1000)
        board = self

        class Transport(transport):
            def post(self, url, headers, body):
                if headers["X-Amz-Target"].endswith("RespondToAuthChallenge"):
                    board.clock.pass_time(seconds)
                return super().post(url, headers, body)

        self.transport = Transport(*replies)

    def client(self, kind=Client, store=None):
        return kind(
            "eu-west-1",
            "1example23456789",
            user_pool_id="eu-west-1_AbCdEf123",
            transport=self.transport,
            clock=self.clock,
            store=store,
        )


def refused(seconds: int, *replies, **board) -> CognitoError:
    client = SlowBoard(seconds, *replies, **board).client()
    error = raises(CognitoError, client.sign_in, "alice", "Correct-Horse-9", "USER_SRP_AUTH")
    assert error.code == "NotAuthorizedException" and error.status == 400 and "Correct-Horse-9" not in str(error)
    return error


def test_a_late_proof_that_is_refused_says_how_long_it_took_and_what_to_do():
    for seconds in (6, 100):
        message = refused(seconds, PROOF, refusal("NotAuthorizedException", WRONG)).message
        assert "a few seconds, and this board took %d s" % seconds in message
        assert "USER_PASSWORD_AUTH" in message and message.endswith(WRONG)
    # Also where the service says that its Session is over, or what nobody has seen yet.
    message = refused(6, PROOF, refusal("NotAuthorizedException", "Invalid session for the user.")).message
    assert "this board took 6 s" in message


def test_the_counter_of_milliseconds_may_wrap_meanwhile():
    almost = (1 << 30) - 3000
    message = refused(7, PROOF, refusal("NotAuthorizedException", WRONG), start_ticks=almost).message
    assert "this board took 7 s" in message


def test_one_in_time_is_refused_in_the_service_s_own_words():
    assert refused(4, PROOF, refusal("NotAuthorizedException", WRONG)).message == WRONG


def test_what_was_judged_is_told_as_it_is_however_late_it_was():
    for words in ("User is disabled.", "Password attempts exceeded"):
        assert refused(60, PROOF, refusal("NotAuthorizedException", words)).message == words
    board = SlowBoard(60, PROOF, refusal("UserNotFoundException", "User does not exist."))
    error = raises(CognitoError, board.client().sign_in, "alice", "pw", "USER_SRP_AUTH")
    assert error.code == "UserNotFoundException" and error.message == "User does not exist."


def test_a_late_proof_that_is_taken_signs_in():
    board = SlowBoard(60, PROOF, tokens())
    assert isinstance(board.client().sign_in("alice", "pw", "USER_SRP_AUTH"), Tokens)


def test_an_answer_by_srp_to_a_choice():
    board = SlowBoard(9, challenge("SELECT_CHALLENGE"), PROOF, refusal("NotAuthorizedException", WRONG))
    client = board.client()
    choice = client.sign_in("alice", None, "USER_AUTH")
    answers = {"ANSWER": "PASSWORD_SRP", "PASSWORD": "pw"}
    assert "this board took 9 s" in raises(CognitoError, client.respond, choice, answers).message


def test_it_is_the_same_awaited():
    board = SlowBoard(9, PROOF, refusal("NotAuthorizedException", WRONG), transport=AwaitedTransport)

    async def main():
        try:
            await board.client(AsyncClient).sign_in("alice", "pw", "USER_SRP_AUTH")
        except CognitoError as error:
            return error.message

    assert "this board took 9 s" in asyncio.run(main())
