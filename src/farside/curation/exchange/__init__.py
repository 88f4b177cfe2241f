"""Samples to and from files of other laboratories: tables (CSV) and linked data (JSON-LD with the fields of DataCite and IGSN).

What is exchanged is what a sample is and how much of it there is: not who has it or where, which is the laboratory's own business. A file
is taken in whole or not at all; everything that is wrong with it is said at once, with line numbers.
"""
