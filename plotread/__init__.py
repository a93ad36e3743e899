"""plotread: reads saved plots of training runs.

The public names are `read`, `diagnose`, `describe` and the types of `plotread.model`.
"""
