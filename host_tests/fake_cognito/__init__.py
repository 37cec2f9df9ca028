"""A small, strict Cognito in memory, for what moto and ministack can't do: FakeCognito is in `endpoint`."""
