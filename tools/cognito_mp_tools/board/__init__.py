"""What `cognito-mp` does to a board on a serial port.

commands of their own: deploy, undeploy, provision, status, doctor, wifi, flash
link          how a board is spoken to
files         how files there are replaced
session       the session and the settings that it holds
"""
