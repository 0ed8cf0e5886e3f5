"""The 2020 scenario on three nodes of one machine. No node needs this room: it only uses what any operator can use."""
