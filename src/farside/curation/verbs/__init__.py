"""Everything that is done in the laboratory: one function a verb, each an event of the ledger."""

from farside.curation.verbs.bench import consume, lose, retire, transfer
from farside.curation.verbs.catalogue import take_over
from farside.curation.verbs.core import dissect, section, sieve, split
from farside.curation.verbs.correction import correct
from farside.curation.verbs.custody import accept, back_up, decline, hand_over, store, take_out, take_stock, withdraw
from farside.curation.verbs.documents import attach
from farside.curation.verbs.environment import read_environment, set_limits, unfreeze
from farside.curation.verbs.founding import add_balance, add_cabinet, add_site, calibrate, enrol, found
from farside.curation.verbs.loans import consume_on_loan, extend, inventory, lend, lose_on_loan, return_loan
from farside.curation.verbs.purpose import assign_purpose, close_allocation
from farside.curation.verbs.reception import extract, receive, sample_gas, seal, separate, unseal, weigh
from farside.curation.verbs.register import VERBS, Verb
from farside.curation.verbs.rounds import apply, call, decide, offer, release, review, sign
from farside.curation.verbs.science import analyse, publish

__all__ = [
    "VERBS", "Verb", "accept", "add_balance", "add_cabinet", "add_site", "analyse", "apply", "assign_purpose", "attach", "back_up",
    "calibrate", "call", "close_allocation", "consume", "consume_on_loan", "correct", "decide", "decline", "dissect", "enrol", "extend",
    "extract", "found", "hand_over", "inventory", "lend", "lose", "lose_on_loan", "offer", "publish", "read_environment", "receive",
    "release", "retire", "return_loan", "review", "sample_gas", "seal", "section", "separate", "set_limits", "sieve", "sign", "split",
    "store", "take_out", "take_over", "take_stock", "transfer", "unfreeze", "unseal", "weigh", "withdraw",
]  # fmt: skip
