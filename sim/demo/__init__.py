"""A demo ledger: the records a made-up year would have left, complete or with people's slips."""

from sim.demo.ledger import CLOSING, ledger_of
from sim.demo.noise import NO_NOISE, Noise

__all__ = ["CLOSING", "NO_NOISE", "Noise", "ledger_of"]
