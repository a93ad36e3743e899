"""Sentences, one family of findings per file; every function gives a sentence or None where a number is missing."""
