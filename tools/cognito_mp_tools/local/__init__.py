"""A Cognito on this computer, behind TLS: `cognito-mp local`, `make demo`, and the tests' servers.

commands      what a person types
cognito       the server
"""
