"""The text of a result circular (正文): sentences made from the release alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.circulars.rules.document import CircularMeta, Paragraph, chinese_date
from app.contests.rules.words import percent
from app.kernel.score import rounded

Release = Mapping[str, Any]
CROWD = 6
CLEARLY = Decimal("0.02")
ORDINALS = "一二三四五六七八九"


def contest_title(release: Release) -> str:
    """The contest with year and number (期), whether or not its title already says them."""
    contest = release["contest"]
    title: str = contest["title"]
    return title if "期" in title else f"{title}（{contest['year']}年第{contest['number']}期）"


def held(release: Release) -> str:
    """The day or days of the contest."""
    first, last = (date.fromisoformat(release["contest"][key]) for key in ("held_from", "held_to"))
    if first == last:
        return chinese_date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{chinese_date(first).removesuffix('日')}日至{last.day}日"
    return f"{chinese_date(first)}至{chinese_date(last)}"


def opening(release: Release) -> str:
    """Why the office writes."""
    return (
        f"为深入推进生态环境保护执法大练兵，以赛促学、以赛促练，检验执法人员适用法律法规、"
        f"分析案件和评查案卷的能力，{held(release)}组织开展了{contest_title(release)}。"
        "现将成绩通报如下："
    )


def paragraphs(release: Release, meta: CircularMeta) -> tuple[Paragraph, ...]:
    """参赛情况, 县区成绩, 个人成绩, 省赛选派, 有关事项."""
    parts = [
        ("参赛情况", _attendance(release)),
        ("县区成绩", _counties(release)),
        ("个人成绩", _candidates(release)),
        ("省赛选派", _picks(release)),
        ("有关事项", _matters(release, meta)),
    ]
    return tuple(
        Paragraph(f"{ordinal}、{heading}", text)
        for ordinal, (heading, text) in zip(ORDINALS, parts, strict=False)
    )


def _attendance(release: Release) -> str:
    people = release["summary"]
    counties = len(release["counties"])
    groups = [f"随机抽取{people['drawn']}人"] if people["drawn"] else []
    groups += [f"县区推荐{people['nominated']}人"] if people["nominated"] else []
    away = [
        f"{label}{people[key]}人"
        for key, label in (("on_leave", "经批准请假"), ("without_leave", "无故缺考"))
        if people[key]
    ]
    exams = "、".join(
        f"{exam['title']}（权重{percent(Decimal(exam['weight']))}）"
        for exam in release["rules"]["exams"]
    )
    return (
        f"全市{counties}个县（市、区）共{people['called']}名在编在岗、持有效执法证件的执法人员"
        f"列入参赛名单，其中{'、'.join(groups)}。实际参赛{people['present']}人"
        f"{'，' if away else ''}{'、'.join(away)}。比武科目为{exams}。"
    )


def _counties(release: Release) -> str:
    lines = [line for line in release["counties"] if line["place"] is not None]
    if not lines:
        return "本期没有形成县区成绩。"
    top = [line for line in lines if line["place"] <= 3]
    last = lines[-1]
    first_three = named(
        [f"{line['county']}（{line['county_score']}分）" for line in top], "个县（市、区）"
    )
    text = f"县区成绩列前三名的是：{first_three}。"
    if len(lines) > 3:
        text += f"县区成绩最高{lines[0]['county_score']}分，最低{last['county_score']}分。"
    return text + "各县（市、区）成绩、随机抽取人员和推荐人员均分及计算过程见附件1。"


def _candidates(release: Release) -> str:
    people, rules = release["summary"], release["rules"]
    if not people["present"]:
        return "本期没有人员参赛。"
    top = [
        f"{line['county']}{line['name']}（{line['total']}分）"
        for line in release["candidates"]
        if line["place"] is not None and line["place"] <= 3
    ]
    parts = [
        f"{label}均分{people[key]}分"
        for key, label in (("mean_drawn", "随机抽取人员"), ("mean_nominated", "推荐人员"))
        if people[key] is not None
    ]
    return (
        f"参赛人员总分平均{people['mean']}分，最高{people['best']}分，最低{people['lowest']}分，"
        f"及格（{rules['pass_line']}分及以上）{people['passed']}人、"
        f"优秀（{rules['excellent_line']}分及以上）{people['excellent']}人；"
        f"{'，'.join(parts)}。{_subjects(release)}个人总分列前三名的是：{named(top, '人')}。"
    )


def _subjects(release: Release) -> str:
    """Means by exam, and the weakest: a circular is also a lesson."""
    titles = {exam["code"]: exam["title"] for exam in release["rules"]["exams"]}
    full = {exam["code"]: Decimal(exam["full"]) for exam in release["rules"]["exams"]}
    means = [
        (titles[each["exam"]], Decimal(each["score"]), full[each["exam"]])
        for each in release["summary"]["exam_means"]
    ]
    if len(means) < 2:
        return ""
    said = "、".join(f"{title}{rounded(mean)}分" for title, mean, _ in means)
    shares = sorted((mean / whole, title) for title, mean, whole in means)
    (lowest, weakest), (next_lowest, _) = shares[:2]
    # A few hundredths between two exams are no weakness to write home about.
    clear = next_lowest - lowest >= CLEARLY
    weak = f"，{weakest}相对薄弱，须有针对性地补课强训" if clear else ""
    return f"各科均分为{said}{weak}。"


def _picks(release: Release) -> str:
    picks = release["picks"]
    said = []
    if picks["picked"]:
        said.append(
            f"按照公布的选派规则，选派{_people(picks['picked'])}等{len(picks['picked'])}人"
            "代表我市参加省级比武。"
            if len(picks["picked"]) > 1
            else f"按照公布的选派规则，选派{_people(picks['picked'])}代表我市参加省级比武。"
        )
    if picks["substitutes"]:
        said.append(f"{_people(picks['substitutes'])}依次为替补。")
    said += [f"{each['why']}，加赛安排另行通知。" for each in picks["play_offs"]]
    return "".join(said) or "本期没有符合选派条件的人员。"


def _people(lines: Sequence[Mapping[str, Any]]) -> str:
    return "、".join(f"{line['name']}（{line['county']}）" for line in lines)


def _matters(release: Release, meta: CircularMeta) -> str:
    contact = f"，联系电话：{meta.contact}" if meta.contact else ""
    return (
        "本次县区成绩作为市级大练兵评比的得分依据。"
        f"对成绩有异议的，可自本通报印发之日起{release['rules']['appeal_days']}个工作日内，"
        f"由本人或所在县（市、区）书面提出复核申请{contact}。"
        "各县（市、区）要认真分析本地参赛人员失分情况，补短板、强弱项，"
        "推动全员、全年、全过程练兵取得实效。"
    )


def named(people: Sequence[str], unit: str) -> str:
    """A list of names; of a crowd that shares a place, the first few and how many they are.

    >>> named(["甲", "乙"], "人"), named(list("甲乙丙丁戊己庚"), "人")
    ('甲、乙', '甲、乙、丙、丁、戊、己等7人')
    """
    if len(people) <= CROWD:
        return "、".join(people)
    return f"{'、'.join(people[:CROWD])}等{len(people)}{unit}"


def attachments(names: Iterable[str]) -> tuple[str, ...]:
    """附件说明: numbered, without punctuation at the end (GB/T 9704—2012, 7.3.4)."""
    return tuple(f"{number}．{name}" for number, name in enumerate(names, 1))
