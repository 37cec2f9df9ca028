class App:
    client_id: str
    client_secret: str | None
    user_pool_id: str | None
    url: str
    def __init__(
        self,
        region: str,
        client_id: str,
        client_secret: str | None = None,
        user_pool_id: str | None = None,
        endpoint: str | None = None,
    ) -> None: ...
