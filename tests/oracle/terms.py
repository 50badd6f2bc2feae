"""Formulas about requests: truth, names that globs cover, numbers in ranges. What policies mean is in `smt`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TypeAlias

import cvc5

Term: TypeAlias = cvc5.Term


class Terms:
    """The solver and the formulas that are made for one query."""

    def __init__(self, limit_ms: int) -> None:
        self.terms = terms = cvc5.TermManager()
        self.solver = cvc5.Solver(terms)
        self.solver.setLogic("ALL")
        self.solver.setOption("produce-models", "true")
        self.solver.setOption("strings-exp", "true")
        self.solver.setOption("tlimit-per", str(limit_ms))
        self.true, self.false = terms.mkTrue(), terms.mkFalse()
        self._free: dict[object, Term] = {}

    def all(self, parts: Iterable[Term]) -> Term:
        """All of `parts`."""
        found = [part for part in parts if part != self.true]
        if self.false in found:
            return self.false
        return found[0] if len(found) == 1 else self._join(cvc5.Kind.AND, found, self.true)

    def any(self, parts: Iterable[Term]) -> Term:
        """One of `parts`."""
        found = [part for part in parts if part != self.false]
        if self.true in found:
            return self.true
        return found[0] if len(found) == 1 else self._join(cvc5.Kind.OR, found, self.false)

    def no(self, part: Term) -> Term:
        """Not `part`."""
        if part in (self.true, self.false):
            return self.false if part == self.true else self.true
        return self.terms.mkTerm(cvc5.Kind.NOT, part)

    def require(self, part: Term) -> None:
        """Demand `part` of the request."""
        self.solver.assertFormula(part)

    def is_text(self, subject: Term, text: str) -> Term:
        """That `subject` is exactly `text`."""
        return self.terms.mkTerm(cvc5.Kind.EQUAL, subject, self.terms.mkString(_escaped(text), True))

    def _join(self, kind: cvc5.Kind, parts: list[Term], nothing: Term) -> Term:
        return self.terms.mkTerm(kind, *parts) if parts else nothing

    @property
    def opened(self) -> bool:
        """Whether some truth value is not known."""
        return bool(self._free)

    def flag(self, name: str) -> Term:
        """A truth value that belongs to the request."""
        return self.terms.mkConst(self.terms.getBooleanSort(), name)

    def text(self, name: str) -> Term:
        """A text that is not known."""
        return self.terms.mkConst(self.terms.getStringSort(), name)

    def truth(self, value: bool) -> Term:
        return self.true if value else self.false

    def open(self, what: object) -> Term:
        """A truth value that is not known, the same for the same words."""
        if what not in self._free:
            self._free[what] = self.flag(f"free {len(self._free)}")
        return self._free[what]

    @cached_property
    def _any_character(self) -> Term:
        return self.terms.mkTerm(cvc5.Kind.REGEXP_ALLCHAR)

    @cached_property
    def _not_colon(self) -> Term:
        low = self.terms.mkTerm(
            cvc5.Kind.REGEXP_RANGE, self.terms.mkString("\\u{0}", True), self.terms.mkString("9")
        )
        high = self.terms.mkTerm(
            cvc5.Kind.REGEXP_RANGE, self.terms.mkString(";"), self.terms.mkString("\\u{2FFFF}", True)
        )
        return self.terms.mkTerm(cvc5.Kind.REGEXP_UNION, low, high)

    def _literal(self, text: str) -> Term:
        return self.terms.mkTerm(cvc5.Kind.STRING_TO_REGEXP, self.terms.mkString(_escaped(text), True))

    def _sequence(self, parts: list[Term]) -> Term:
        if len(parts) < 2:
            return parts[0] if parts else self._literal("")
        return self.terms.mkTerm(cvc5.Kind.REGEXP_CONCAT, *parts)

    def _inside(self, subject: Term, expression: Term) -> Term:
        return self.terms.mkTerm(cvc5.Kind.STRING_IN_REGEXP, subject, expression)

    def covers(self, pattern: str, subject: Term, *, crosses: bool = True) -> Term:
        """That a glob covers `subject`."""
        if crosses and pattern and not pattern.strip("*"):
            return self.true
        if "*" not in pattern and "?" not in pattern:
            return self.is_text(subject, pattern)
        return self._inside(subject, self._expression(pattern, crosses=crosses))

    def _expression(self, pattern: str, *, crosses: bool) -> Term:
        one = self._any_character if crosses else self._not_colon
        parts: list[Term] = []
        run = ""
        for character in (*pattern, ""):
            if character not in {"*", "?", ""}:
                run += character
                continue
            if run:
                parts.append(self._literal(run))
                run = ""
            if character:
                parts.append(self.terms.mkTerm(cvc5.Kind.REGEXP_STAR, one) if character == "*" else one)
        return self._sequence(parts)

    def spells(self, subject: Term, text: str) -> Term:
        """That `subject` is `text` in any mixture of small and capital letters."""
        return self._inside(subject, self._sequence([self._either_case(character) for character in text]))

    def _either_case(self, letter: str) -> Term:
        if not letter.isascii() or not letter.isalpha():
            return self._literal(letter)
        both = (self._literal(letter.lower()), self._literal(letter.upper()))
        return self.terms.mkTerm(cvc5.Kind.REGEXP_UNION, *both)

    def holds(self, term: Term) -> bool:
        """Whether `term` is true in what the solver found."""
        return bool(self.solver.getValue(term) == self.true)

    def word(self, term: Term) -> str:
        """The text that the solver found."""
        return str(self.solver.getValue(term).getStringValue())

    def within(self, value: Term, first: int, last: int) -> Term:
        low, high = self.terms.mkInteger(str(first)), self.terms.mkInteger(str(last))
        at_least = self.terms.mkTerm(cvc5.Kind.GEQ, value, low)
        return self.all((at_least, self.terms.mkTerm(cvc5.Kind.LEQ, value, high)))


def _escaped(text: str) -> str:
    return "".join(c if " " <= c <= "~" and c != "\\" else f"\\u{{{ord(c):x}}}" for c in text)
