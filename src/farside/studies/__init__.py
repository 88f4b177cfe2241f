"""What runs many: parts of a mission flown alone, dispersed, and what a spread of runs says."""
