"""The pictures of evidence synthesis: each takes a plain record and returns one whole SVG.

Every picture stands alone: its own white paper (so that it can be used on a dark page), its own
title, no fonts, no script and no network. Nothing is said by colour alone.
"""
