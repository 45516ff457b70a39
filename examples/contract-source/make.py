"""Writes examples/contract.pdf: a service contract between a city and a contractor that do not exist.

usage: SOURCE_DATE_EPOCH=1790985600 python3 make.py draft.pdf
       qpdf --object-streams=disable --recompress-flate --compression-level=9 --deterministic-id draft.pdf ../contract.pdf
needs: pip install reportlab fonttools; apt-get install fonts-ipaexfont qpdf

The same text gives the same bytes. All names, places and numbers are invented. The fonts are embedded as subsets, as
the IPA Font License v1.0 allows. The contract date is left blank: it is written when the city completes the contract.
"""

import io
import sys

from fontTools.subset import Options, Subsetter, load_font
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

TITLE = "業務委託契約書"

TERMS = [
    ("件名", "架空市公共施設予約システム保守運用業務"),
    ("履行場所", "架空県架空市中央一丁目１番１号　架空市役所　ほか発注者が指定する場所"),
    ("履行期間", "令和８年11月１日から令和９年３月31日まで"),
    ("委託料", "金4,950,000円（うち取引に係る消費税及び地方消費税の額　450,000円）"),
    ("契約保証金", "免除（架空市契約規則第30条第３号による）"),
    ("契約締結日", "　　　　　年　　　月　　　日"),
]

PREAMBLE = (
    "　発注者　架空市（以下「甲」という。）と受注者　株式会社架空システムズ（以下「乙」という。）とは、"
    "上記の業務（以下「本業務」という。）について、次の条項により委託契約（以下「本契約」という。）を締結し、"
    "信義に従って誠実にこれを履行するものとする。"
)

ARTICLES = [
    ("総則", [
        "甲及び乙は、本契約書及び別に甲が示す仕様書（以下「仕様書」という。）に基づき、日本国の法令を遵守し、本契約を履行しなければならない。",
        "乙は、本業務を履行期間内に完了し、成果物を甲に引き渡すものとし、甲は、その委託料を乙に支払うものとする。",
    ]),
    ("権利義務の譲渡等の禁止", [
        "乙は、本契約により生ずる権利又は義務を第三者に譲渡し、又は承継させてはならない。ただし、あらかじめ甲の書面による承諾を得た場合は、この限りでない。",
    ]),
    ("再委託の制限", [
        "乙は、本業務の全部を一括して第三者に委託してはならない。",
        "乙は、本業務の一部を第三者に委託しようとするときは、あらかじめ甲の承諾を得なければならない。",
    ]),
    ("業務責任者", [
        "乙は、本業務の履行について管理及び統括を行う業務責任者を定め、契約締結後５日以内に甲に通知しなければならない。",
    ]),
    ("秘密の保持", [
        "乙は、本業務の履行に関して知り得た秘密を他に漏らしてはならない。本契約が終了した後も、同様とする。",
    ]),
    ("個人情報の保護", [
        "乙は、本業務を処理するため個人情報を取り扱うときは、個人情報の保護に関する法律その他の関係法令及び別記「個人情報取扱特記事項」を守らなければならない。",
    ]),
    ("検査", [
        "乙は、毎月の業務が完了したときは、遅滞なく業務完了報告書を甲に提出しなければならない。",
        "甲は、前項の報告書を受理した日から10日以内に検査を行い、その結果を乙に通知するものとする。",
    ]),
    ("委託料の支払", [
        "乙は、前条の検査に合格したときは、当該月分の委託料（月額990,000円）を甲に請求することができる。",
        "甲は、適法な請求書を受理した日から30日以内に、委託料を乙に支払わなければならない。",
    ]),
    ("契約不適合責任", [
        "甲は、成果物が種類又は品質に関して契約の内容に適合しないものであるときは、乙に対し、成果物の修補又は代替物の引渡しによる履行の追完を請求することができる。",
    ]),
    ("履行遅滞の場合における遅延損害金", [
        "乙の責めに帰すべき事由により履行期間内に本業務を完了することができないときは、甲は、委託料につき、遅延日数に応じ、年2.5パーセントの割合で計算した額の遅延損害金を請求することができる。",
    ]),
    ("契約の解除", [
        "甲は、乙が正当な理由なく本業務に着手せず、又は履行期間内に完了する見込みがないと認められるときは、相当の期間を定めて催告し、その期間内に履行がないときは、本契約を解除することができる。",
    ]),
    ("協議", [
        "本契約に定めのない事項又は本契約に関し疑義が生じた事項については、甲乙協議して定めるものとする。",
    ]),
    ("電子署名", [
        "本契約は、電磁的記録により作成し、甲乙双方の承認に基づく電子署名及びタイムスタンプを付して締結する。",
        "前項の電磁的記録を原本とし、これを印刷したものは、写しとする。",
    ]),
]

CLOSING = "　本契約の締結を証するため、本電磁的記録を作成し、甲乙それぞれが電子署名の上、各自その電磁的記録を保管する。"

PARTIES = [
    ("発注者（甲）", "架空県架空市中央一丁目１番１号", "架空市", "架空市長　　架空　太郎"),
    ("受注者（乙）", "架空県架空市港町二丁目３番４号", "株式会社架空システムズ", "代表取締役　仮名　花子"),
]

SIGNED = "電子署名により締結"

SIZE, LEADING = 10, 16.2
LEFT, RIGHT, TOP, BOTTOM = 68, A4[0] - 68, A4[1] - 62, 62
# What may not begin a line, and what may not end one (JIS X 4051).
NOT_FIRST = "、。，．）」』】・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
NOT_LAST = "（「『【"


def width(text, size=SIZE, font="mincho"):
    return pdfmetrics.stringWidth(text, font, size)


def units(text):
    """What is not broken: a character, or a number with its signs."""
    run = ""
    for char in text:
        if char.isascii():
            run += char
            continue
        if run:
            yield run
            run = ""
        yield char
    if run:
        yield run


def lines(text, measure):
    line = []
    for unit in units(text):
        if width("".join(line) + unit) > measure and unit not in NOT_FIRST:
            rest = []
            while line and line[-1] in NOT_LAST:
                rest.insert(0, line.pop())
            yield "".join(line), False
            line = rest
        line.append(unit)
    yield "".join(line), True


class Page:
    def __init__(self, path):
        self.canvas = Canvas(path, pagesize=A4, pdfVersion=(1, 7), invariant=1, pageCompression=1, initialFontName="gothic", lang="ja-JP")
        self.canvas.setTitle(f"{TITLE}（架空市公共施設予約システム保守運用業務）")
        self.canvas.setAuthor("架空市")
        self.canvas.setSubject("pades-ltv の例のための架空の契約書")
        self.canvas.setCreator("examples/contract-source/make.py")
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        self.number, self.y = 1, TOP

    def text(self, x, text, size=SIZE, font="mincho", spacing=0.0):
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.y, text, charSpace=spacing)

    def centred(self, text, size, font="gothic", spacing=0.0):
        length = width(text, size, font) + spacing * (len(text) - 1)
        self.text((A4[0] - length) / 2, text, size, font, spacing)

    def down(self, points):
        self.y -= points

    def room(self, points):
        if self.y - points < BOTTOM:
            self.turn()

    def turn(self):
        self.foot()
        self.canvas.showPage()
        self.number, self.y = self.number + 1, TOP

    def foot(self):
        self.y = 36
        self.centred(f"{self.number} / 2", 8.5, "mincho")

    def paragraph(self, text, left=LEFT, first=None):
        """Justified lines; `first` stands before the first one, in the margin of the paragraph."""
        for index, (line, last) in enumerate(lines(text, RIGHT - left)):
            self.room(LEADING)
            if index == 0 and first:
                self.text(LEFT if first.startswith("第") else left - width(first), first)
            slack = RIGHT - left - width(line)
            spacing = 0 if last and slack > 0 else slack / max(len(line) - 1, 1)
            self.text(left, line, spacing=spacing)
            self.down(LEADING)

    def terms(self):
        row, split = 22, LEFT + 84
        self.canvas.setLineWidth(0.6)
        top = self.y + 15
        for name, value in TERMS:
            self.text(LEFT + 8, name, 9.5, "gothic")
            self.text(split + 8, value, 9.5)
            self.canvas.line(LEFT, self.y + 15, RIGHT, self.y + 15)
            self.down(row)
        bottom = self.y + 15
        self.canvas.line(LEFT, bottom, RIGHT, bottom)
        for x in (LEFT, split, RIGHT):
            self.canvas.line(x, top, x, bottom)
        self.down(6)

    def article(self, number, heading, paragraphs):
        self.room(3 * LEADING)
        self.text(LEFT, f"（{heading}）", font="gothic")
        self.down(LEADING)
        for index, paragraph in enumerate(paragraphs):
            if index == 0:
                name = f"第{number}条　"
                self.paragraph(paragraph, LEFT + width("第10条　"), name)
            else:
                self.paragraph(paragraph, LEFT + width("第10条　"), f"{'０１２３４５'[index + 1]}　")
        self.down(3)

    def signatures(self):
        row, name_at, seal_at = 74, LEFT + 96, RIGHT - 118
        self.room(len(PARTIES) * row + 20)
        self.canvas.setLineWidth(0.6)
        for title, address, organisation, person in PARTIES:
            top = self.y
            self.canvas.rect(LEFT, top - row, RIGHT - LEFT, row)
            self.canvas.line(name_at - 8, top, name_at - 8, top - row)
            self.canvas.line(seal_at - 8, top, seal_at - 8, top - row)
            self.y = top - row / 2 - 4
            self.text(LEFT + 10, title, 10, "gothic")
            self.text(seal_at + 8, SIGNED, 10, "gothic")
            self.y = top - 20
            for line in (address, organisation, person):
                self.text(name_at, line, 10)
                self.down(21)
            self.y = top - row


def font(file):
    """The characters of this script from a font, without hints."""
    unused = ["GSUB", "GPOS", "vhea", "vmtx"]
    options = Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 4, 6, 13], drop_tables=unused)
    loaded = load_font(f"/usr/share/fonts/opentype/ipaexfont-{file}.ttf", options)
    subsetter = Subsetter(options)
    subsetter.populate(text=open(__file__, encoding="utf-8").read())
    subsetter.subset(loaded)
    loaded.recalcTimestamp = False
    data = io.BytesIO()
    loaded.save(data)
    data.seek(0)
    return data


def main(path):
    rl_config.useA85 = 0
    pdfmetrics.registerFont(TTFont("mincho", font("mincho/ipaexm")))
    pdfmetrics.registerFont(TTFont("gothic", font("gothic/ipaexg")))
    page = Page(path)
    page.down(14)
    page.centred(TITLE, 20, spacing=6)
    page.down(44)
    page.terms()
    page.paragraph(PREAMBLE)
    page.down(8)
    for number, (heading, paragraphs) in enumerate(ARTICLES, 1):
        page.article(number, heading, paragraphs)
    page.down(6)
    page.paragraph(CLOSING)
    page.down(6)
    page.signatures()
    page.foot()
    page.canvas.save()


main(sys.argv[1])
