"""Pictures of a flight, and the page they stand on.

Every picture is a reading of legs: it changes none. matplotlib is imported here and nowhere else, when the first picture is drawn.
"""
