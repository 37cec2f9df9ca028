"""App: which app client of which user pool. Constant once it is made."""

from .errors import require_text
from .protocol import split_url


class App:
    """An app client of a Cognito user pool.

    client_id: str; client_secret, user_pool_id: str or None; url: str, where its operations are posted.
    """

    def __init__(
        self,
        region: str,
        client_id: str,
        client_secret: "str | None" = None,
        user_pool_id: "str | None" = None,
        endpoint: "str | None" = None,
    ) -> None:
        """endpoint: str, "https://host:port" in place of https://cognito-idp.<region>.amazonaws.com.

        Raises ValueError that names the argument which can't be right.
        """
        require_text(region=region, client_id=client_id, client_secret=client_secret or "none")
        if "/" in region or region.split() != [region]:
            raise ValueError("region must be such as eu-west-1, not %r" % region)
        if endpoint is None:
            endpoint = "https://cognito-idp.%s.amazonaws.com" % region
        split_url(endpoint)
        self.url = endpoint
        self.client_id = client_id
        self.client_secret = client_secret
        self.user_pool_id = user_pool_id
