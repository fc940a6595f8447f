from __future__ import annotations

import pytest

from quality.contracts.errors import ConfigError
from quality.policies.load_policy import load_policy
from tests.quality.policies.test_load_policy import changed

ADA = {"roles": ["analyst"], "os_user": "ada"}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        pytest.param(("principals", "bob"), {"roles": ["art"]}, "roles used but not declared: art", id="role"),
        pytest.param(("roles", "analyst", "purposes"), ["art"], "purposes used but not declared: art", id="of-a-role"),
        pytest.param(("principals",), {"ada": ADA, "bob": ADA}, "one operating-system user", id="one-user-twice"),
        pytest.param(
            ("principals",), {name: {"certificate": "a" * 64} for name in ("ada", "bob")}, "one certificate", id="cert"
        ),
        pytest.param(
            ("principals",), {name: {"oidc": {"issuer": "i", "subject": "s"}} for name in ("ada", "bob")},
            "one OpenID subject", id="one-subject-twice",
        ),
        pytest.param(
            ("jurisdictions", "eu", "uses", "analytics", "recipients"), ["art"],
            "recipients used but not declared: art", id="recipient",
        ),
    ],
)  # fmt: skip
def test_a_policy_that_contradicts_itself_is_refused(tmp_path, path, value, said):
    with pytest.raises(ConfigError, match=said):
        load_policy(changed(tmp_path, path, value))


def test_a_use_that_a_law_forbids_whatever_anybody_consents_to_is_refused(tmp_path):
    (tmp_path / "laws").mkdir()
    (tmp_path / "laws" / "strict.yaml").write_text(
        "law: strict\ntitle: t\nrules:\n  sale: {kind: ban, bars: [sale], of: [user.location.precise], says: barred, "
        "cites: S. 1, status: VERIFIED}\n"
    )
    changed(tmp_path, ("jurisdictions", "eu", "laws"), ["gdpr", "strict"])
    file = tmp_path / "policy.yaml"
    load_policy(file)
    file.write_text(file.read_text().replace("data_use: analytics.reporting", "data_use: sales"))

    with pytest.raises(ConfigError, match="use analytics in eu is sale, which strict.sale forbids"):
        load_policy(file)
