"""What officers' decisions teach: lessons, challengers, and which model is in use."""

from classifier.frozen import FIGURE_NAMES

__all__ = ["FIGURE_NAMES"]
