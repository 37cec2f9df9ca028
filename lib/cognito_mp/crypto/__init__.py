"""Hashes, proofs and signatures. No I/O."""
