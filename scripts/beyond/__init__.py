"""Line plots of known data by many drawing programs; `scripts/render_beyond.py` runs them."""
