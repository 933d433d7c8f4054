"""Who may enter the accounts' and the trail's pages."""

EVERYONE = frozenset(
    {
        "organizer",
        "clerk",
        "foreign_clerk",
        "author",
        "reviewer",
        "invigilator",
        "auditor",
        "system_admin",
        "security_admin",
        "owner",
        "colleague",
        "stranger",
        "nobody",
    }
)
ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/"): EVERYONE,
    ("GET", "/healthz"): EVERYONE,
    ("GET", "/sign-in"): EVERYONE,
    ("POST", "/sign-in"): EVERYONE,
    ("POST", "/sign-out"): EVERYONE - {"nobody"},
    ("GET", "/enter"): EVERYONE,
    ("POST", "/enter"): EVERYONE,
    ("GET", "/t/{code}"): EVERYONE,
    ("GET", "/audit"): frozenset({"auditor"}),
    ("GET", "/accounts"): frozenset({"system_admin", "security_admin"}),
    ("GET", "/accounts/new"): frozenset({"system_admin"}),
    ("POST", "/accounts/new"): frozenset({"system_admin"}),
    ("GET", "/accounts/{account_id:int}"): frozenset({"system_admin", "security_admin"}),
    ("POST", "/accounts/{account_id:int}/roles"): frozenset({"security_admin"}),
    ("POST", "/accounts/{account_id:int}/active"): frozenset({"system_admin"}),
    ("POST", "/accounts/{account_id:int}/password"): frozenset({"system_admin"}),
}
# Pages that answer 403 for a wrong word or code rather than for a wrong role.
REFUSES_BY_CONTENT = {("POST", "/enter"), ("GET", "/t/{code}"), ("POST", "/sign-in")}
