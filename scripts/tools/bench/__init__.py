"""How long builds take, beside others."""
