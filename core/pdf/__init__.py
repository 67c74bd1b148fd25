"""PDF files from our own templates, made in a limited child process (design.md §3, quality.md B5, B6, F12)."""

from core.pdf.drawing import PdfError, draw, render

__all__ = ["PdfError", "draw", "render"]
