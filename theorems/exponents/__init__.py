"""Exact scaling exponents of the test error under model collapse, with power-law spectra.

``exponent_row`` and ``table`` give exact rows, ``row_certificate`` the proof of an optimum, ``thresholds`` the scales
at which a rate changes, the module ``diagrams`` the regions over two scales; ``law_file``, ``user_law`` and
``law_diagrams`` do the same for a law that a user brings.  ``symbolic``, ``user_symbolic``, ``sharp`` and
``sharp_window`` (not imported here: they load SymPy) give the formulas.
"""

from ridgeproof.errors import ScaleError

from .calculus.minimax import Piece, certificate, minimise
from .calculus.scales import INF, Infinite, Scale
from .model.rows import ExponentRow, exponent_row, row_certificate, table
from .model.thresholds import Threshold, thresholds

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
