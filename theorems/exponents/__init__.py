"""Exact scaling exponents of the test error under model collapse, with power-law spectra.

``exponent_row`` and ``table`` give exact rows, ``row_certificate`` the proof of an optimum, ``thresholds`` the scales
at which a rate changes; the modules ``symbolic`` and ``sharp`` (not imported here: they load SymPy) give the formulas.
"""

from .minimax import Piece, certificate, minimise
from .rows import ExponentRow, exponent_row, row_certificate, table
from .scales import INF, Infinite, Scale, ScaleError
from .thresholds import Threshold, thresholds

__all__ = [
    "INF",
    "ExponentRow",
    "Infinite",
    "Piece",
    "Scale",
    "ScaleError",
    "Threshold",
    "certificate",
    "exponent_row",
    "minimise",
    "row_certificate",
    "table",
    "thresholds",
]
