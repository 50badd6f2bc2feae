"""DecodeDiagnosticMessage: what stands in the message that a refusal carries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from scanner.emulator.diagnosis import decoded
from scanner.emulator.service import ISO, Call, Refusal
from scanner.emulator.services.ram_operation import DECODINGS_A_SECOND, reading

KEPT: Final = timedelta(hours=24)
"""How long a message can be decoded. The vendor has an error code for it but no number; inferred."""


def decode_diagnostic_message(call: Call) -> Mapping[str, Any]:
    """DecodeDiagnosticMessage: of a refusal in the caller's own account."""
    message = decoded(call.params.get("EncodedDiagnosticMessage", ""))
    issued = _moment(message.issued) if message is not None else None
    if message is None or issued is None:
        raise Refusal(400, "NotSupport", "The encoded diagnostic message is not supported.")
    if message.account != call.account.account_id:
        raise Refusal(404, "EntityNotExist", "The diagnostic message does not exist.")
    if call.now.astimezone(UTC) - issued > KEPT:
        raise Refusal(400, "EncodedMessageExpire", "The encoded diagnostic message has expired.")
    return {"DecodedDiagnosticMessage": dict(message.content)}


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, ISO).replace(tzinfo=UTC)
    except ValueError:
        return None


def _everything(_: Call) -> tuple[str, ...]:
    return ("*",)


OPERATIONS: Final = (
    reading("DecodeDiagnosticMessage", decode_diagnostic_message, _everything, quota=DECODINGS_A_SECOND),
)
