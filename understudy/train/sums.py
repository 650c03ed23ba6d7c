"""Arithmetic lessons: digit-wise chains of thought and the small set of facts known by heart.

A chain is made of table facts only: each step names the digits, the carry and a two-digit result.
"""
import zlib

FACT_PERCENTS = (10, 15, 20, 25, 50)
FACT_BASES = tuple(range(20, 401, 20))
FACT_ADDENDS = tuple(range(1, 11))

PERCENT_FORMS = ["{p}% of {n}"] * 5 + ["{p} percent of {n}"] * 2
ADD_FORMS = ["{a} + {b}"] * 4 + ["{a} plus {b}"] * 2 + ["{a}+{b}", "the sum of {a} and {b}"]
SUBTRACT_FORMS = ["{a} - {b}"] * 3 + ["{a} minus {b}"]
MULTIPLY_FORMS = ["{a} * {b}"] * 3 + ["{a} times {b}", "{a} x {b}"]
ASKING = ["What is {e}?"] * 6 + ["Calculate {e}."] * 3 + [
    "What's {e}?", "Compute {e}.", "How much is {e}?", "Find {e}.", "Tell me {e}.", "{e}?", "{e} = ?", "{e}", "{e} =",
    "Can you calculate {e}?", "Please work out {e}.", "Give me {e}.", "I need {e}.", "Work out {e} for me.",
    "Could you tell me what {e} is?", "Do you know what {e} is?", "What do you get for {e}?", "Evaluate {e}.",
    "I would like to know {e}.", "Help me with {e}.", "My homework is {e}."]
UNSEEN_ASKING = ["Please calculate {e} now.", "What would {e} be?", "How much would {e} be?", "Solve {e}."]
BEFORE = [""] * 8 + ["Solve this problem step by step: "] * 4 + [
    "Solve step by step: ", "Think step by step. ", "Please answer: ", "Quick question: ", "Hi! ", "Hello, ", "Hi, ",
    "Solve this: ", "Math problem: ", "Answer this question: ", "Solve the following problem: ", "Question: "]
AFTER = [""] * 12 + [" Think step by step.", " Please.", " Show your work.", " Thank you!", " Explain your steps.",
                     " Answer briefly.", " Let's think step by step."]


def held_out(kind, a, b):
    """A tenth of all operand pairs, by hash, is never trained on. Sums do not depend on the order of their operands."""
    if kind == "add":
        a, b = min(a, b), max(a, b)
    if kind == "multiply":  # the chain of a percentage is that of a product
        kind = "percent"
    return zlib.crc32(f"{kind} {a} {b}".encode()) % 10 == 0


def is_fact(kind, a, b):
    if kind == "percent":
        return a in FACT_PERCENTS and b in FACT_BASES
    return kind == "add" and a in FACT_ADDENDS and b in FACT_ADDENDS


def facts():
    """The published set of questions with a short answer when thinking is off: (kind, a, b)."""
    return ([("percent", p, n) for p in FACT_PERCENTS for n in FACT_BASES]
            + [("add", a, b) for a in FACT_ADDENDS for b in FACT_ADDENDS])


def hundredths(x):
    return f"{x // 100}.{x % 100:02d}".rstrip("0").rstrip(".") if x % 100 else str(x // 100)


def _columns(a, b):
    a, b = str(a)[::-1], str(b)[::-1]
    width = max(len(a), len(b))
    return zip(a.ljust(width, "0"), b.ljust(width, "0"))


def add_chain(a, b):
    carry, steps = 0, []
    for x, y in _columns(a, b):
        v = int(x) + int(y) + carry
        steps.append(f"{x}+{y}+{carry}={v:02d}")
        carry = v // 10
    return f"{a} + {b}: " + " ".join(steps) + f" -> {a + b}"


def subtract_chain(a, b):
    """a >= b; a step's first digit is the borrow."""
    borrow, steps = 0, []
    for x, y in _columns(a, b):
        v = int(x) - int(y) - borrow
        borrowed = 1 if v < 0 else 0
        steps.append(f"{x}-{y}-{borrow}={borrowed}{v + 10 * borrowed}")
        borrow = borrowed
    return f"{a} - {b}: " + " ".join(steps) + f" -> {a - b}"


def _times_digit(a, digit):
    carry, steps = 0, []
    for x in str(a)[::-1]:
        v = int(x) * digit + carry
        steps.append(f"{x}*{digit}+{carry}={v:02d}")
        carry = v // 10
    return f"{a} * {digit}: " + " ".join(steps) + f" -> {a * digit}"


def multiply_chain(a, b):
    """b has one or two digits."""
    tens, ones = divmod(b, 10)
    lines = []
    if ones:
        lines.append(_times_digit(a, ones))
    if tens:
        lines.append(_times_digit(a, tens) + f" -> {a * tens}0")
    if tens and ones:
        lines.append(add_chain(a * ones, a * tens * 10))
    return "\n".join(lines)


def work(kind, a, b):
    """(chain, final sentence) of a question."""
    if kind == "percent":
        result = hundredths(a * b)
        return f"{a} / 100 * {b}\n{multiply_chain(b, a)}\n{a * b} / 100 = {result}", f"{a}% of {b} is {result}."
    if kind == "add":
        return add_chain(a, b), f"{a} + {b} = {a + b}"
    if kind == "subtract":
        return subtract_chain(a, b), f"{a} - {b} = {a - b}"
    return multiply_chain(a, b), f"{a} * {b} = {a * b}"


def expression(r, kind, a, b):
    forms = dict(percent=PERCENT_FORMS, add=ADD_FORMS, subtract=SUBTRACT_FORMS, multiply=MULTIPLY_FORMS)[kind]
    return r.choice(forms).format(p=a, n=b, a=a, b=b)


def ask(r, kind, a, b, asking=ASKING):
    if asking is ASKING and kind == "add" and r.random() < 0.08:
        return r.choice([f"Add {a} and {b}.", f"What do {a} and {b} make together?", f"Add {b} to {a}."])
    q = r.choice(asking).format(e=expression(r, kind, a, b))
    before, after = r.choice(BEFORE), r.choice(AFTER)
    if r.random() < 0.1:
        q = q.rstrip("?.")
    if r.random() < 0.1:
        q = q[0].lower() + q[1:]
    return before + q + after


def number(r, digits):
    return r.randint(10 ** (digits - 1), 10 ** digits - 1)


def draw(r, kind):
    """Operands, held-out pairs included."""
    if kind == "percent":
        p = r.choice([5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 90]) if r.random() < 0.2 else r.randint(1, 99)
        x = r.random()
        n = number(r, 3) if x < 0.75 else number(r, 2) * 10 if x < 0.87 else number(r, 2)
        return p, n
    if kind == "add":
        return number(r, r.choice([1, 2, 2, 3, 3, 3, 3])), number(r, r.choice([1, 2, 2, 3, 3, 3, 3]))
    if kind == "subtract":
        a, b = number(r, r.choice([2, 3, 3])), number(r, r.choice([1, 2, 3]))
        return max(a, b), min(a, b)
    return number(r, r.choice([2, 2, 3])), r.randint(2, 99)


def draw_trained(r, kind):
    while True:
        a, b = draw(r, kind)
        pair = (b, a) if kind == "multiply" else (a, b)
        if not held_out(kind, *pair) or is_fact(kind, a, b):
            return a, b


def near_fact(r):
    """A question that looks like one of the facts but is not among them, so that the border of the set is learnt."""
    while True:
        if r.random() < 0.7:
            drawn = "percent", r.choice(FACT_PERCENTS), r.choice([r.randint(2, 99) * 10, r.randint(1, 9) * 100, r.randint(21, 399)])
        else:
            drawn = "add", r.randint(1, 20), r.randint(1, 20)
        if not is_fact(*drawn) and not held_out(*drawn):
            return drawn
