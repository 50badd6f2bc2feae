"""Adapters to Alibaba Cloud, through its official SDKs. Importing them imports no SDK."""
