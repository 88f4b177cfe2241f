"""Everything that is done in the laboratory: one function a verb, each an event of the ledger."""

from farside.curation.verbs.catalogue import take_over
from farside.curation.verbs.founding import add_balance, add_cabinet, add_site, calibrate, enrol, found
from farside.curation.verbs.reception import extract, receive, sample_gas, seal, separate, unseal, weigh
from farside.curation.verbs.register import VERBS, Verb

__all__ = [
    "VERBS", "Verb", "add_balance", "add_cabinet", "add_site", "calibrate", "enrol", "extract", "found", "receive", "sample_gas", "seal",
    "separate", "take_over", "unseal", "weigh",
]  # fmt: skip
