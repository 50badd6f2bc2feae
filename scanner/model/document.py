"""A policy document exactly as the service stored it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """Policy text, byte for byte as the service returned it; it may not even be JSON."""

    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text in hexadecimal: the key under which the store keeps it once."""
        import hashlib  # noqa: PLC0415 - slow to import, and the policy engine needs no digest

        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
