"""The words of this house: English in code, Chinese for people, one meaning each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word (术语), its Chinese, what it means here, and words that are not used for it."""

    english: str
    chinese: str
    meaning: str
    not_called: tuple[str, ...] = ()


GLOSSARY = (
    Term("county", "县（市、区）", "the unit that officers belong to and scores are given to",
         ("region", "org")),
    Term("officer", "执法人员", "a person on the roster", ("user", "employee")),
    Term("account", "账号", "what signs in with a password", ("user",)),
    Term("actor", "操作人", "whoever acts, as a value handed to every action", ("user",)),
    Term("role", "角色", "what an account may do"),
    Term("ticket", "准考证", "a one-time code that signs a candidate in for own exams",
         ("voucher", "invite")),
    Term("candidate", "参赛人员", "an officer called up for a contest by draw or nomination",
         ("participant", "contestant")),
    Term("reserve", "替补", "the next in the ranking of a draw"),
    Term("roster", "花名册", "every officer of the city, with versions that are frozen",
         ("members",)),
    Term("eligibility", "参赛资格", "在编在岗 and a valid certificate on the day of the draw"),
    Term("draw", "随机抽取", "choosing by lot from a frozen roster", ("lottery",)),
    Term("commitment", "承诺值", "the hash of everything a draw fixes before chance is known"),
    Term("seed", "种子", "the value that chance becomes, published"),
    Term("transcript", "抽取记录", "the file by which anyone recomputes a draw"),
    Term("question", "试题", "a stem with its content, key and legal basis", ("problem",)),
    Term("content", "题面", "what a candidate may see of a question"),
    Term("key", "标准答案", "what a response is compared with", ("solution",)),
    Term("kind", "题型", "single_choice, multiple_choice, … each with its own rules", ("type",)),
    Term("legal_basis", "法律依据", "the provisions a question rests on", ("reference",)),
    Term("blueprint", "组卷方案", "how many questions of what kind a paper takes",
         ("template",)),
    Term("paper", "试卷", "frozen questions with a hash", ("test",)),
    Term("contest", "比武", "one contest of a year (期)", ("event",)),
    Term("exam", "科目", "one paper of a contest with its window", ("test",)),
    Term("rehearsal", "演练", "an exam of a contest that never counts", ("drill",)),
    Term("window", "考试时间窗", "when one may start, how long one has, how late is late"),
    Term("sitting", "作答", "one candidate, one exam", ("attempt", "submission")),
    Term("response", "答案", "what a candidate wrote for one item"),
    Term("hand_in", "交卷", "ending a sitting", ("submit",)),
    Term("receipt", "回执", "the code a candidate keeps of what was handed in"),
    Term("mark", "单题得分", "points of one item with the reasons", ("grade",)),
    Term("score", "成绩", "the sum of marks of a sitting or a contest", ("grade", "value")),
    Term("standing", "排名", "the order of candidates or counties", ("leaderboard",)),
    Term("placed", "名次", "a place in a standing with the reason for it"),
    Term("pause", "暂停", "the clock of a sitting stands still until it is resumed (续考)"),
    Term("shift", "后移", "one candidate's window moved to a later time"),
    Term("pen", "接管", "which page of a sitting may write: the one that claimed it last"),
    Term("message", "考场通知", "what the hall tells its candidates"),
    Term("reopening", "撤回交卷", "a hand-in taken back by two persons"),
    Term("kept_answer", "未计入的答案", "typed in time, delivered too late: kept, not marked"),
    Term("answer_file", "应急答案文件", "answers that a phone could not send, sealed"),
    Term("tie", "并列", "equal after the whole tie-break chain"),
    Term("pick", "选派", "who goes to the province's contest", ("selection",)),
    Term("release", "成绩发布", "an immutable snapshot of results with its hash",
         ("publish", "dump")),
    Term("circular", "通报", "the official document about a release", ("report",)),
    Term("audit_entry", "操作留痕", "one act in the append-only chain", ("log",)),
)  # fmt: skip
