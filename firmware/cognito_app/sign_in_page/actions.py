"""What a conversation asks the device to do, done by its keeper and its link. Each takes time."""

from cognito_mp import account, challenges

from ..backoff import PASSING, describe
from ..status import NEEDS_SIGN_IN, SESSION_OVER

_FEW = 20  # networks on the page


class Actions:
    """The methods are what asking.Do names; they raise what the keeper and the link raise."""

    def __init__(self, keeper, link, networks) -> None:
        """
        keeper    a SessionKeeper
        link      a WifiLink, or a link that has no scan(): then there is no Wi-Fi to choose
        networks  an own_settings.OwnSettings, which keeps the network that was chosen
        """
        self._keeper = keeper
        self._link = link
        self._networks = networks

    async def look(self) -> tuple:
        """(online: bool, has_wifi: bool, person: str, before: tuple): where the device stands.

        before  the day before which the person has to sign in again, as SessionKeeper.sign_in_before()
        """
        has_wifi = hasattr(self._link, "scan")
        try:
            await self._keeper.connect()
        except PASSING:
            pass
        status = self._keeper.status()
        if status.state in (NEEDS_SIGN_IN, SESSION_OVER) and self._keeper.client.app.user_pool_id:
            self._keeper.expect_sign_in("USER_SRP_AUTH")
        return self._link.is_up(), has_wifi, status.person, self._keeper.sign_in_before()

    async def scan(self) -> list:
        """(name, dBm, wants a password) of each Wi-Fi network in reach, the strongest first."""
        return (await self._keeper.alone(self._link.scan))[:_FEW]

    async def join(self, name: str, password: str) -> None:
        """Connect to the network, and keep it for later."""
        await self._keeper.alone(self._link.join, name, password)
        try:
            self._networks.add_network(name, password)
        except OSError as error:  # it is connected all the same, and a sign-in can go on
            print("the Wi-Fi network could not be saved:", describe(error))

    async def expect_sign_in(self) -> None:
        """A person is about to type: what SRP can have made ahead is made meanwhile."""
        self._keeper.expect_sign_in("USER_SRP_AUTH")

    async def sign_in(self, name: str, password: str, flow: str):
        return await self._keeper.sign_in(name, password, flow)

    async def respond(self, challenge, answers: dict):
        return await self._keeper.respond(challenge, answers)

    async def set_new_password(self, challenge, password: str, attributes: dict):
        return await self._keeper.set_new_password(challenge, password, attributes)

    async def new_authenticator(self, challenge) -> str:
        return await self._keeper.ask(challenges.associate_software_token, self._keeper.client, challenge)

    async def confirm_authenticator(self, challenge, code: str):
        return await self._keeper.ask(challenges.verify_software_token, self._keeper.client, challenge, code)

    async def sign_up(self, name: str, password: str) -> dict:
        attributes = {"email": name} if "@" in name else None
        return await self._keeper.ask(account.sign_up, self._keeper.client, name, password, attributes)

    async def confirm_sign_up(self, name: str, code: str) -> None:
        await self._keeper.ask(account.confirm_sign_up, self._keeper.client, name, code)

    async def resend(self, name: str) -> dict:
        return await self._keeper.ask(account.resend_code, self._keeper.client, name)

    async def forgot(self, name: str) -> dict:
        return await self._keeper.ask(account.forgot_password, self._keeper.client, name)

    async def set_forgotten(self, name: str, code: str, password: str) -> None:
        await self._keeper.ask(account.confirm_forgot_password, self._keeper.client, name, code, password)
