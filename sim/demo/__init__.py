"""A demo ledger: the records a made-up year would have left, complete or with people's slips."""

from sim.demo.closing import Closing
from sim.demo.ledger import ledger_of
from sim.demo.noise import NO_NOISE, Noise

__all__ = ["NO_NOISE", "Closing", "Noise", "ledger_of"]
