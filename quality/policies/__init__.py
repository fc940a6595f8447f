"""What may be done with the data, for which purpose, where and how precisely."""

from quality.policies.load_policy import DEFAULT_POLICY, load_policy
from quality.policies.policy import CONSENT, LegalBasis, Policy, Precision, Release

__all__ = ["CONSENT", "DEFAULT_POLICY", "LegalBasis", "Policy", "Precision", "Release", "load_policy"]
