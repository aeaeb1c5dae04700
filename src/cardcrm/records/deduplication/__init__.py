"""Find contacts that are stored twice: candidate pairs, evidence, score, and what users decided."""
