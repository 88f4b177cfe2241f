"""Products: readings of a flight for people and other tools. None of them changes it."""

from farside.products.custody import deliver
from farside.products.files import write_flight
from farside.products.timeline import Row, rows, table

__all__ = ["Row", "deliver", "rows", "table", "write_flight"]
