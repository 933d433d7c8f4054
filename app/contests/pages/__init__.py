"""Pages of contests: `home` list, checklist, rules · `planning` exams · `people` list and tickets ·
`county` the clerk's home."""

from fastapi import APIRouter

from app.contests.pages import county, home, people, planning

router = APIRouter()
for _pages in (home, planning, people, county):
    router.include_router(_pages.router)
