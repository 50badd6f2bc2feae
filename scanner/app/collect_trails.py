"""Read the ActionTrail trails of an account and whether each is logging."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.app.collect_reading import Reading
from scanner.model.snapshot import Subject
from scanner.model.trail import Trail


class Trails:
    """Reads the trails of one account."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._found: dict[tuple[str, str], Trail] = {}

    def start(self) -> None:
        """Hand in the list of trails; the status of each is handed in as it comes."""
        reader = self._reading.reader
        self._reading.listing(
            Subject.TRAILS,
            "",
            lambda: iter([reader.trails()]),
            keep=self._keep,
            hides=(Subject.TRAIL_STATUS,),
        )

    def trails(self) -> tuple[Trail, ...]:
        """The trails, sorted, with their status where it was read."""
        return tuple(trail for _, trail in sorted(self._found.items()))

    def _keep(self, page: Sequence[Trail]) -> int:
        # A trail of all regions is listed once for each of them.
        new = {(trail.name, trail.home_region): trail for trail in page}
        for key, trail in new.items():
            self._found[key] = trail
            self._read_status(key, trail)
        return len(new)

    def _read_status(self, key: tuple[str, str], trail: Trail) -> None:
        def keep(known: Trail) -> None:
            self._found[key] = known

        self._reading.single(
            Subject.TRAIL_STATUS, trail.name, lambda: self._reading.reader.trail_status(trail), keep=keep
        )
