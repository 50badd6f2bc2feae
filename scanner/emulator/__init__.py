"""The local cloud: several Alibaba Cloud accounts on loopback, for demo, rehearsal and tests."""
