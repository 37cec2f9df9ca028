"""What a person or a device can do besides signing in: functions that take a Client or an AsyncClient."""
