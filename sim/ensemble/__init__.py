"""Many runs: members drawn from the priors, paired across scenarios by common random numbers."""
