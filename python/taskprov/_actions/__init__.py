"""The causal action log, in Eliot's form: what called what, with inputs, results and times."""
