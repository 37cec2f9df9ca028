"""What stands between a client and a server for the part broken_connections."""
