"""The language of an agent's prose, and what is aligned across languages."""

# ruff: noqa: RUF001 (letters of other languages are meant)

from __future__ import annotations

from itertools import combinations, permutations
from pathlib import Path

import pytest

from agentdiff.align import align
from agentdiff.canonical import merge
from agentdiff.diff import diff
from agentdiff.formats import parse, read
from agentdiff.language import Language, language_note, language_of, languages_note
from agentdiff.model import Agent, Verdict
from agentdiff.report.diff_text import heading_lines
from agentdiff.report.json_report import diff_document

FIXTURES = Path(__file__).parents[1] / "fixtures"
NAMES = ("english", "chinese", "portuguese")


def fixture(name: str) -> Agent:
    return read(str(FIXTURES / "languages" / f"{name}.md"))


def agent(body: str, name: str = "a") -> Agent:
    return parse(f"---\nname: {name}\ndescription: One agent\n---\n\n{body}\n", f"{name}.md", format="claude-agent")


# ---------------------------------------------------------------------------------------------- detection

WRITTEN_IN = [
    (
        Language.ENGLISH,
        "You write clean code and test each change before you send it. If you are not sure, ask for what is missing.",
    ),
    (
        Language.PORTUGUESE,
        "Você escreve código limpo e testa cada mudança antes de enviar. Se não tiver certeza, pergunte o que falta.",
    ),
    (
        Language.SPANISH,
        "Eres un ingeniero de backend. Escribe código limpio y prueba cada cambio antes de enviarlo. Si no"
        " estás seguro, pregunta lo que falta. Todas las consultas deben tener parámetros.",
    ),
    (
        Language.FRENCH,
        "Tu écris du code propre et tu testes chaque changement avant de l’envoyer. Si tu n’es pas sûr,"
        " demande ce qui manque. Toutes les requêtes doivent avoir des paramètres.",
    ),
    (
        Language.GERMAN,
        "Du schreibst sauberen Code und prüfst jede Änderung, bevor du sie schickst. Wenn etwas nicht klar"
        " ist, frage nach. Alle Anfragen werden mit Parametern gestellt.",
    ),
    (
        Language.ITALIAN,
        "Scrivi codice pulito e prova ogni modifica prima di inviarla. Non usare mai password nel codice. Se"
        " non sei sicuro, chiedi. Tutte le query devono avere parametri.",
    ),
    (
        Language.DUTCH,
        "Je schrijft schone code en test elke wijziging voordat je die verstuurt. Als je het niet zeker weet,"
        " vraag het dan. Gebruik nooit wachtwoorden in de code.",
    ),
    (
        Language.POLISH,
        "Jesteś inżynierem backendu. Pisz czysty kod i testuj każdą zmianę przed wysłaniem. Nie używaj haseł"
        " w kodzie. Jeśli nie masz pewności, zapytaj o to, co jest niejasne.",
    ),
    (
        Language.TURKISH,
        "Temiz kod yaz ve her değişikliği göndermeden önce test et. Kodda asla parola kullanma. Emin değilsen"
        " sor. Tüm sorgular için parametre kullan ve hataları bir kimlik ile kaydet.",
    ),
    (
        Language.VIETNAMESE,
        "Bạn là kỹ sư backend có kinh nghiệm. Hãy viết mã sạch và kiểm tra mỗi thay đổi trước khi gửi. Không"
        " được dùng mật khẩu trong mã. Nếu không chắc, hãy hỏi.",
    ),
    (
        Language.INDONESIAN,
        "Anda adalah insinyur backend yang berpengalaman. Tulis kode yang bersih dan uji setiap perubahan"
        " sebelum mengirimnya. Jangan pernah memakai kata sandi dalam kode. Jika tidak yakin, tanyakan.",
    ),
    (
        Language.SWEDISH,
        "Du är en erfaren utvecklare. Skriv ren kod och testa varje ändring innan du skickar den. Använd"
        " aldrig lösenord i koden. Om du är osäker, fråga.",
    ),
    (
        Language.DANISH,
        "Du er en erfaren udvikler. Skriv ren kode og test hver ændring, før du sender den. Brug aldrig"
        " adgangskoder i koden. Hvis du er i tvivl, så spørg efter det, der mangler.",
    ),
    (
        Language.CZECH,
        "Jsi zkušený vývojář. Piš čistý kód a otestuj každou změnu, než ji odešleš. Nikdy nepoužívej hesla v"
        " kódu. Pokud si nejsi jistý, zeptej se. Všechny dotazy musí být s parametry.",
    ),
    (
        Language.ROMANIAN,
        "Ești un inginer de backend. Scrie cod curat și testează fiecare modificare înainte de a o trimite."
        " Dacă nu ești sigur, întreabă. Toate interogările trebuie să fie parametrizate.",
    ),
    (
        Language.HUNGARIAN,
        "Írj tiszta kódot, és tesztelj minden változtatást, mielőtt elküldöd. Soha ne használj jelszavakat a"
        " kódban. Ha nem vagy biztos benne, kérdezz. Minden lekérdezésnek paraméterezettnek kell lennie.",
    ),
    (
        Language.CHINESE,
        "你编写整洁的代码，并在提交之前测试每一处修改。不确定时先提问，不要猜测用户没有说明的要求。",
    ),
    (
        Language.CHINESE,
        "使用 Docker、Kubernetes 和 Terraform 部署 microservices，并用 Prometheus 与 Grafana 监控服务的延迟。"
        "每次发布之前都要确认告警规则。",
    ),
    (
        Language.JAPANESE,
        "読みやすいコードを書き、変更を送る前に必ずテストしてください。不明な点があれば質問してください。",
    ),
    (
        Language.KOREAN,
        "깨끗한 코드를 작성하고 변경 사항을 보내기 전에 반드시 테스트하세요. 확실하지 않으면 먼저 질문하고"
        " 추측하지 마세요. 모든 쿼리는 매개변수를 사용합니다.",
    ),
    (
        Language.RUSSIAN,
        "Ты опытный инженер. Пиши чистый код и проверяй каждое изменение перед отправкой. Если не уверен,"
        " спроси. Все запросы должны быть с параметрами, а ошибки записываются в журнал.",
    ),
    (
        Language.UKRAINIAN,
        "Ти досвідчений інженер. Пиши чистий код і перевіряй кожну зміну перед відправленням. Якщо не певен,"
        " запитай. Усі запити мають бути з параметрами, а помилки записуються в журнал.",
    ),
    (
        Language.ARABIC,
        "اكتب كودا نظيفا واختبر كل تغيير قبل إرساله. لا تستخدم كلمات المرور في الكود أبدا. إذا لم تكن متأكدا"
        " فاسأل. يجب أن تكون جميع الاستعلامات محددة المعاملات.",
    ),
    (
        Language.PERSIAN,
        "کد تمیز بنویسید و هر تغییر را پیش از ارسال آزمایش کنید. هرگز از گذرواژه در کد استفاده نکنید. اگر"
        " مطمئن نیستید بپرسید. همه پرسش‌ها باید پارامتر داشته باشند.",
    ),
    (
        Language.HINDI,
        "साफ कोड लिखें और भेजने से पहले हर बदलाव का परीक्षण करें। कोड में कभी भी पासवर्ड का उपयोग न करें। यदि"
        " आप निश्चित नहीं हैं, तो पूछें।",
    ),
    (
        Language.THAI,
        "เขียนโค้ดให้สะอาดและทดสอบทุกการเปลี่ยนแปลงก่อนส่ง ห้ามใช้รหัสผ่านในโค้ด หากไม่แน่ใจให้ถามก่อนเสมอ",
    ),
    (
        Language.GREEK,
        "Γράψε καθαρό κώδικα και δοκίμασε κάθε αλλαγή πριν τη στείλεις. Ποτέ μη χρησιμοποιείς κωδικούς"
        " πρόσβασης στον κώδικα. Αν δεν είσαι σίγουρος, ρώτα.",
    ),
    (
        Language.HEBREW,
        "כתוב קוד נקי ובדוק כל שינוי לפני שאתה שולח אותו. לעולם אל תשתמש בסיסמאות בקוד. אם אינך בטוח, שאל. כל"
        " השאילתות חייבות להיות עם פרמטרים.",
    ),
]


@pytest.mark.parametrize(("language", "body"), WRITTEN_IN, ids=lambda value: getattr(value, "name", ""))
def test_prose_tells_its_language(language: Language, body: str) -> None:
    assert language_of(agent(body)) is language


ENGLISH, CHINESE = WRITTEN_IN[0][1], WRITTEN_IN[16][1]

TELLS_NOTHING = {
    "no body": "",
    "too little": "你是一名后端工程师。",
    "too little English": "You are the reviewer of this.",
    "a list of keywords": "- React, Vue, Svelte, Angular\n- Docker, Kubernetes, Terraform\n- PostgreSQL, Redis, Kafka\n"
    * 5,
    "only code": f"```text\n{ENGLISH}\n```",
    "only code words": f"- `{ENGLISH}`\n- `{CHINESE}`",
    "only titles": f"# {ENGLISH}\n\n## {CHINESE}",
    "two languages": f"{ENGLISH}\n\n{CHINESE}",
    "two languages in Latin letters": f"{ENGLISH}\n\n{WRITTEN_IN[4][1]}",
    "a script with other languages": "Ти си опитен инженер. Пиши чист код и тествай всяка промяна. Ако не си сигурен,"
    " попитай, преди да продължиш.",
    "a language that has no name here": "Olet kokenut kehittäjä. Kirjoita siistiä koodia ja testaa jokainen muutos"
    " ennen kuin lähetät sen. Jos et ole varma, kysy. Kaikkien kyselyiden on oltava parametrisoituja.",
}


@pytest.mark.parametrize("body", TELLS_NOTHING.values(), ids=TELLS_NOTHING)
def test_little_or_mixed_prose_tells_nothing(body: str) -> None:
    assert language_of(agent(body)) is None


STAYS = {
    "English titles, names and code": (
        Language.CHINESE,
        f"## Core Principles\n\n{CHINESE}\n\n## Tech Stack\n\n- Docker\n- `git commit -a`\n\n```bash\n# {ENGLISH}\n```",
    ),
    "English terms between": (Language.GERMAN, f"{WRITTEN_IN[4][1]} Pull Requests, Code Reviews, Unit Tests, Linting."),
    "a quotation in another script": (Language.ENGLISH, f"{ENGLISH} Answer “请稍等” where it has to wait."),
    "addresses and paths": (
        Language.CHINESE,
        f"{CHINESE}\n\n- https://example.org/you/are/the/to/of/in\n- src/is/it/a/b",
    ),
    "capitals": (Language.ENGLISH, ENGLISH.upper()),
}


@pytest.mark.parametrize(("language", "body"), STAYS.values(), ids=STAYS)
def test_what_stands_between_changes_nothing(language: Language, body: str) -> None:
    assert language_of(agent(body)) is language


def test_fields_do_not_count() -> None:
    text = f"---\nname: a\ndescription: {ENGLISH.replace(':', '')}\n---\n\n{CHINESE}\n"
    assert language_of(parse(text, "a.md", format="claude-agent")) is Language.CHINESE


@pytest.mark.parametrize("path", sorted((FIXTURES / "backend-engineer").iterdir()), ids=lambda path: path.name)
def test_an_english_agent_is_english(path: Path) -> None:
    assert language_of(read(str(path))) is Language.ENGLISH


@pytest.mark.parametrize("body", ["a" * 200_000, "`" * 100_001, "的" * 100_000 + " x" * 1000, "' " * 50_000])
def test_hostile_text_ends(body: str) -> None:
    language_of(agent(body))


# ---------------------------------------------------------------------------------------------- notes


def test_a_difference_of_languages_is_said() -> None:
    chinese, english = fixture("chinese"), fixture("english")
    note = (
        "the old file is written in Chinese, the new one in English: "
        "only what is literal (code words, numbers, names, titles) is aligned"
    )
    assert language_note(chinese, english) == note
    compared = diff(chinese, english)
    assert note in ["".join(run.text for run in line.runs) for line in heading_lines(compared)]
    document = diff_document(compared)
    assert (document["old"]["language"], document["new"]["language"]) == ("zh", "en")


@pytest.mark.parametrize(
    ("old", "new"), [(ENGLISH, ENGLISH), (ENGLISH, "Docker"), ("你好", ENGLISH), ("Docker", "Kubernetes")]
)
def test_nothing_is_said_of_one_language_or_of_none(old: str, new: str) -> None:
    assert language_note(agent(old), agent(new)) is None
    assert languages_note([agent(old), agent(new, "b")]) is None


def test_a_merge_of_languages_says_which_file_is_in_which() -> None:
    variants = [agent(ENGLISH, "a"), agent(CHINESE, "b"), agent(ENGLISH + " Really.", "c"), agent("Docker", "d")]
    note = languages_note(variants)
    assert note is not None
    assert note.startswith("the variants are written in different languages (English: a.md, c.md; Chinese: b.md)")
    assert languages_note(variants[::-1]) == note
    assert note in merge(variants).notes


# ---------------------------------------------------------------------------------------------- alignment

STATEMENTS = [
    ("You are a backend engineer", "你是一名后端工程师", "Você é um engenheiro"),
    ("Prefer the boring", "简单优先", "Simplicidade"),
    ("Read the code around", "先读后写", "Contexto"),
    ("Ask when", "需求有两种理解", "Dúvidas"),
    ("PostgreSQL 16", "PostgreSQL 16", "PostgreSQL 16"),
    ("Redis 7", "Redis 7", "Redis 7"),
    ("Go 1.22", "Go 1.22", "Go 1.22"),
    ("Kafka", "Kafka", "Kafka"),
    ("openapi.yaml", "openapi.yaml", "openapi.yaml"),
    ("problem+json", "problem+json", "problem+json"),
    ("50 rows", "50 行", "50 linhas"),
    ("2 seconds", "2 秒", "2 segundos"),
    ("Never log", "日志中", "Nunca registre"),
    ("Vault", "Vault", "Vault"),
    ("Queries take", "查询必须", "As consultas"),
    ("before every commit", "每次提交", "cada commit"),
    ("internal/billing", "internal/billing", "internal/billing"),
    ("Testcontainers", "Testcontainers", "Testcontainers"),
    ("Answer with the list", "回答时列出", "Responda com a lista"),
    ("make lint\n", "make lint\n", "make lint\n"),
]
"""Each statement of the fixtures, by a piece of it in each language."""

LITERAL = (
    "PostgreSQL 16",
    "Redis 7",
    "Go 1.22",
    "Kafka",
    "openapi.yaml",
    "problem+json",
    "Vault",
    "before every commit",
    "internal/billing",
    "Testcontainers",
    "make lint\n",
)
"""What both write alike, by a piece of the English statement. A lone number in a sentence is too little."""
PAIRED = [(old, new, piece) for old, new in combinations(NAMES, 2) for piece in LITERAL]
"""Statements that are recognised by what both write alike, by a piece of the English one."""

SAME_TITLES = {("Tech Stack", "Tech Stack"), ("API Design", "API Design"), ("Testing", "Testing")}
MAY_PAIR = {
    ("english", "chinese"): {("Principles", "工作原则"), ("Security", "安全要求"), ("Output Format", "输出格式")},
    ("english", "portuguese"): {
        ("Principles", "Princípios"),
        ("Security", "Segurança"),
        ("Output Format", "Formato da Resposta"),
    },
    ("portuguese", "chinese"): {
        ("Princípios", "工作原则"),
        ("Segurança", "安全要求"),
        ("Formato da Resposta", "输出格式"),
    },
}
"""Titles of the same section in other words: what is in them may tell, nothing has to."""


def statement_number(variant: Agent, name: str, item: int) -> int:
    column = NAMES.index(name)
    found = [row for row, pieces in enumerate(STATEMENTS) if pieces[column] in variant.items[item].text]
    assert len(found) == 1, variant.items[item].text
    return found[0]


def paired_statements(old: str, new: str) -> set[tuple[int, int]]:
    a, b = fixture(old), fixture(new)
    return {(statement_number(a, old, match.old), statement_number(b, new, match.new)) for match in align(a, b).items}


@pytest.mark.parametrize("name", NAMES)
def test_the_fixtures_say_the_same_in_their_language(name: str) -> None:
    variant = fixture(name)
    column = NAMES.index(name)
    texts = [item.text for item in variant.items]
    for pieces in STATEMENTS:
        assert sum(pieces[column] in text for text in texts) == 1, pieces
    assert language_of(variant) is Language[name.upper()]


@pytest.mark.parametrize(("old", "new", "piece"), PAIRED)
def test_what_is_literal_pairs(old: str, new: str, piece: str) -> None:
    number = [pieces[0] for pieces in STATEMENTS].index(piece)
    assert (number, number) in paired_statements(old, new)


@pytest.mark.parametrize(("old", "new"), list(permutations(NAMES, 2)))
def test_nothing_else_pairs(old: str, new: str) -> None:
    assert [pair for pair in paired_statements(old, new) if pair[0] != pair[1]] == []


@pytest.mark.parametrize(("old", "new"), list(combinations(NAMES, 2)))
def test_a_translation_is_no_edit(old: str, new: str) -> None:
    assert diff(fixture(old), fixture(new)).verdict is Verdict.VARIANT


@pytest.mark.parametrize(("old", "new"), MAY_PAIR)
def test_titles_in_english_pair(old: str, new: str) -> None:
    a, b = fixture(old), fixture(new)
    matches = {(a.sections[match.old].title, b.sections[match.new].title) for match in align(a, b).sections}
    named = {pair for pair in matches if all(pair)}
    assert SAME_TITLES <= named <= SAME_TITLES | MAY_PAIR[(old, new)]
