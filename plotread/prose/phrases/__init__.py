"""Sentences, one family of findings per file; each function gives None where a number is missing."""
