"""One script per published figure; each prints the machine it ran on."""
