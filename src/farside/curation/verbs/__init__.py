"""Everything that is done in the laboratory: one function a verb, each an event of the ledger."""

from farside.curation.verbs.catalogue import take_over
from farside.curation.verbs.founding import add_balance, add_cabinet, add_site, calibrate, enrol, found
from farside.curation.verbs.loans import consume_on_loan, extend, inventory, lend, lose_on_loan, return_loan
from farside.curation.verbs.reception import extract, receive, sample_gas, seal, separate, unseal, weigh
from farside.curation.verbs.register import VERBS, Verb
from farside.curation.verbs.rounds import apply, call, decide, offer, release, review, sign
from farside.curation.verbs.science import analyse, publish

__all__ = [
    "VERBS", "Verb", "add_balance", "add_cabinet", "add_site", "analyse", "apply", "calibrate", "call", "consume_on_loan", "decide",
    "enrol", "extend", "extract", "found", "inventory", "lend", "lose_on_loan", "offer", "publish", "receive", "release", "return_loan",
    "review", "sample_gas", "seal", "separate", "sign", "take_over", "unseal", "weigh",
]  # fmt: skip
