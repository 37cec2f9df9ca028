"""Host side of cognito_mp: what runs on the laptop that flashes, provisions or tests a device."""
