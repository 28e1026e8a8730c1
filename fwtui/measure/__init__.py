"""Figures from records: histories, statistics, gaps between lanes, and verdicts on them."""
