"""Tell who signed a request: find the key, see that it is good, and verify the signature.

What that one may do is decided in `authorize`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from scanner.emulator import errors, signature
from scanner.emulator.service import ISO, Caller
from scanner.emulator.signature import Claim, Nonces
from scanner.emulator.state import Account, LocalWorld, SessionToken
from scanner.emulator.wire import Request

TEMPORARY_PREFIX = "STS."


class Gate:
    """Lets signed requests in, once each."""

    def __init__(self, world: LocalWorld, *, wall: Callable[[], datetime]) -> None:
        self._world = world
        self._wall = wall
        """The time that signatures are checked against; tests move the world's own time freely."""
        self._nonces = Nonces()

    def caller_of(self, request: Request, *, now: datetime) -> Caller | None:
        """Who signed `request`, or None when nobody did.

        Raises:
            Refusal: somebody did, but not well.
        """
        claim = signature.claim_of(request)
        if claim is None:
            return None
        caller, secret = self._holder(claim, now)
        wall = self._wall()
        signature.check_date(claim, wall)
        signature.verify(request, claim, secret=secret)
        self._nonces.use(claim, wall)
        key = caller.account.keys.get(caller.key_id)
        if key is not None:
            key.last_used = now.strftime(ISO)
        return caller

    def _holder(self, claim: Claim, now: datetime) -> tuple[Caller, str]:
        if claim.key_id.startswith(TEMPORARY_PREFIX):
            return self._session_holder(claim, now)
        for account in self._world.accounts.values():
            key = account.keys.get(claim.key_id)
            if key is None:
                continue
            if not key.active:
                raise errors.inactive_key()
            kind = "user" if key.user else "root"
            return Caller(account=account, kind=kind, name=key.user, key_id=key.key_id), key.secret
        raise errors.unknown_key()

    def _session_holder(self, claim: Claim, now: datetime) -> tuple[Caller, str]:
        for account in self._world.accounts.values():
            session = account.tokens.get(claim.key_id)
            if session is not None:
                self._check_token(claim, account, session, now)
                caller = Caller(
                    account=account, kind="role", name=session.role, key_id=session.key_id, session=session
                )
                return caller, session.secret
        raise errors.unknown_key()

    def _check_token(self, claim: Claim, account: Account, session: SessionToken, now: datetime) -> None:
        if not claim.token:
            raise errors.missing_token()
        if claim.token != session.token:
            raise errors.mismatched_token() if self._was_issued(claim.token) else errors.malformed_token()
        role = account.roles.get(session.role)
        # The vendor documents that deleting a role ends its tokens at once. A role of the same name
        # made later has another id.
        if now >= session.expires or role is None or role.role_id != session.role_id:
            raise errors.expired_token()

    def _was_issued(self, token: str) -> bool:
        return any(
            session.token == token
            for account in self._world.accounts.values()
            for session in account.tokens.values()
        )
