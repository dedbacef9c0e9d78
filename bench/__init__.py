"""Measuring 邻声 beside a yardstick in the same run: ratios. Started by `python -m core.cli bench`."""
