"""Exponent tables for the kernel: the certificate of a row as a certificate document.

``theorems.exponents.row_certificate`` gives primal and dual solutions, piece by piece; here they become ``minimax``
lines, one for each piece, and a ``cover`` line which says that the pieces follow one another from 0 without end.
"""

from __future__ import annotations

from typing import Any

from proofs_check.kernel import FORMAT


def document(certificate: dict[str, Any], claim: str = "exponents") -> dict[str, Any]:
    """A certificate of ``theorems.exponents.minimax`` as a document that ``kernel.check`` reads.

    Parameters
    ----------
    certificate : {"kind": "lp-minimax", "value": ..., "pieces": [...]} as that module's docstring describes.
    claim : what the document is called.

    Returns
    -------
    dict
        The last line concludes that the least value over ell >= 0 is the certificate's.

    Raises
    ------
    ValueError
        For a certificate of another kind, or one that lacks a field.
    """
    if certificate.get("kind") != "lp-minimax":
        raise ValueError(f"not an lp-minimax certificate: {certificate.get('kind')!r}")
    try:
        lines = [_line(piece) for piece in certificate["pieces"]]
        whole = [certificate["pieces"][0]["interval"][0], certificate["pieces"][-1]["interval"][1]]
        cover = {"rule": "cover", "pieces": list(range(len(lines))), "interval": whole, "value": certificate["value"]}
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"not an lp-minimax certificate: {error!r}") from None
    return {"format": FORMAT, "claim": claim, "context": {}, "lines": [*lines, cover]}


def _line(piece: dict[str, Any]) -> dict[str, Any]:
    line = {"rule": "minimax", "affine": piece["affine"], "interval": piece["interval"], "value": piece["value"]}
    if piece["value"] == "-inf":
        return line  # the slopes are the proof
    return {**line, "x": piece["ell"], "multipliers": piece["multipliers"], "bounds": piece["bounds"]}
