"""Pages of a long list: how many, which one, and the links around it."""

from dataclasses import dataclass
from urllib.parse import urlencode

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a list stands (第 n 页，共 m 页). `query` is the rest of the address."""

    page: int
    total: int
    size: int = PAGE_SIZE
    query: tuple[tuple[str, str], ...] = ()

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def previous_href(self) -> str | None:
        return self._href(self.page - 1) if self.page > 1 else None

    @property
    def next_href(self) -> str | None:
        return self._href(self.page + 1) if self.page < self.pages else None

    def _href(self, page: int) -> str:
        return "?" + urlencode([*self.query, ("page", str(page))])


def pager(page: int, total: int, *, size: int = PAGE_SIZE, **query: str | None) -> Pager:
    """A page that does not exist is the nearest that does."""
    last = max(1, -(-total // size))
    kept = tuple((name, value) for name, value in query.items() if value)
    return Pager(min(max(page, 1), last), total, size, kept)
