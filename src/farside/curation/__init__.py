"""The laboratory's library: the ledger, its rules, and the verbs that curators use.

It imports nothing of the simulator but the hand-over document (`farside.delivery`). Open a laboratory with `farside.curation.database`,
then call verbs of `farside.curation.verbs`. Needs the extra `lab` (Django).
"""
