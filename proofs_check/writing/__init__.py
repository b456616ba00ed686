"""Every form of words and formulas, for all faces: plain text, LaTeX, MathML, Markdown, HTML, code."""
