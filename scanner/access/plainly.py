"""Conditions in the words of somebody who does not read policies: `from `10.0.0.0/8``.

It rewords what `scanner.access.cite` wrote. A condition that has no plain word stays as it is, after an
`if`; nothing is left out.
"""

from __future__ import annotations

import re
from typing import Final

from scanner.access.amounts import quoted
from scanner.model.text import visible
from scanner.policy.pattern import fold

_ATOM: Final = re.compile(r"`([^`]*)` (\S+) `([^`]*)`")
_IF_TRUE: Final = frozenset({"over HTTPS", "with multi-factor authentication"})
_PLAIN: Final = {
    (fold("acs:SourceIp"), "IpAddress"): "from {value}",
    (fold("acs:SourceIp"), "NotIpAddress"): "from anywhere but {value}",
    (fold("acs:SourceVpc"), "StringEquals"): "from VPC {value}",
    (fold("acs:SecureTransport"), "Bool"): "over HTTPS",
    (fold("acs:MFAPresent"), "Bool"): "with multi-factor authentication",
    (fold("acs:CurrentTime"), "DateLessThan"): "before {value}",
    (fold("acs:CurrentTime"), "DateGreaterThan"): "after {value}",
    (fold("sts:ExternalId"), "StringEquals"): "with the right external id",
    (fold("sts:ExternalId"), "StringLike"): "with a matching external id",
}
"""Conditions that have a plain word."""


def plainly(words: str) -> str:
    """Conditions as a sentence has them: `from `10.0.0.0/8``, where they are of a kind that has a plain word."""
    text = visible(words).replace("the resource is in resource group", "in resource group")
    return _ATOM.sub(_plain, text)


def _plain(found: re.Match[str]) -> str:
    key, operator, value = found.groups()
    form = _PLAIN.get((fold(key), operator))
    if form is None or (form in _IF_TRUE and value != "true"):
        return f"if {found[0]}"
    return form.format(value=quoted(value))
