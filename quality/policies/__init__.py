"""What may be done with the data, for which purpose, where and how precisely."""

from quality.policies.jurisdiction import CONSENT, LegalBasis, Precision, Release
from quality.policies.load_policy import DEFAULT_POLICY, load_policy
from quality.policies.policy import Policy

__all__ = ["CONSENT", "DEFAULT_POLICY", "LegalBasis", "Policy", "Precision", "Release", "load_policy"]
