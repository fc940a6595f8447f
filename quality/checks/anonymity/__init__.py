"""Whether a published table is anonymous: every model's parameter counted anew from its rows, and nothing else."""
