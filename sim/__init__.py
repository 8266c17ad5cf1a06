"""What may happen: futures drawn before anything is simulated, and the forecast over them."""
