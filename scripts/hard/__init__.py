"""Parts of scripts/render_hard.py: compositions of plots with known data, drawn by five programs."""
