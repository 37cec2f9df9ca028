"""What is asked of Cognito, as generators without I/O: flows/password.py says what a flow is."""
