"""Who may enter the roster's pages."""

CITY = frozenset({"organizer"})
COUNTIES_TOO = CITY | {"clerk", "foreign_clerk"}
ROWS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/roster"): COUNTIES_TOO,
    ("GET", "/roster.xlsx"): COUNTIES_TOO,
    ("GET", "/roster/template.xlsx"): COUNTIES_TOO,
    ("GET", "/roster/{officer_id:int}"): COUNTIES_TOO,
    ("POST", "/roster/{officer_id:int}"): COUNTIES_TOO,
    ("POST", "/roster/{officer_id:int}/account"): CITY,
    ("GET", "/roster/import"): CITY,
    ("POST", "/roster/import"): CITY,
    ("POST", "/roster/import/confirm"): CITY,
    ("POST", "/roster/problems.xlsx"): CITY,
    ("GET", "/counties"): CITY,
    ("POST", "/counties"): CITY,
    ("GET", "/roster/freeze"): CITY,
    ("POST", "/roster/freeze"): CITY,
    ("GET", "/roster/versions/{number:int}"): CITY,
    ("GET", "/roster/versions/{number:int}.json"): CITY,
}
