"""What is decided: rotations and grouped visits, and the audit that disposes of them."""
