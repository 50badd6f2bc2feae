"""Colours that everybody can read: WCAG AA, in both schemes and on paper."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import product

import pytest

STYLE = files("reports").joinpath("templates/style.css").read_text(encoding="utf-8")
SCHEMES = ("light", "dark", "paper")
SEVERITIES = ("critical", "high", "medium", "low", "info", "unknown", "pass")
ENOUGH = 4.5
"""What WCAG 2.2 asks of text of usual size."""


def colours(scheme: str) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    assert len(blocks) == len(SCHEMES)
    named: dict[str, str] = {}
    for block in blocks[:1] + ([blocks[SCHEMES.index(scheme)]] if scheme != "light" else []):
        named |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    return named


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_stands_out_from_what_is_behind_it(scheme: str) -> None:
    named = colours(scheme)
    for text, behind in product(("ink", "soft", "accent"), ("paper", "raised", "sunk")):
        assert contrast(named[text], named[behind]) >= ENOUGH, (text, behind)
    assert contrast(named["ink"], named["unknown-tint"]) >= ENOUGH


@pytest.mark.parametrize(("scheme", "severity"), list(product(SCHEMES, SEVERITIES)))
def test_a_badge_can_be_read(scheme: str, severity: str) -> None:
    named = colours(scheme)
    assert contrast(named[severity], named[f"{severity}-tint"]) >= ENOUGH
    assert contrast(named[severity], named["paper"]) >= ENOUGH
    assert contrast(named[severity], named["raised"]) >= ENOUGH


def test_every_colour_that_is_used_has_a_value() -> None:
    assert set(re.findall(r"var\(--([a-z-]+)\)", STYLE)) <= set(re.findall(r"--([a-z-]+):", STYLE))
