"""Adapters that read Alibaba Cloud through the official SDKs."""
