"""Certificates name the hosts, are signed by the environment's issuer, and are renewed in time."""

from collections.abc import Mapping
from typing import Any

import pytest

from quadrant_platform.components.credentials.certificates import Certificates, download
from quadrant_platform.components.edge.edge import Edge, EdgeInputs
from tests.components.sample import Manifest, args, entry, kinds, one, planned, registered

DNS = {"rfc2136": {"nameserver": "ns1.example.com:53"}}
PUBLISHING: Mapping[str, Any] = {"publishing": {"dnsChallenge": DNS, "acmeEmail": "certs@example.com"}}
DECLARED: Mapping[str, Any] = {
    "name": "shop-tls",
    "commonName": "example.com",
    "hosts": ["example.com", "*.example.com"],
    "devHosts": ["traefik.example.local"],
    "addresses": ["127.0.0.1"],
    "download": "/certs/example.com.crt",
}


def built(stage: str = "dev", databases: Mapping[str, Any] | None = None, **declared: Any) -> list[Manifest]:
    changes = {"edge": {"certificate": {**DECLARED, **declared}}, "databases": databases or {}}
    return list(Certificates.manifests(planned(stage, changes, PUBLISHING if stage == "prod" else {})))


def public(stage: str, **declared: Any) -> Manifest:
    spec: Manifest = one(built(stage, **declared), "Certificate", "shop-tls")["spec"]
    return spec


def test_the_certificate_holds_every_name_under_which_dev_is_reached() -> None:
    spec = public("dev")
    assert spec["commonName"] == "example.com", "as declared"
    assert spec["dnsNames"] == ["example.com", "*.example.com", "traefik.example.local"], "dev hosts included (X-16)"
    assert spec["ipAddresses"] == ["127.0.0.1"], "a port-forward is reached by address"


def names(hosts: list[str], **environment: Any) -> dict[str, tuple[str, list[str]]]:
    changes = {"edge": {"certificate": {**DECLARED, "hosts": hosts}}}
    found = Certificates.manifests(planned("prod", changes, {**PUBLISHING, **environment}))
    specs = [m["spec"] for m in found if m["kind"] == "Certificate" and "isCA" not in m["spec"]]
    return {spec["secretName"]: (spec["commonName"], spec["dnsNames"]) for spec in specs}


def test_a_wildcard_is_ordered_apart_from_the_names_that_it_covers() -> None:
    hosts = ["example.com", "www.example.com", "*.example.com"]
    assert names(hosts) == {
        "shop-tls": ("example.com", ["example.com", "www.example.com"]),
        "shop-tls-wildcard": ("*.example.com", ["*.example.com"]),
    }, "Let's Encrypt calls a name beside its wildcard redundant and refuses the order"
    own = {"publishing": {"issuer": "selfSigned"}}
    assert names(hosts, **own) == {"shop-tls": ("example.com", hosts)}, "an authority of our own signs them together"


def test_a_local_name_that_prod_answers_to_is_signed_by_our_own_authority() -> None:
    dashboard = {"host": "traefik.example.local", "to": "dashboard", "why": "routes as Traefik sees them"}
    changes = {"edge": {"certificate": DECLARED, "routes": {"dashboard": dashboard}}}
    found = list(Certificates.manifests(planned("prod", changes, PUBLISHING)))
    spec = one(found, "Certificate", "shop-tls-local")["spec"]
    assert spec["dnsNames"] == ["traefik.example.local"], "strict names refuse a host without certificate"
    assert spec["issuerRef"]["name"] == "quadrant-shop-ca", "no public authority signs it"
    assert one(found, "Issuer", "quadrant-shop-ca"), "and that authority is there"


def test_every_certificate_that_is_ordered_is_served() -> None:
    changes = {"edge": {"certificate": {**DECLARED, "hosts": ["example.com", "www.example.com", "*.example.com"]}}}
    some = planned("prod", changes, PUBLISHING)
    store = one(Edge.manifests(EdgeInputs(entry(some), Certificates.results(some).names)), "TLSStore")["spec"]
    expected = [{"secretName": "shop-tls"}, {"secretName": "shop-tls-wildcard"}]
    assert store == {"defaultCertificate": expected[0], "certificates": expected}, "two orders make two Secrets"


def test_a_wildcard_that_covers_no_other_name_stays_with_them() -> None:
    hosts = ["example.com", "a.b.example.com", "*.example.com"]
    assert names(hosts) == {"shop-tls": ("example.com", hosts)}, "a wildcard matches one label"


def test_prod_asks_for_public_names_only() -> None:
    spec = public("prod")
    assert spec["dnsNames"] == ["example.com", "*.example.com"], "no public authority signs a local name"
    assert "ipAddresses" not in spec, "nor a loopback address"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_key_is_new_with_each_certificate(stage: str) -> None:
    key = {"algorithm": "RSA", "size": 2048, "rotationPolicy": "Always"}
    assert public(stage)["privateKey"] == key, "a stolen key ends with its certificate"
    assert public(stage)["secretName"] == "shop-tls", "Traefik's store names this Secret"


@pytest.mark.parametrize(
    ("declared", "life", "renewal"), [("365d", "8760h", "720h"), ("90d", "2160h", "720h"), ("30d", "720h", "240h")]
)
def test_renewal_leaves_a_month_or_a_third_of_the_life(declared: str, life: str, renewal: str) -> None:
    spec = public("dev", duration=declared)
    assert (spec["duration"], spec["renewBefore"]) == (life, renewal), "there is time for a failed attempt"


def test_dev_signs_with_an_authority_of_its_own() -> None:
    found = built()
    issuers = {m["metadata"]["name"]: m["spec"] for m in found if m["kind"] == "Issuer"}
    assert issuers == {
        "quadrant-shop-self-signed": {"selfSigned": {}},
        "quadrant-shop-ca": {"ca": {"secretName": "quadrant-shop-ca"}},
    }, "an authority that devices install once outlives the certificates"
    assert one(found, "Certificate", "quadrant-shop-ca")["spec"]["isCA"] is True, "it may sign"
    assert public("dev")["issuerRef"]["name"] == "quadrant-shop-ca", "and it signs this one"


def test_prod_proves_its_names_by_dns() -> None:
    (issuer,) = (m for m in built("prod") if m["kind"] == "Issuer")
    acme = issuer["spec"]["acme"]
    assert acme["solvers"] == [{"dns01": DNS}], "the only challenge that grants wildcards (X-49)"
    assert acme["email"] == "certs@example.com", "the server sends its warnings there"
    assert acme["privateKeySecretRef"] == {"name": "quadrant-shop-acme-account"}, "the account survives the issuer"
    assert public("prod")["issuerRef"]["name"] == issuer["metadata"]["name"], "it signs the certificate"


def test_clients_learn_what_to_trust() -> None:
    changes = {"edge": {"certificate": DECLARED}}
    own = Certificates.results(planned("dev", changes)).authority
    place = one(built(), "Certificate", "shop-tls")["metadata"]["namespace"]
    # cert-manager writes an authority's certificate there: https://cert-manager.io/docs/configuration/ca
    assert own == {"secret": f"{place}/quadrant-shop-ca", "key": "ca.crt"}, "what devices install"
    public_one = Certificates.results(planned("prod", changes, PUBLISHING)).authority
    assert public_one == {"acmeServer": "https://acme-v02.api.letsencrypt.org/directory"}, "browsers know it"


def test_issuers_never_serve_the_whole_cluster() -> None:
    assert set(kinds(built()) + kinds(built("prod"))) == {"Issuer", "Certificate"}, "keys stay in their namespace"


def test_a_database_with_tls_has_an_authority_beside_it() -> None:
    found = built("dev", {"orders-db": {"tls": True}})
    places = {m["metadata"]["namespace"] for m in found if m["metadata"]["name"] == "quadrant-shop-ca"}
    assert places == {"shop-frontend", "shop-database"}, "the issuer is looked for in the database's namespace"
    places = {m["metadata"]["namespace"] for m in built("prod", {"orders-db": {"tls": True}})}
    assert places == {"shop-frontend"}, "CloudNativePG signs for its own clusters"


def test_the_authority_is_handed_out_in_dev_only() -> None:
    changes = {"edge": {"certificate": DECLARED}}
    assert download(entry(planned("dev", changes))) == "/certs/example.com.crt", "devices do not trust it yet"
    assert download(entry(planned("prod", changes))) is None, "devices trust the public ones"
    own = {"publishing": {"issuer": "selfSigned"}}
    assert download(entry(planned("prod", changes, own))) is None, "prod hands nothing out"


def test_a_system_without_certificates_has_no_issuer() -> None:
    made = registered(lambda: Certificates("certificates", args(planned())))
    assert [resource.type for resource in made] == ["quadrant:edge:Certificates"], "no children"
