"""The eye: an image becomes a `plotread.model.Figure`.  `read` tells the story; one file per stage."""
