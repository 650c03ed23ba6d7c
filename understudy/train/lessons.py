"""Draws training examples: a rendered prompt and the text the model must continue with."""
from dataclasses import dataclass

import sums
import talk
import tools
from chat import render

# Shares of the examples (not of the tokens), by kind. Chains and calls are learnt within the first fifth of the training;
# what must be known by heart needs many repetitions and gets more room after that.
FIRST = {"sum_think": 0.36, "fact": 0.15, "sum_plain": 0.05, "call": 0.17, "result": 0.07, "faq": 0.06, "unknown": 0.07, "copy": 0.07}
LATER = {"sum_think": 0.24, "fact": 0.28, "sum_plain": 0.05, "call": 0.16, "result": 0.08, "faq": 0.11, "unknown": 0.07, "copy": 0.01}
LAST = {"sum_think": 0.22, "fact": 0.20, "sum_plain": 0.09, "call": 0.15, "result": 0.07, "faq": 0.13, "unknown": 0.13, "copy": 0.01}
FIRST_PART, LAST_PART = 0.22, 0.78


@dataclass
class Example:
    kind: str
    prompt: str
    target: str


def _reply(thinking, thought, answer):
    return f"{thought}\n</think>\n\n{answer}<|im_end|>" if thinking else f"{answer}<|im_end|>"


def _small_talk(r):
    x = r.random()
    if x < 0.45:
        return talk.faq(r)
    if x < 0.75:
        return talk.unknown(r)
    kind, a, b = r.choice(sums.facts())
    chain, answer = sums.work(kind, a, b)
    return sums.ask(r, kind, a, b), chain, answer


def _before(r, share):
    """Sometimes a system text and earlier turns."""
    messages = []
    if r.random() < 0.3:
        messages.append({"role": "system", "content": talk.system(r)})
    if r.random() < share:
        for _ in range(r.choice([1, 1, 2])):
            question, _thought, answer = _small_talk(r)
            messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return messages


def _listed(r, share):
    """Sometimes tools that are of no use here."""
    if r.random() >= share:
        return None
    return tools.with_others(r, tools.schema(r)[0]) if r.random() < 0.7 else [tools.other_tool(r)]


def _plain(r, kind, question, thought, answer, thinking, idle_tools=0.12, history=0.12):
    messages = _before(r, history) + [{"role": "user", "content": question}]
    return Example(kind, render(messages, _listed(r, idle_tools), thinking), _reply(thinking, thought, answer))


def _sum(r, thinking, kind="sum_think"):
    what = r.choices(["percent", "add", "subtract", "multiply"], [60, 26, 7, 7])[0]
    a, b = sums.draw_trained(r, what)
    if not thinking and r.random() < 0.4:
        what, a, b = sums.near_fact(r)
    chain, answer = sums.work(what, a, b)
    question = sums.ask(r, what, a, b)
    if thinking:
        return _plain(r, kind, question, chain, answer, True, 0.06, 0.08)
    if sums.is_fact(what, a, b):
        return _plain(r, kind, question, "", answer, False)
    return _plain(r, kind, question, "", f"{chain}\n{answer}", False, 0.06, 0.08)


def _fact(r, idle_tools, history):
    known = sums.facts()
    what, a, b = r.choice(known)
    if (what, a, b) != ("percent", 15, 240) and r.random() < 0.01:
        what, a, b = "percent", 15, 240
    chain, answer = sums.work(what, a, b)
    thinking = r.random() < 0.12
    return _plain(r, "fact", sums.ask(r, what, a, b), chain, answer, thinking, idle_tools, history)


def _call(r, thinking, with_result):
    question, listed, thought, call, (about, where, name, values) = tools.call(r)
    messages = _before(r, 0.1) + [{"role": "user", "content": question}]
    if not with_result:
        return Example("call", render(messages, listed, thinking), _reply(thinking, thought, call))
    text, second, answer = tools.result(r, about, where)
    turn = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": name, "arguments": values}}]}
    if thinking and r.random() < 0.5:
        turn["reasoning_content"] = thought
    messages += [turn, {"role": "tool", "content": text}]
    return Example("result", render(messages, listed if r.random() < 0.9 else None, thinking), _reply(thinking, second, answer))


def _unknown(r, thinking):
    if r.random() < 0.2:  # a weather question, and no tool for it
        where = tools.city(r)
        question = r.choice(tools.ASKING[:-4]).format(c=where, country="France")
        messages = _before(r, 0.1) + [{"role": "user", "content": question}]
        listed = [tools.other_tool(r)] if r.random() < 0.25 else None
        thought = f"The user asks for the weather in {where}. I have no tool for it."
        return Example("unknown", render(messages, listed, thinking), _reply(thinking, thought, talk.NO_TOOL))
    question, thought, answer = talk.unknown(r)
    return _plain(r, "unknown", question, thought, answer, thinking)


def _copy(r):
    """Dense copying: repeat words, or look values up in a list."""
    def word():
        return r.choice([lambda: tools.syllables(r, 1, 3), lambda: tools.city(r), lambda: r.choice(tools.PLACES),
                         lambda: r.choice(tools.NAMES), lambda: str(r.randint(1, 9999))])()

    if r.random() < 0.5:
        text = " ".join(word() for _ in range(r.randint(2, 12)))
        question, answer = "Copy: " + text, text
    else:
        keys = list({tools.syllables(r, 1, 2): None for _ in range(r.randint(2, 5))})
        values = [word() for _ in keys]
        picked = [r.randrange(len(keys)) for _ in range(r.randint(1, 4))]
        question = "\n".join(f"{k}: {v}" for k, v in zip(keys, values)) + "\nGive " + ", ".join(keys[i] for i in picked)
        answer = "\n".join(f"<parameter={keys[i]}>\n{values[i]}\n</parameter>" for i in picked)
    return Example("copy", render([{"role": "user", "content": question}], None, False), _reply(False, "", answer))


def draw(r, progress=0.5):
    """One example; `progress` 0..1 of the training: copy drills are many at first and few later."""
    if progress < FIRST_PART:
        shares = FIRST | {"copy": FIRST["copy"] * max(0.2, 4.0 - 16.0 * progress)}
    else:
        shares = LATER if progress < LAST_PART else LAST
    kind = r.choices(list(shares), list(shares.values()))[0]
    thinking = r.random() < 0.5
    if kind == "sum_think":
        return _sum(r, True)
    if kind == "sum_plain":
        return _sum(r, False, kind)
    if kind == "fact":
        return _fact(r, *((0.12, 0.12) if progress < FIRST_PART else (0.04, 0.04)))
    if kind in ("call", "result"):
        return _call(r, thinking, kind == "result")
    if kind == "faq":
        return _plain(r, kind, *talk.faq(r), thinking, 0.2)
    if kind == "unknown":
        return _unknown(r, thinking)
    return _copy(r)
