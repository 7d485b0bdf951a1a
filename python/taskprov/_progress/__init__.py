"""How far a computation is, in terminals and notebooks."""
