"""The field's fixed words: codes that never change, with their Chinese labels. Imports nothing.

Sources: DESIGN (areas, roles, statuses), the default questionnaire (age bands, sex, mode, collector).
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Area(NamedTuple):
    """One service area: `kind` says whether social work serves it or it is referred to another body."""

    code: str
    label: str
    kind: str
    what: str


AREAS: Final = (
    Area(
        "elderly",
        "老年人服务",
        "social_work",
        "居家养老、助餐、日间照料、独居探访、老年大学、适老化改造、陪诊",
    ),
    Area(
        "children_youth",
        "儿童青少年服务",
        "social_work",
        "托管、课业辅导、寒暑假班、青少年心理、兴趣班、亲子活动",
    ),
    Area(
        "culture", "社区文化体育服务", "social_work", "文体活动、队伍社团、书画图书、节庆、健身器材与活动场地"
    ),
    Area("family", "家庭与妇女服务", "social_work", "夫妻婆媳、家庭教育、家暴、单亲、妇女权益、照顾者喘息"),
    Area("health", "卫生健康服务", "social_work", "社区医院、义诊体检、慢病、疫苗、用药、心理健康"),
    Area("assistance", "困难帮扶与助残服务", "social_work", "低保、临时救助、残疾人与无障碍、大病困难、失独"),
    Area("employment", "就业创业服务", "social_work", "找工作、技能培训、灵活就业、创业、招聘会"),
    Area("governance", "居民自治与志愿服务", "social_work", "议事协商、业委会、纠纷调解、志愿者、居委会工作"),
    Area("environment", "环境卫生", "referral", "垃圾、保洁、绿化、噪音、油烟、宠物粪便、蚊虫异味"),
    Area("facilities", "物业与公共设施", "referral", "停车、电梯、道路、路灯、水电气暖、漏水、门禁、物业"),
    Area("safety", "公共安全", "referral", "消防通道、飞线充电、高空抛物、治安、诈骗、监控"),
    Area("convenience", "便民与政务服务", "referral", "办证盖章、医保社保手续、快递、修理、菜市场早餐店"),
    Area("other", "其他", "none", "无意见、空话、乱码、广告、只有感谢而看不出领域"),
)
AREA_LABELS: Final = {area.code: area.label for area in AREAS}
BOUGHT_AREAS: Final = ("elderly", "children_youth", "culture")

SENTIMENTS: Final = {"neg": "不满", "neu": "中性", "pos": "满意"}
INTENTS: Final = {
    "need": "求助",
    "suggestion": "建议",
    "complaint": "投诉",
    "praise": "表扬",
    "question": "咨询",
    "none": "无",
}


class AgeBand(NamedTuple):
    """One answer of the age question: ages `first` to `last`, both included."""

    code: int
    label: str
    first: int
    last: int


AGE_BANDS: Final = (
    AgeBand(1, "0–5 岁", 0, 5),
    AgeBand(2, "6–13 岁", 6, 13),
    AgeBand(3, "14–17 岁", 14, 17),
    AgeBand(4, "18–34 岁", 18, 34),
    AgeBand(5, "35–44 岁", 35, 44),
    AgeBand(6, "45–59 岁", 45, 59),
    AgeBand(7, "60–69 岁", 60, 69),
    AgeBand(8, "70–79 岁", 70, 79),
    AgeBand(9, "80 岁及以上", 80, 120),
)
AGE_LABELS: Final = {0: "年龄未知", **{band.code: band.label for band in AGE_BANDS}}
SEX_LABELS: Final = {1: "男", 2: "女", 9: "不愿回答"}
UNKNOWN_GRID: Final = 0
UNKNOWN_AGE: Final = 0
UNKNOWN_SEX: Final = 9

GROUPS: Final = {
    "age0_17": "0–17 岁",
    "age60": "60 岁及以上",
    "age80": "80 岁及以上",
    "elder80_home": "家有高龄老人",
    "alone": "独居老人",
    "disabled_elder": "失能、半失能",
    "disability": "残疾人",
    "low_income": "低保、低收入",
    "child_hardship": "困境、留守儿童",
    "unemployed": "失业",
}

MODES: Final = {
    "screen": "网页",
    "plain": "简版网页",
    "kiosk": "自助机",
    "paper": "纸质",
    "phone": "电话",
    "import": "导入",
}
COLLECTORS: Final = {
    "self": "本人填写",
    "family": "家人代填",
    "worker": "工作人员代填",
    "kiosk": "自助机",
    "phone": "电话访问",
    "paper": "纸质录入",
}
CHANNELS: Final = {
    "survey": "需求调查",
    "feedback": "服务评价",
    "sentence": "一句话",
    "letter": "来信",
    "note": "工作人员记录",
}

READING_STATES: Final = {
    "waiting": "等待阅读",
    "classified": "已分类",
    "abstained": "拿不准",
    "failed": "没读成",
}
# What is not read yet; the indexes over unread comments name the same two.
UNREAD_STATES: Final = ("waiting", "failed")
ANSWER_STATES: Final = {
    "received": "已收到",
    "answered": "已答复",
    "doing": "正在办",
    "done": "已办好",
    "declined": "办不了",
}
# What the author of a comment says of what became of it.
VERDICTS: Final = {"solved": "解决了", "partly": "部分解决", "unsolved": "没有解决", "unsure": "说不清"}
# A sign-up: there is a place, or one moves up to it; taken back by its holder.
ENROLMENT_STATES: Final = {"enrolled": "已报上", "waiting": "候补", "withdrawn": "已取消"}
# What raised an alert first: the word check at saving, the classifier's detector, a person's label.
ALERT_SOURCES: Final = {"words": "保存时的词语检查", "detector": "紧急检测", "person": "工作人员"}
ALERT_OUTCOMES: Final = {
    "handled": "确有危险，已处理",
    "handed_over": "确有危险，已转 110 / 119 / 120 / 12356",
    "not_danger": "没有危险",
    "duplicate": "同一件事已有预警",
    "unreachable": "找不到人，无法核实",
}
# How it came out that a comment should have raised an alert.
MISS_WAYS: Final = {
    "reading": "翻看意见时发现",
    "call_back": "回访或走访时知道",
    "resident": "居民或家属告知",
    "agency": "公安、消防、医院等告知",
    "review": "督导复查时发现",
}
GAP_STATES: Final = {
    "gap": "缺口",
    "match": "匹配",
    "surplus": "过剩",
    "unknown": "未知",
    "hidden": "不显示",
}

ROLES: Final = {
    "resident": "居民",
    "committee": "居委会工作人员",
    "social_worker": "社工",
    "supervisor": "督导",
    "provider": "承接机构",
    "purchaser": "购买方",
    "assessor": "评估方",
    "admin": "管理员",
}
SCOPES: Final = ("all", "subdistrict", "community", "provider", "contract")
